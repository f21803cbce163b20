"""What a site keeps for its learners' sake: which wishes are granted, which are told and not sent."""

from __future__ import annotations

from typing import Any

import pytest

from connector.moodle.document import ActivitySettings, Completion, Kept
from connector.moodle.observation import ObservedActivity
from connector.publish.kept import attainable

KEY = "ESSAI-2026A/un"
MANUAL, VIEW = Completion(tracking="manual"), Completion(tracking="automatic", view=True)
LOCKED = Completion(tracking="manual", locked=True)
HELD = {
    "completion": "hascompletions",
    "settings.options": "hasanswers",
    "settings.gift": "hasattempts",
    "settings.items": "hasresponses",
}


def _both(wanted: dict[str, Any], found: dict[str, Any], held: dict[str, str]) -> Any:
    common = {"idnumber": KEY, "section": "s1", "name": "Un"}
    return attainable(
        ActivitySettings.model_validate({**common, "module": "page", **wanted}),
        ObservedActivity.model_validate({**common, "cmid": 7, "modname": "page", "held": held, **found}),
    )


@pytest.mark.parametrize(
    ("wanted", "found", "result", "kept"),
    [
        (VIEW, VIEW, VIEW, False),
        (VIEW, MANUAL, MANUAL, True),
        (MANUAL, VIEW, VIEW, True),
        (LOCKED, MANUAL, LOCKED, False),
        (MANUAL, LOCKED, MANUAL, False),
        (LOCKED, VIEW, VIEW, True),
        (VIEW, LOCKED, MANUAL, True),
    ],
)
def test_rules_that_somebody_has_met_stay_but_for_the_lock(
    wanted: Completion, found: Completion, result: Completion, *, kept: bool
) -> None:
    activity, told = _both({"completion": wanted}, {"completion": found}, HELD)
    assert activity.completion == result
    assert told == ((Kept(idnumber=KEY, what="completion", why="hascompletions"),) if kept else ())


@pytest.mark.parametrize(
    ("key", "wanted", "found", "kept"),
    [
        ("options", ["Oui", "Non", "Peut-être"], ["Oui", "Non"], False),
        ("options", ["Non", "Oui"], ["Oui", "Non"], True),
        ("options", ["Oui"], ["Oui", "Non"], True),
        ("gift", "::Q:: {T}", "::Q:: {T}", False),
        ("gift", "::Q:: {F}", "::Q:: {T}", True),
        ("gift", "::Q:: {T}", None, True),
        ("items", [], [{"name": "Utile ?", "type": "text", "options": []}], True),
    ],
)
def test_what_was_answered_stays_but_for_new_options_at_the_end(
    key: str, wanted: object, found: object, *, kept: bool
) -> None:
    activity, told = _both({"settings": {key: wanted}}, {"settings": {key: found}}, HELD)
    assert activity.settings == {key: found if kept else wanted}
    assert [one.what for one in told] == ([f"settings.{key}"] if kept else [])


def test_nothing_is_kept_where_nobody_has_done_anything() -> None:
    wanted = {"completion": VIEW, "settings": {"gift": "::Q:: {F}"}}
    activity, told = _both(wanted, {"completion": MANUAL, "settings": {"gift": ""}}, {})
    assert (activity.completion, activity.settings, told) == (VIEW, {"gift": "::Q:: {F}"}, ())
