"""The plan against what real Moodle 4.5 and 5.1 read back of a publication: nothing left to do."""

from __future__ import annotations

import json
from typing import Any

import pytest

from connector.moodle.document import Publication
from connector.moodle.functions import PUBLISH
from connector.moodle.observation import Observation
from connector.publish.plan import make_plan
from tests.moodle.recordings import DATA, plugin_recordings

CODE = "CM-69L4-2026A"
KEYS = {"activities": "idnumber", "sections": "id", "groups": "idnumber", "events": "uuid"}


def sent(version: str) -> Publication:
    """All that was published before the read-back, as one document: later documents complete the earlier ones."""
    whole: dict[str, Any] = {"code": CODE}
    keyed: dict[str, dict[str, Any]] = {key: {} for key in (*KEYS, "enrolments")}
    answers = {one.name: one for one in plugin_recordings() if one.version == version}
    for name in after(version):
        recording = answers[name]
        document = recording.args.get("document") if recording.function == PUBLISH else None
        if not isinstance(document, dict) or document.get("code") != CODE or "errorcode" in recording.answer:
            continue
        for key, value in document.items():
            if key in KEYS:
                keyed[key] |= {one[KEYS[key]]: one for one in value}
            elif key == "enrolments":
                keyed[key] |= {(one["email"], one["role"]): one | {"email": one["email"].lower()} for one in value}
            else:
                whole[key] = value
    for activity in keyed["activities"].values():
        for item in activity.get("settings", {}).get("items", ()):
            item.setdefault("options", [])  # left out of a question without options: our documents always say it
    return Publication.model_validate(whole | {key: list(found.values()) for key, found in keyed.items()})


def after(version: str) -> list[str]:
    raw = json.loads((DATA / "plugin" / version / "observe-content.json").read_text(encoding="utf-8"))
    names: list[str] = raw["after"]
    return names


@pytest.mark.parametrize("version", ["4.5", "5.1"])
def test_what_was_published_is_read_back_equal(version: str) -> None:
    (answer,) = [one.answer for one in plugin_recordings() if (one.version, one.name) == (version, "observe-content")]
    wanted = sent(version)
    plan = make_plan(wanted, Observation.model_validate(answer, extra="ignore"))
    assert len(wanted.activities or ()) >= 10
    assert plan.changes == ()
    assert plan.publication is None
    assert plan.unknown_people == ("inconnue@ac-exemple.fr",)


@pytest.mark.parametrize("version", ["4.5", "5.1"])
def test_what_differs_from_a_real_answer_is_found(version: str) -> None:
    """Negative control: the comparison above can fail."""
    (answer,) = [one.answer for one in plugin_recordings() if (one.version, one.name) == (version, "observe-content")]
    wanted = sent(version)
    activities = tuple(one.model_copy(update={"intro": one.intro + "<p>x</p>"}) for one in wanted.activities or ())
    plan = make_plan(
        wanted.model_copy(update={"activities": activities}), Observation.model_validate(answer, extra="ignore")
    )
    assert [change.fields for change in plan.changes] == [("intro",)] * len(activities)
