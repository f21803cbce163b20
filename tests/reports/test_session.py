"""The trainer's view: who has done what, who waits for an attestation, when to remind, whom to write to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from connector.errors import DataError
from connector.ledger import unsettled
from connector.ledger.resolve import settle
from connector.ledger.schema import mailbox, teacher_key
from connector.ledger.schema import session as session_table
from connector.ledger.scope import EVERYTHING, Scope
from connector.reports import questions
from connector.reports.attestation import attestable
from connector.reports.drawing import environment
from connector.reports.reminders import reminders
from tests.reports.kit import CODE, ELSEWHERE, OTHER, TRAINER, UAI

if TYPE_CHECKING:
    from connector.ledger.db import Ledger
    from connector.reports.session_model import SessionReport

START, END = date(2026, 10, 5), date(2026, 12, 18)


def people(world: Ledger, scope: Scope, code: str = CODE) -> list[str] | None:
    with world.read() as connection:
        found = questions.session(connection, scope, code)
    return None if found is None else [person.identifiant or person.courriel for person in found.people]


def test_a_trainer_sees_everybody_in_their_session_and_no_other_session(world: Ledger) -> None:
    everybody = people(world, EVERYTHING)
    assert everybody is not None
    assert set(everybody) == {"E0001", "E0002", "E0003", "E0004", "E0005", "E0099", "inconnu@ac-exemple.fr"}
    assert people(world, Scope("formateur", (TRAINER,))) == everybody
    assert people(world, Scope("tuteur", (f"{CODE}@x.fr",))) == everybody
    assert people(world, Scope("formateur", (TRAINER,)), ELSEWHERE) is None
    assert people(world, Scope("formateur", ("autre@ac-exemple.fr",))) is None


def test_a_trainer_of_the_roster_is_known_by_any_of_their_addresses(world: Ledger) -> None:
    with world.write() as connection:
        connection.execute(mailbox.insert().values(email=TRAINER, teacher_id=2, main=False))
    assert people(world, Scope("formateur", ("E0002",))) is not None
    assert people(world, Scope("formateur", ("e0002@ac-exemple.fr",))) is not None


def test_an_ien_sees_their_teachers_wherever_they_train_and_nobody_else(world: Ledger) -> None:
    assert set(people(world, Scope("ien", (UAI,))) or ()) == {"E0001", "E0002", "E0003", "E0004", "E0005"}
    assert people(world, Scope("ien", (OTHER,))) == ["E0099"]
    assert people(world, Scope("ien", (UAI,)), ELSEWHERE) is None
    assert people(world, Scope("enseignant", ("E0001",))) is None


def test_each_cell_is_what_came_of_the_activity(session: SessionReport) -> None:
    by_id = {person.identifiant: person for person in session.people}
    assert [session.cell_text(by_id["E0001"].cells.get(one.id)) for one in session.activities] == [
        "0:15", "9:00", "non émargé",
    ]  # fmt: skip
    assert session.cell_text(by_id["E0003"].cells["module"]) == "annulé"
    assert session.cell_text(by_id[""].cells.get("module")) == ""
    assert (by_id["E0001"].presence_min, by_id["E0001"].distance_min) == (0, 555)
    assert (session.planned(presence=True), session.planned(presence=False)) == (180, 555)


def test_who_waits_for_an_attestation(session: SessionReport) -> None:
    said = {person.identifiant or person.courriel: session.attestation(person) for person in session.people}
    assert said["E0001"] == "attestee"
    assert said["E0002"] == "a_attester"
    assert said["inconnu@ac-exemple.fr"] == "rien_a_attester"
    assert {person.atteste_le for person in session.people if person.identifiant == "E0001"} == {date(2026, 11, 20)}
    completed = replace(session, validation="achevement")
    assert {completed.attestation(person) for person in session.people} == {"sans_objet"}
    assert completed.reminders == ()


def test_who_is_not_on_the_list_is_told_apart(session: SessionReport) -> None:
    assert [person.identifiant for person in session.people if not person.inscrit] == ["E0005"]
    titles = [title for title, _ in session.groups]
    assert titles == ["Participants inscrits", "Groupe A", "Groupe B", "Autres participants, non inscrits"]
    assert sum(len(members) for _, members in session.groups) == len(session.people)


def test_addresses_are_of_everybody_or_of_who_is_left(session: SessionReport) -> None:
    assert len(session.addresses()) == 7
    assert "e0001@ac-exemple.fr" not in session.addresses("a-attester")
    assert "e0002@ac-exemple.fr" in session.addresses("a-attester")
    assert session.addresses("incomplets") == session.addresses()
    assert session.finished == ()


@pytest.mark.parametrize(
    ("today", "states"),
    [
        (START - timedelta(days=1), "....."),
        (START, "!...."),
        (END, "<!..."),
        (END + timedelta(days=7), "<<!.."),
        (END + timedelta(days=20), "<<<<."),
        (END + timedelta(days=21), "<<<<!"),
        (END + timedelta(days=22), "<<<<<"),
    ],
)
def test_reminders_fall_at_start_end_and_three_times_a_week_later(today: date, states: str) -> None:
    signs = {"passe": "<", "aujourd_hui": "!", "a_venir": "."}
    found = reminders(START, END, today, waiting=True)
    assert "".join(signs[one.when] for one in found) == states
    assert [(one.day - END).days for one in found[1:]] == [0, 7, 14, 21]


def test_no_reminder_once_nobody_waits_and_one_without_an_end() -> None:
    assert reminders(START, END, END, waiting=False) == ()
    assert [one.day for one in reminders(START, None, END, waiting=True)] == [START]


def test_an_attestation_is_for_who_took_part(session: SessionReport) -> None:
    assert [person.identifiant for person in attestable(session)].count("E0003") == 0
    (one,) = attestable(session, ["E0002@AC-EXEMPLE.FR"])
    assert one.identifiant == "E0002"
    with pytest.raises(DataError, match=r"E0003.» n'a pas d'heure créditée"):
        attestable(session, ["E0003"])
    with pytest.raises(DataError, match=r"E0777.» n'est personne de la session"):
        attestable(session, ["E0777"])
    with pytest.raises(DataError, match="Personne n'a encore d'heure créditée"):
        attestable(replace(session, people=()))


def test_an_attestation_is_handed_to_each_alone_without_a_page_number(session: SessionReport) -> None:
    drawn = {
        name: environment().get_template(f"paper/{name}.html.j2").render(report=session, about=session.about, people=())
        for name in ("attestation", "session")
    }
    numbered = [name for name, page in drawn.items() if "counter(pages)" in page]
    assert numbered == ["session"]


def test_a_session_not_known_is_nothing(world: Ledger) -> None:
    assert people(world, EVERYTHING, "INCONNUE") is None
    with world.write() as connection:
        connection.execute(session_table.update().where(session_table.c.code == CODE).values(validation="achevement"))
    assert people(world, EVERYTHING) is not None


def test_an_address_of_several_people_is_there_once_with_its_reason(world: Ledger) -> None:
    with world.write() as connection:
        hers = {"teacher_id": 99, "kind": "mbox", "value": "e0001@ac-exemple.fr", "main": True}
        connection.execute(teacher_key.insert().values(hers))
        unsettled.mark(connection)
        settle(connection)
        found = questions.session(connection, EVERYTHING, CODE)
    assert found is not None
    (anais,) = (person for person in found.people if person.identifiant == "E0001")
    assert (anais.inscrit, anais.groupe, anais.courriel) == (True, "A", "e0001@ac-exemple.fr")
    assert {person.identifiant or person.courriel: person.remark for person in found.people if person.remark} == {
        "E0001": "adresse de plusieurs personnes dans le fichier des personnels",
        "inconnu@ac-exemple.fr": "hors du fichier des personnels",
    }
    assert found.people.count(anais) == 1
    assert len(found.people) == 7


def test_an_address_of_several_people_who_did_nothing_is_told_so(world: Ledger) -> None:
    with world.write() as connection:
        for teacher_id in (1, 2):
            key = {"teacher_id": teacher_id, "kind": "mbox", "value": "inconnu@ac-exemple.fr", "main": False}
            connection.execute(teacher_key.insert().values(key))
        unsettled.mark(connection)
        settle(connection)
        found = questions.session(connection, EVERYTHING, CODE)
    assert found is not None
    (stranger,) = (person for person in found.people if not person.identifiant)
    assert stranger.remark == "adresse de plusieurs personnes dans le fichier des personnels"
