"""The plugin's real answers (`tests/data/plugin`, on Moodle 4.5 and 5.1) against the sandbox, value for value.

The whole recorded run is played again on one sandbox, in its order; only addresses, versions and instants may differ.
"""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest
import requests

from connector.moodle.encode import encode
from connector.moodle.sandbox import Act, Kind, Sandbox
from connector.moodle.sandbox.faults import Faults
from connector.moodle.sandbox.site import Course, Site
from tests.conformance.grounds import REST
from tests.conformance.shapes import Shape, differences

FOLDER = Path(__file__).parents[1] / "data" / "plugin"
VERSIONS = ("4.5", "5.1")
PLUGIN_FUNCTIONS = ("local_parcours_publish", "local_parcours_observe", "local_parcours_completions")
CALLERS = {"participant": "prof01@ac-exemple.fr", "trainer": "formateur1@ac-exemple.fr"}
VARYING = {
    "now", "plugin", "moodle", "published_at", "archived_at", "fingerprint", "timecompleted", "timemodified", "mark",
    "next", "debuginfo",
}  # fmt: skip

UPLOAD = "upload.php"
SAID = ("component", "filearea", "itemid", "filename", "errortype", "error")
"""What of Moodle's answer to an upload is recorded: the rest is the server's own affair."""

NEW_IN_51 = "candisplay"

UNDONE_BEFORE = (
    "observe-files", "observe-rooms", "completions-all", "observe-changes", "observe-prepared", "observe-opened",
)  # fmt: skip
"""Cases that come after publications that were undone: these have used numbers of activities in Moodle's database."""

# Calls that are no part of the sandbox's web services, and how its people do the same.
ACTS: dict[str, tuple[str, Act]] = {
    "mod_choice_submit_choice_response": ("CM-69L4-2026A/sondage", Act(Kind.CHOOSE)),
}


def pairs_of(version: str) -> list[dict[str, Any]]:
    """Return the pairs in the order of the run: those that changed nothing before the one that did."""
    pairs = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((FOLDER / version).glob("*.json"))]
    changing = {case for pair in pairs for case in pair["after"]}
    return sorted(pairs, key=lambda pair: (len(pair["after"]), pair["case"] in changing))


def _people(site: Site) -> None:
    for username in ("formateur1", "ien1", "prof01", "prof02", "prof30"):
        site.add_person(username, username.capitalize(), "Exemple", f"{username}@ac-exemple.fr")


@pytest.fixture(scope="module", params=VERSIONS)
def run(request: pytest.FixtureRequest) -> dict[str, tuple[Any, Any]]:
    """Return, by case, what real Moodle answered and what the sandbox answers."""
    with Sandbox(people=_people) as sandbox:
        sandbox.faults = Faults(debug=False)
        sandbox.site.disabled = frozenset()
        tokens = {"connector": sandbox.token, "other-service": sandbox.token}
        tokens |= {caller: sandbox.person_token(email) for caller, email in CALLERS.items()}
        return {pair["case"]: (pair, _play(sandbox, tokens, pair)) for pair in pairs_of(request.param)}


def _play(sandbox: Sandbox, tokens: dict[str, str], pair: dict[str, Any]) -> Any:
    function = pair["function"]
    if function in ACTS:
        idnumber, act = ACTS[function]
        return sandbox.act(CALLERS[pair["caller"]], idnumber, act)
    if function == "mod_quiz_start_attempt":  # the sandbox's attempts are finished at once; this one never was
        site = sandbox.site
        person, module = site.person_by_email(CALLERS[pair["caller"]]), site.module_by_idnumber("CM-69L4-2026A/test")
        assert person is not None
        assert module is not None
        site.progress_of(person.id, module.cmid).submitted = True
        return None
    if function == "core_course_create_courses":
        site = sandbox.site
        asked = pair["args"]["courses"][0]
        identifier = site.next_id("course")
        site.courses[identifier] = Course(identifier, asked["shortname"], asked["fullname"], created=0)
        return None
    if function == UPLOAD:
        return uploaded(sandbox.url, tokens[pair["caller"]], pair["args"]).json()
    withheld = frozenset({function}) if pair["caller"] == "other-service" else frozenset[str]()
    sandbox.faults = Faults(debug=False, withheld=withheld)
    args = {
        key: json.dumps(value) if key in ("document", "query") and not isinstance(value, str) else value
        for key, value in pair["args"].items()
    }
    form = [("wstoken", tokens[pair["caller"]]), ("wsfunction", function), ("moodlewsrestformat", "json")]
    answer = requests.post(f"{sandbox.url}{REST}", data=[*form, *encode(args)], timeout=60)
    assert answer.status_code == pair["status"]
    body = answer.json()
    return json.loads(body) if isinstance(body, str) else body


def uploaded(address: str, token: str, args: dict[str, Any]) -> requests.Response:
    """Put a recorded file in a draft area, as the connector does."""
    form = {"token": token, "itemid": str(args["draft"]), "filepath": "/"}
    file = (args["name"], base64.b64decode(args["content"]), "application/octet-stream")
    return requests.post(f"{address}/webservice/{UPLOAD}", data=form, files={"file": file}, timeout=60)


def _comparable(value: Any, more: frozenset[str] = frozenset()) -> Any:
    """Return the answer without what depends on the site, its versions and the moment, nor the keys in `more`."""
    if isinstance(value, dict):
        return {key: _comparable(inner, more) for key, inner in value.items() if key not in VARYING | more}
    if isinstance(value, list):
        return [_comparable(inner, more) for inner in value]
    if isinstance(value, str) and value.startswith(("http://127.0.0.1", "https://moodle.exemple.fr")):
        return value.split("/", 3)[-1]
    return value


CASES = [pair["case"] for pair in pairs_of(VERSIONS[0])]


@pytest.mark.parametrize("case", CASES)
def test_sandbox_answers_as_the_plugin_did(run: dict[str, tuple[Any, Any]], case: str) -> None:
    pair, answered = run[case]
    expected = pair["body_json"]
    if answered is None:
        pytest.skip(f"{pair['function']} belongs to Moodle's core: only its effect is simulated")
    if case in ("stale", "stale-first"):  # a date is said
        expected, answered = (
            {**body, "message": re.sub(r"\([^)]*\)", "", body["message"])} for body in (expected, answered)
        )
    if case == "invalid-gift":  # the rest of the sentence is what Moodle's own GIFT reader says
        expected, answered = (
            {**body, "message": body["message"].split("imported.")[0]} for body in (expected, answered)
        )
    if pair["function"] in (*PLUGIN_FUNCTIONS, UPLOAD) or "exception" in expected:
        more = frozenset({"cmid"} if case in UNDONE_BEFORE else ())
        assert _comparable(answered, more) == _comparable(expected, more)
    else:
        assert list(differences(Shape().add(expected), Shape().add(answered), free={"description", NEW_IN_51})) == []


def test_both_versions_hold_the_same_cases() -> None:
    assert {pair["case"] for pair in pairs_of("5.1")} == set(CASES)
