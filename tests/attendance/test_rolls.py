"""The rolls of mod_attendance: trainers mark in Moodle, `collecter` declares, sheets and rolls correct each other."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from connector.moodle.roll import NAME
from connector.moodle.sandbox.attendance_services import STATUSES
from connector.moodle.slot_mark import read_mark, slot_uuid
from tests.attendance.conftest import CAMILLE, CODE, HUGO, SLOT
from tests.attendance.test_saisir import state

if TYPE_CHECKING:
    from connector.moodle.sandbox.site import Attendance, RollSession
    from tests.attendance.conftest import Terminal

NOON = 1_795_345_200_000_000
"""22 November 2026: the session of the demonstration has begun."""
DAY = 86_400_000_000
ACRONYMS = [acronym for acronym, *_ in STATUSES]
SHEET, LATER, EARLIER = "emargement saisir", 60, -60


class Rolls:
    """The roll of the session, and a trainer who marks in it."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal, self.site = terminal, terminal.stage.sandbox.site
        course = self.site.published(CODE)
        assert course is not None
        self.course = course

    @property
    def roll(self) -> Attendance:
        (roll,) = self.course.attendances.values()
        return roll

    def session(self, activity: str = SLOT[0], slot: str = SLOT[1]) -> RollSession:
        wanted = slot_uuid(CODE, activity, slot)
        (found,) = (
            one for one in self.roll.sessions.values() if (mark := read_mark(one.description)) and mark.uuid == wanted
        )
        return found

    def mark(self, email: str, acronym: str, *, later: int = 0) -> None:
        """Mark somebody, the roll being taken so many seconds from now."""
        person, session = self.site.person_by_email(email), self.session()
        assert person is not None
        session.log[person.id] = self.roll.statuses + ACRONYMS.index(acronym)
        session.taken = int(time.time()) + later

    def marked(self, email: str) -> str | None:
        person = self.site.person_by_email(email)
        assert person is not None
        status = self.session().log.get(person.id)
        return None if status is None else ACRONYMS[status - self.roll.statuses]

    def minutes(self, who: str = "E0001") -> int:
        minutes: int = self.terminal.line(who, SLOT[0])["minutes"]
        return minutes


@pytest.fixture
def rolls(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> Rolls:
    monkeypatch.setattr("connector.attendance.collect_rolls.now_us", lambda: NOON)
    terminal.stage.sandbox.absent = frozenset()
    assert terminal.run("publier", terminal.stage.folder / "parcours/calcul-mental/session.yaml", "--oui") == 0
    assert "feuille d'appel créée" in terminal.out
    return Rolls(terminal)


def test_a_mark_made_in_moodle_is_credited_and_opens_what_depends_on_it(rolls: Rolls) -> None:
    assert rolls.minutes() == 0
    rolls.mark(CAMILLE, "P")
    assert rolls.minutes() == 90
    assert state(rolls.terminal.stage.sandbox, CAMILLE) == 1
    rolls.mark(CAMILLE, "A")
    assert rolls.minutes() == 0
    assert state(rolls.terminal.stage.sandbox, CAMILLE) == 0


@pytest.mark.parametrize(("acronym", "minutes"), [("P", 90), ("L", 90), ("E", 0), ("A", 0)])
def test_what_each_status_says(rolls: Rolls, acronym: str, minutes: int) -> None:
    rolls.mark(CAMILLE, acronym)
    assert rolls.minutes() == minutes


def test_a_status_of_the_trainer_s_own_is_told_and_decides_nothing(
    rolls: Rolls, monkeypatch: pytest.MonkeyPatch
) -> None:
    rolls.mark(CAMILLE, "P")
    monkeypatch.setattr("connector.moodle.sandbox.attendance_services.STATUSES", (("Z", "Parti", 2), *STATUSES[1:]))
    assert rolls.terminal.run("collecter") == 0
    assert "le statut « Z » (1 fois) ne dit ni présent ni absent" in rolls.terminal.err
    assert rolls.minutes() == 0


def test_a_roll_that_says_what_it_said_sends_nothing(rolls: Rolls) -> None:
    """And one that was never taken reads no statement either."""
    sandbox = rolls.terminal.stage.sandbox
    rolls.mark(CAMILLE, "P")
    assert rolls.minutes() == 90
    sandbox.calls.clear()
    assert rolls.terminal.run("collecter", "--relecture", "non", "--json") == 0
    assert json.loads(rolls.terminal.out)["retenues"] == 0
    assert sandbox.calls == [
        "core_webservice_get_site_info", "local_parcours_observe",
        "core_course_get_contents", "mod_attendance_get_sessions",
    ]  # fmt: skip
    rolls.mark(HUGO, "P")  # negative control
    assert rolls.terminal.run("collecter", "--relecture", "non", "--json") == 0
    assert json.loads(rolls.terminal.out)["retenues"] == 1


def test_the_statement_is_the_one_that_a_sheet_makes(rolls: Rolls) -> None:
    rolls.mark(CAMILLE, "P")
    assert rolls.terminal.run("collecter") == 0
    assert rolls.terminal.enter((*SLOT, CAMILLE, "O"))["connues"] == 1


class TestTheLastWordWins:
    def test_a_roll_taken_after_the_sheet_corrects_it(self, rolls: Rolls) -> None:
        rolls.terminal.enter((*SLOT, CAMILLE, "O"))
        rolls.mark(CAMILLE, "A", later=LATER)
        assert rolls.minutes() == 0

    def test_a_sheet_entered_after_the_roll_was_taken_stays(self, rolls: Rolls) -> None:
        """Even where Moodle could not be told: the roll still says absent."""
        rolls.mark(CAMILLE, "A", later=EARLIER)
        assert rolls.minutes() == 0
        sandbox = rolls.terminal.stage.sandbox
        sandbox.faults.withheld = frozenset({"mod_attendance_update_user_status"})
        rolls.terminal.enter((*SLOT, CAMILLE, "O"))
        sandbox.faults.withheld = frozenset()
        assert rolls.marked(CAMILLE) == "A"
        rolls.mark(HUGO, "P", later=EARLIER)  # the roll is not the one that was read
        assert rolls.minutes() == 90
        assert state(sandbox, CAMILLE) == 1

    @pytest.mark.parametrize(("again", "minutes"), [(None, 90), ("L", 90), ("E", 90), ("PA", 0)])
    def test_another_person_s_mark_does_not_undo_what_the_roll_was_not_told(
        self, rolls: Rolls, again: str | None, minutes: int
    ) -> None:
        """The roll is taken after the sheet, for Hugo; only a mark of Camille's own that changed corrects hers."""
        rolls.mark(CAMILLE, "A", later=EARLIER)
        assert rolls.minutes() == 0
        rolls.terminal.stage.sandbox.faults.withheld = frozenset({"mod_attendance_update_user_status"})
        rolls.terminal.enter((*SLOT, CAMILLE, "O"))
        rolls.terminal.stage.sandbox.faults.withheld = frozenset()
        assert rolls.marked(CAMILLE) == "A"
        rolls.mark(HUGO, "P", later=LATER)
        for acronym in again or "":
            rolls.mark(CAMILLE, acronym, later=LATER)
            assert rolls.terminal.run("collecter", "--relecture", "non") == 0
        assert rolls.minutes() == minutes
        assert state(rolls.terminal.stage.sandbox, CAMILLE) == (minutes == 90)

    def test_a_sheet_is_written_into_the_roll(self, rolls: Rolls) -> None:
        rolls.mark(CAMILLE, "A", later=EARLIER)
        done = rolls.terminal.enter((*SLOT, CAMILLE, "O"), (*SLOT, HUGO, "N"))
        assert (rolls.marked(CAMILLE), rolls.marked(HUGO), done["appels_moodle"]) == ("P", "A", 2)
        assert rolls.terminal.enter((*SLOT, CAMILLE, "O"), (*SLOT, HUGO, "N"))["appels_moodle"] == 0
        assert rolls.minutes() == 90

    def test_somebody_marked_late_stays_late_when_the_sheet_says_present(self, rolls: Rolls) -> None:
        rolls.mark(CAMILLE, "L", later=EARLIER)
        rolls.terminal.enter((*SLOT, CAMILLE, "O"))
        assert rolls.marked(CAMILLE) == "L"


def test_without_an_lrs_to_write_to_the_marks_wait(rolls: Rolls) -> None:
    rolls.mark(CAMILLE, "P")
    with rolls.terminal.configured('usage = "lecture-ecriture"', 'usage = "lecture"'):
        assert rolls.terminal.run("collecter") == 1
        assert "Aucun LRS ne reçoit de déclarations" in rolls.terminal.err
    assert rolls.minutes() == 90


def test_a_site_without_mod_attendance_is_asked_for_nothing(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connector.attendance.collect_rolls.now_us", lambda: NOON)
    terminal.stage.sandbox.calls.clear()
    assert terminal.run("collecter") == 0
    assert "core_course_get_contents" not in terminal.stage.sandbox.calls


@pytest.mark.parametrize(("days", "minutes"), [(120, 90), (365, 0)], ids=["this school year", "the next one"])
def test_a_mark_made_late_counts_until_the_school_year_ends(
    rolls: Rolls, monkeypatch: pytest.MonkeyPatch, days: int, minutes: int
) -> None:
    """The session ends on 18 December; a mark is dated by its slot."""
    rolls.mark(CAMILLE, "P")
    monkeypatch.setattr("connector.attendance.collect_rolls.now_us", lambda: NOON + days * DAY)
    assert rolls.minutes() == minutes


def test_the_roll_of_a_session_that_is_over_is_read_once_a_night(rolls: Rolls, monkeypatch: pytest.MonkeyPatch) -> None:
    for days, reads in ((120, 1), (120.1, 0), (121, 1)):
        at_us = NOON + int(days * DAY)
        monkeypatch.setattr("connector.attendance.collect_rolls.now_us", lambda at_us=at_us: at_us)
        rolls.terminal.stage.sandbox.calls.clear()
        assert rolls.terminal.run("collecter", "--relecture", "non") == 0
        assert rolls.terminal.stage.sandbox.calls.count("mod_attendance_get_sessions") == reads


def test_the_roll_s_name_is_one_that_moodle_takes() -> None:
    assert "<" not in NAME
