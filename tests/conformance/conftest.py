"""The grounds on which the suite runs: `sandbox`, `4.5` and `5.1` (recordings), `moodle` (a real site, if given).

Each of them over REST, and over SOAP.
"""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING, Any

import pytest
import requests

from connector.moodle.encode import encode
from connector.moodle.functions import OBSERVE, PUBLISH, get_site_info
from connector.moodle.sandbox import Sandbox
from tests.conformance.grounds import CATEGORY, REST, Ground, Replay, participant_of, settle
from tests.conformance.soap_grounds import SoapGround, SoapReplay

if TYPE_CHECKING:
    from collections.abc import Iterator

URL, TOKEN, PARTICIPANT = (f"PARCOURS_MOODLE_{name}" for name in ("URL", "JETON", "JETON_PARTICIPANT"))
SOAP_TOKEN, SOAP_PARTICIPANT = f"{TOKEN}_SOAP", f"{PARTICIPANT}_SOAP"


@pytest.fixture(
    scope="module",
    params=[
        *("sandbox", "4.5", "5.1", pytest.param("moodle", marks=pytest.mark.moodle)),
        *("sandbox-soap", "4.5-soap", "5.1-soap", pytest.param("moodle-soap", marks=pytest.mark.moodle)),
    ],
)
def ground(request: pytest.FixtureRequest) -> Iterator[Ground]:
    match request.param:
        case "sandbox":
            with Sandbox() as sandbox:
                yield _sandbox_ground(sandbox, Ground)
        case "sandbox-soap":
            with Sandbox() as sandbox:
                sandbox.faults.debug = False  # as on the sites that were recorded
                yield _sandbox_ground(sandbox, SoapGround)
        case "moodle" | "moodle-soap":
            kind, *names = (Ground, TOKEN, PARTICIPANT) if request.param == "moodle" else _SOAP
            real = _real_ground(kind, *names)
            yield real
            _clean(real)
        case "4.5-soap" | "5.1-soap":
            yield SoapReplay(request.param.removesuffix("-soap"))
        case version:
            yield Replay(version)


_SOAP = (SoapGround, SOAP_TOKEN, SOAP_PARTICIPANT)


def _sandbox_ground(sandbox: Sandbox, kind: type[Ground]) -> Ground:
    tokens = {
        "connector": sandbox.token,
        "participant": sandbox.person_token("camille.arnaud@ac-exemple.fr"),
        "stranger": secrets.token_hex(16),
    }
    ground = kind(sandbox.url, tokens, "4.5")
    ground.world = settle(ground, participant_of(ground))
    return ground


def _real_ground(kind: type[Ground], connector: str, participant: str) -> Ground:
    missing = [name for name in dict.fromkeys((URL, TOKEN, connector)) if not os.environ.get(name)]
    if missing:
        pytest.skip(f"no real Moodle: {', '.join(missing)} not set")
    tokens = {"connector": os.environ[connector], "stranger": secrets.token_hex(16)}
    if os.environ.get(participant):
        tokens["participant"] = os.environ[participant]
    ground = kind(os.environ[URL].rstrip("/"), tokens, "4.5")
    site = get_site_info(ground.transport())
    lacking = site.lacks(PUBLISH, OBSERVE)
    if lacking:
        pytest.skip(f"{ground.url} has no {', '.join(lacking)}: install the plugin local_parcours")
    ground.version = "4.5" if site.release.startswith("4.") else "5.1"
    ground.world = settle(ground, participant_of(ground))
    return ground


def _clean(ground: Ground) -> None:
    """Delete the two courses and their category."""
    assert ground.world is not None
    courses = [ground.world.course, ground.world.foreign_course]
    _core(ground, "core_course_delete_courses", {"courseids": courses})
    criteria = [{"key": "idnumber", "value": CATEGORY}]
    for category in _core(ground, "core_course_get_categories", {"criteria": criteria}):
        _core(ground, "core_course_delete_categories", {"categories": [{"id": category["id"], "recursive": True}]})


def _core(ground: Ground, function: str, params: dict[str, Any]) -> Any:
    form = {"wstoken": os.environ[TOKEN], "wsfunction": function, "moodlewsrestformat": "json"}
    answer = requests.post(f"{ground.url}{REST}", data=[*form.items(), *encode(params)], timeout=60).json()
    assert not (isinstance(answer, dict) and "exception" in answer), answer
    return answer
