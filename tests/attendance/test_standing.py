"""Where sheets stand: what was collected of them, what was entered since, what is over or still to come. Pure."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from connector.attendance.marks import Place
from connector.attendance.sheet import Person, Sheet, SignIn
from connector.attendance.standing import Entry, Standing, key_of, standings
from xapi.instants import to_us

PARIS = ZoneInfo("Europe/Paris")
BEGUN, OVER = datetime(2026, 10, 7, 13, 30, tzinfo=PARIS), datetime(2026, 10, 7, 15, tzinfo=PARIS)
AFTER_US = to_us(OVER)
A, B = "a@ac-exemple.fr", "b@ac-exemple.fr"
HERE = Place("presence-1", "a1")


def sheet(*people: str, groupe: str | None = "A") -> Sheet:
    return Sheet("presence-1", "Rencontre", "a1", BEGUN, OVER, None, groupe, tuple(map(Person, people)))


def one(
    marks: dict[str, bool], entry: Entry | None = None, *, now_us: int = AFTER_US, among: tuple[str, ...] = (A, B)
) -> Standing:
    signed = sheet(*among)
    entries = {key_of(signed): entry} if entry else {}
    (found,) = standings(SignIn("CM", "Titre", (), (signed,)), {HERE: marks}, entries, now_us)
    return found


@pytest.mark.parametrize(
    ("marks", "entry", "state", "counts"),
    [
        ({}, None, "a_saisir", (0, 0, 2)),
        ({A: True, B: False}, None, "saisie", (1, 1, 0)),
        ({A: True}, None, "en_partie", (1, 0, 1)),
        ({}, Entry(AFTER_US, 2), "saisie", (0, 0, 2)),
        ({}, Entry(AFTER_US, 1), "en_partie", (0, 0, 2)),
        ({A: True}, Entry(AFTER_US, 2), "saisie", (1, 0, 1)),
        ({"c@ac-exemple.fr": True}, None, "a_saisir", (0, 0, 2)),
    ],
)
def test_a_sheet_that_is_over(
    marks: dict[str, bool], entry: Entry | None, state: str, counts: tuple[int, int, int]
) -> None:
    found = one(marks, entry)
    assert (found.state, (found.present, found.absent, found.blank)) == (state, counts)


def test_a_slot_is_to_be_entered_from_its_end_on() -> None:
    assert one({}, now_us=AFTER_US - 1).state == "a_venir"
    assert one({A: True}, now_us=AFTER_US - 1).state == "en_partie"
    assert one({}, among=()).state == "sans_objet"


def test_the_moment_of_an_entry_is_local() -> None:
    assert one({}).entered is None
    assert one({}, Entry(AFTER_US, 2)).entered == OVER


def test_the_sheets_of_a_slot_are_told_apart_by_group() -> None:
    groups = (sheet(A), sheet(B, groupe="B"))
    entries = {key_of(groups[0]): Entry(AFTER_US, 1)}
    found = standings(SignIn("CM", "Titre", (), groups), {HERE: {}}, entries, AFTER_US)
    assert [standing.state for standing in found] == ["saisie", "a_saisir"]
