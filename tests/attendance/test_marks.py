"""What a row may say, who is meant by it, and every refusal with its line."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from connector.attendance.attest import people_to_attest
from connector.attendance.cells import COLUMNS, Row
from connector.attendance.directory import Known, directory
from connector.attendance.marks import Mark, Place, Reading, read_marks, slot_ends
from connector.attendance.sheet import sign_in
from connector.errors import DataError
from scenarios.snapshot import PlannedParticipant, PlannedSlot
from tests.ledger.kit import ANNE, BRUNO, CODE, activity, slot, snapshot
from xapi.instants import to_us

if TYPE_CHECKING:
    from scenarios.snapshot import Snapshot

PEOPLE = directory(
    [
        Known(1, "E1", "Martin", "Anne", "École A", ("anne.martin@ac-exemple.fr", ANNE)),
        Known(2, "E2", "Zola", "Zoé", "École B", ("zoe@ac-exemple.fr", "classe@ac-exemple.fr")),
        Known(3, "E3", "Léger", "Max", "École B", ("max@ac-exemple.fr", "classe@ac-exemple.fr")),
    ]
)
A1 = Place("presence-1", "a1")


def listed(*people: tuple[str, str | None]) -> tuple[PlannedParticipant, ...]:
    return tuple(
        PlannedParticipant(courriel=email, groupe=group, origine="invitation", cadre="animation")
        for email, group in people
    )


def read(*rows: tuple[str, ...], said: Snapshot | None = None) -> Reading:
    made = [Row(f"f:{n}", dict(zip(COLUMNS, row, strict=True))) for n, row in enumerate(rows, 2)]
    return read_marks(made, said or snapshot(participants=listed((ANNE, None), (BRUNO, None))), PEOPLE)


def row(email: str = ANNE, present: str = "O", place: Place = A1, code: str = CODE) -> tuple[str, ...]:
    return (code, *place, email, present)


@pytest.mark.parametrize(
    ("written", "present"), [("O", True), ("o", True), ("Oui", True), ("N", False), ("non", False)]
)
def test_a_mark_is_yes_or_no(written: str, present: bool) -> None:
    assert read(row(present=written)) == Reading((Mark(ANNE, A1, present),), (), 0)


def test_a_row_without_a_mark_waits() -> None:
    assert read(row(present=""), row(BRUNO)) == Reading((Mark(BRUNO, A1, present=True),), (), 1)


@pytest.mark.parametrize("email", [ANNE, ANNE.upper(), "anne.martin@ac-exemple.fr"])
def test_one_person_is_one_address_of_the_list(email: str) -> None:
    assert read(row(email)).marks == (Mark(ANNE, A1, present=True),)


def test_somebody_of_the_roster_who_is_not_listed_is_marked_under_their_main_address() -> None:
    said = snapshot(participants=listed((BRUNO, None)))
    assert read(row(ANNE), said=said).marks == (Mark("anne.martin@ac-exemple.fr", A1, present=True),)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (row(code="AUTRE"), f"session : « AUTRE » n'est pas la session saisie, {CODE}."),
        (row(place=Place("accueil", "a1")), "activite : « accueil » n'est pas une activité à émarger"),
        (row(place=Place("presence-1", "z9")), "creneau : « z9 » n'est pas un créneau de presence-1 (a1)."),
        (row(present="X"), "present : « X » ; écrivez O (présent) ou N (absent)."),
        (row(""), "courriel : la case est vide."),
        (row("inconnu@ac-exemple.fr"), "courriel : « inconnu@ac-exemple.fr » n'est ni sur la liste"),
        (row("classe@ac-exemple.fr"), "courriel : « classe@ac-exemple.fr » est l'adresse de plusieurs personnes"),
    ],
)
def test_a_wrong_row_is_refused_with_its_line_and_costs_no_other(wrong: tuple[str, ...], sentence: str) -> None:
    reading = read(row(BRUNO), wrong)
    assert reading.marks == (Mark(BRUNO, A1, present=True),)
    (refused,) = reading.refused
    assert refused.startswith(f"f:3 : {sentence}")
    assert refused.endswith(".")


def test_a_spare_row_that_nobody_filled_in_is_no_error() -> None:
    assert read(row(""), row("", "")) == Reading((), ("f:2 : courriel : la case est vide.",), 0)


def test_a_sheet_that_contradicts_itself_says_nothing_there() -> None:
    reading = read(row(ANNE, "O"), row(BRUNO, "N"), row("anne.martin@ac-exemple.fr", "N"), row(BRUNO, "N"))
    assert reading.marks == (Mark(BRUNO, A1, present=False),)
    assert reading.refused == (
        "f:2 : la même personne est dite présente et absente au même créneau (lignes 4).",
        "f:4 : la même personne est dite présente et absente au même créneau (lignes 2).",
    )


def test_a_mark_is_dated_from_the_end_of_its_slot() -> None:
    assert slot_ends(snapshot()) == {A1: to_us(datetime(2026, 10, 7, 14, 30, tzinfo=UTC))}


# --- Sheets to print ----------------------------------------------------------------------------------------------


def grouped(slots: tuple[PlannedSlot, ...], *people: tuple[str, str | None]) -> Snapshot:
    presence = activity("presence-1", type="presence", modalite="presence", creneaux=slots)
    return snapshot(activites=(presence,), participants=listed(*people), groupes=("A", "B"))


def test_there_is_one_sheet_for_each_slot_and_group_in_order_of_time() -> None:
    a1 = slot("a1", day=9).model_copy(update={"groupe": "A"})
    said = grouped((a1, slot("c1", day=8)), (ANNE, "A"), (BRUNO, "B"), ("zoe@ac-exemple.fr", None))
    found = sign_in(said, PEOPLE)
    assert [(s.creneau, s.groupe, [p.courriel for p in s.people]) for s in found.sheets] == [
        ("c1", None, ["zoe@ac-exemple.fr"]),
        ("c1", "A", [ANNE]),
        ("c1", "B", [BRUNO]),
        ("a1", "A", [ANNE, "zoe@ac-exemple.fr"]),
    ]
    assert found.sheets[0].debut.isoformat() == "2026-10-08T13:30:00+02:00"


def test_people_have_the_name_and_the_school_that_the_roster_knows_and_are_sorted() -> None:
    said = snapshot(participants=listed(("zoe@ac-exemple.fr", None), (BRUNO, None), (ANNE, None)))
    (sheet,) = sign_in(said, PEOPLE).sheets
    assert [(p.nom, p.prenom, p.ecole) for p in sheet.people] == [
        ("", "", ""),
        ("Martin", "Anne", "École A"),
        ("Zola", "Zoé", "École B"),
    ]
    assert sign_in(said, PEOPLE).formateurs == ("formatrice@ac-exemple.fr",)


def test_a_session_without_slots_has_no_sheet() -> None:
    assert sign_in(snapshot(activites=(activity(),)), PEOPLE).sheets == ()


def test_who_bears_only_an_address_of_two_is_not_attested_and_told_why() -> None:
    people = directory(
        [Known(1, "E1", "Martin", "Anne", "", ()), Known(4, "X4", "Martin", "Anna", "", ())], {ANNE: ("E1", "X4")}
    )
    said = snapshot(participants=listed((ANNE, None)))
    with pytest.raises(DataError) as refused:
        people_to_attest(said, ["E1"], people)
    assert refused.value.message == (
        f"L'adresse « {ANNE} » est celle de plusieurs personnes (E1, X4) : elle ne désigne personne."
    )
    assert "parcours personnels retirer IDENTIFIANT" in str(refused.value.remedy)
    with pytest.raises(DataError, match=r"plusieurs personnes \(E1, X4\)"):
        people_to_attest(snapshot(participants=listed((BRUNO, None))), [ANNE.upper()], people)
