"""How a site sends statements by itself, judged setting by setting."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from connector.errors import ConfigError
from connector.moodle.observation import EmitterSettings, Observation, Waiting
from connector.ops.doctor.finding import About, Level
from connector.ops.doctor.judge_emitter import judge_emitter
from connector.settings.sections import Lrs

if TYPE_CHECKING:
    from connector.ops.doctor.finding import Finding
    from tests.ops.conftest import Doctor

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LRS = (Lrs(adresse="https://lrs.exemple.fr/xapi", identifiant="parcours", secret_fichier="secret"),)
GOOD: dict[str, Any] = {
    "plugin": "logstore_xapi",
    "enabled": True,
    "endpoint": "https://lrs.exemple.fr",
    "completions": True,
    "background": True,
    "batch": 500,
    "resend": True,
    "idnumbers": True,
    "actor": "id",
    "waiting": Waiting(events=3, oldest=int(NOW.timestamp()) - 30),
    "failed": Waiting(events=0),
}


def wrong(**said: Any) -> dict[str, Finding]:
    observation = Observation(emitter=EmitterSettings(**(GOOD | said)))
    found = list(judge_emitter(About("https://moodle.exemple.fr"), observation, LRS, NOW))
    assert all(finding.remedy for finding in found if finding.level is not Level.OK)
    return {finding.code: finding for finding in found if finding.level is not Level.OK}


def test_good_settings_leave_nothing_to_do() -> None:
    assert wrong() == {}


OLD = int((NOW - timedelta(hours=3)).timestamp())


@pytest.mark.parametrize(
    ("said", "code", "level"),
    [
        ({"enabled": False}, "moodle.emission", Level.WATCH),
        ({"endpoint": "https://ailleurs.exemple.fr"}, "moodle.emission.lrs", Level.WATCH),
        ({"endpoint": "http://lrs.exemple.fr"}, "moodle.emission.lrs", Level.WATCH),
        ({"completions": False}, "moodle.emission.achevements", Level.MEND),
        ({"idnumbers": False}, "moodle.emission.idnumber", Level.WATCH),
        ({"actor": "email"}, "moodle.emission.personne", Level.WATCH),
        ({"background": False}, "moodle.emission.differe", Level.MEND),
        ({"batch": 30}, "moodle.emission.lot", Level.WATCH),
        ({"waiting": Waiting(events=9, oldest=OLD)}, "moodle.emission.attente", Level.WATCH),
        ({"failed": Waiting(events=40, oldest=OLD)}, "moodle.emission.echecs", Level.WATCH),
    ],
)
def test_each_setting_that_loses_something_is_told(said: dict[str, Any], code: str, level: Level) -> None:
    found = wrong(**said)
    assert list(found) == [code]
    assert found[code].level is level


def test_resending_is_asked_for_where_something_has_failed() -> None:
    failed = {"failed": Waiting(events=40, oldest=OLD)}
    assert "resendfailedbatches" in str(wrong(**failed, resend=False)["moodle.emission.echecs"].remedy)
    assert "resendfailedbatches" not in str(wrong(**failed)["moodle.emission.echecs"].remedy)


def test_no_emitter_is_no_fault_and_a_refusal_is_told() -> None:
    about = About("https://moodle.exemple.fr")
    (none,) = judge_emitter(about, Observation(), LRS, NOW)
    assert none.level is Level.OK
    (refused,) = judge_emitter(about, ConfigError("Le compte n'a pas ce droit."), LRS, NOW)
    assert (refused.level, refused.code) == (Level.MEND, "moodle.emission")


def test_the_settings_of_a_site_are_asked_for(doctor: Doctor) -> None:
    assert doctor.diagnose() == {}
    assert doctor.levels()["moodle.emission.lot"] == "ok"
    doctor.stage.sandbox.emitter.settings = type(doctor.stage.sandbox.emitter.settings)()
    assert set(doctor.diagnose()) == {"moodle.emission.idnumber", "moodle.emission.lot"}
