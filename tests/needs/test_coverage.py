"""The figures of needs are those of the ledger: each is counted again, plainly, from what was written into it."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from connector.ledger import schema
from connector.ledger.needs import Need, Wording, find_need, put_need, read_needs, withdraw_need
from connector.ledger.schools import read_schools
from connector.ledger.scope import EVERYTHING, Scope
from connector.reports.boards.needs import needs_board
from connector.reports.coverage import read_coverage
from connector.reports.report import About
from connector.reports.table import share
from tests.reports.academy import SCHOOLS, SESSIONS, A, B, people, write_academy
from tests.reports.conftest import NOVEMBER
from tests.reports.kit import ACTIVITIES, YEAR

if TYPE_CHECKING:
    from connector.ledger.db import Ledger

PEOPLE = people()
KEYS = {code: f"26_ACA10_{code}" for code, *_ in SESSIONS}
GONE = "accueil"
"""An activity that the newest publication of MATHS no longer has."""


@dataclass
class World:
    """What was written, as plain sets: on lists, with a line as trainer or not, what is credited to whom."""

    listed: set[tuple[str, int]] = field(default_factory=set)
    followed: set[tuple[str, int]] = field(default_factory=set)
    credited: dict[tuple[str, int], set[str]] = field(default_factory=dict)
    needs: dict[int, Wording] = field(default_factory=dict)

    def enrolled(self, codes: set[str], who: int) -> set[str]:
        return {code for code in codes if (code, who) in self.listed | self.followed}

    def state(self, codes: set[str], who: int) -> str:
        followed = self.enrolled(codes, who)
        if any(wanted(code) <= self.credited.get((code, who), set()) for code in followed):
            return "fini"
        return "inscrit" if followed else "pas_inscrit"


def wanted(code: str) -> set[str]:
    return {name for name, *_ in ACTIVITIES} - ({GONE} if code == "MATHS" else set())


def write(connection: sa.Connection, seed: int) -> World:
    """Write the academy with lines and lists drawn by lot, and needs of all three kinds."""
    said = random.Random(seed)  # noqa: S311 - no secret comes of it
    write_academy(connection)
    for table in (schema.line, schema.participant):
        connection.execute(table.delete())
    gone = (schema.activity.c.code == "MATHS", schema.activity.c.activity_id == GONE)
    connection.execute(schema.activity.update().where(*gone).values(gone_us=1))
    world, listed, lines = World(), [], []
    for person in PEOPLE:
        for code, *_ in SESSIONS:
            if said.random() < 0.5:
                world.listed.add((code, person.number))
                listed.append({"code": code, "email": f"p{person.number}@ac-exemple.fr"})
            if said.random() < 0.6:
                lines += _lines(world, said, code, person.number)
    common = {"groupe": None, "origine": "invitation", "cadre": "animation"}
    connection.execute(schema.participant.insert(), [{**one, **common} for one in listed])
    connection.execute(schema.line.insert(), lines)
    for rank, (uai, place) in enumerate(SCHOOLS.items()):
        here = [one.number for one in PEOPLE if one.ecole == uai]
        for kind in ("nommes", "effectif", "ecole"):
            named = frozenset(said.sample(here, 3)) if kind == "nommes" else frozenset()
            effectif = said.randint(1, 20) if kind == "effectif" else None
            wording = Wording(YEAR, uai, place, f"C{1 + rank % 3}", kind, effectif=effectif, people=named)
            number = put_need(connection, wording, "ien", 0)
            assert number is not None
            world.needs[number] = wording
    return world


def _lines(world: World, said: random.Random, code: str, number: int) -> list[dict[str, Any]]:
    trains = said.random() < 0.1
    rows = []
    for name, _titre, modalite, minutes in ACTIVITIES:
        done = said.random() < 0.8 and not trains
        rows.append({
            "teacher_id": number, "code": code, "activity_id": name, "annee_scolaire": YEAR, "modalite": modalite,
            "minutes": minutes if done else 0, "minutes_prevues": minutes, "nature": "formation_continue",
            "theme": None, "decision": "credite" if done else "refuse",
            "motif": "formateur" if trains else None if done else "annule",
            "instant_us": 0, "hors_liste": False, "chevauchement": False,
        })  # fmt: skip
        if done:
            world.credited.setdefault((code, number), set()).add(name)
    if not trains:
        world.followed.add((code, number))
    return rows


def answers(need: int) -> set[str]:
    """Return the sessions that answer a need: none for some, one or two for others."""
    codes = [code for code, *_ in SESSIONS]
    return set(codes[: need % 3])


def answering(needs: list[Need]) -> dict[int, set[str]]:
    return {need.numero: {KEYS[code] for code in answers(need.numero)} for need in needs}


def test_who_is_enrolled_and_who_has_finished_is_counted_again(ledger: Ledger) -> None:
    with ledger.write() as connection:
        world = write(connection, 1)
        needs = read_needs(connection, EVERYTHING, YEAR)
        found = read_coverage(connection, EVERYTHING, YEAR, needs, answering(needs))
    assert {one.need.numero: one.need.wording for one in found} == world.needs
    for one in found:
        said, codes = one.need.wording, answers(one.need.numero)
        among = said.people or {person.number for person in PEOPLE if person.ecole == said.uai}
        states = {f"P{who}": world.state(codes, who) for who in among}
        assert {person.identifiant: person.etat for person in one.people} == states
        assert {person.identifiant: set(person.sessions) for person in one.people} == {
            f"P{who}": world.enrolled(codes, who) for who in among
        }
        assert one.base == said.theme
        assert one.concernes == (said.effectif or len(among))
        counted = Counter(states.values())
        assert (one.inscrits, one.finis) == (counted["inscrit"] + counted["fini"], counted["fini"])
        assert one.part == share(min(one.inscrits, one.concernes), one.concernes)
    assert {one.finis > 0 for one in found} == {True, False}
    assert {one.inscrits > one.finis for one in found} == {True, False}
    said = needs_board(About("besoins", "besoins", "Besoins", YEAR, NOVEMBER), found).document()
    for name in ("concernes", "inscrits", "finis"):
        assert said["chiffres"][name] == sum(row[name] for row in said["besoins"])
    assert said["chiffres"]["sans_session"] == sum(not row["sessions"] for row in said["besoins"])
    told = [(row["numero"], row["identifiant"]) for row in said["personnes"]]
    assert len(set(told)) == len(told)
    assert len(told) == sum(len(one.people) if one.base == "nommes" else one.inscrits for one in found)
    assert {(row["code"], number) for row in said["sessions"] for number in row["besoins"]} == {
        (code, str(one.need.numero)) for one in found for code in answers(one.need.numero)
    }


def test_an_ien_sees_the_needs_of_their_schools_and_their_own_teachers(ledger: Ledger) -> None:
    with ledger.write() as connection:
        world = write(connection, 4)
        moved = next(
            iter(next(said for said in world.needs.values() if said.circonscription == A and said.people).people)
        )
        connection.execute(
            schema.balance.update().where(schema.balance.c.teacher_id == moved).values(circonscription=B)
        )
        scope = Scope("ien", (A,))
        needs = read_needs(connection, scope, YEAR)
        found = read_coverage(connection, scope, YEAR, needs, answering(needs))
        others = [number for number, said in world.needs.items() if said.circonscription != A]
        assert [find_need(connection, scope, number) for number in others] == [None] * len(others)
        assert read_needs(connection, scope, YEAR, B) == []
        for role in ("formateur", "tuteur", "enseignant"):
            assert read_needs(connection, Scope(role, ("p1@ac-exemple.fr",)), YEAR) == []
    assert {one.wording.circonscription for one in needs} == {A}
    shown = {person.identifiant for one in found for person in one.people}
    assert shown == {f"P{one.number}" for one in PEOPLE if one.circonscription == A} - {f"P{moved}"}


def test_a_need_is_recorded_once_and_never_edited(ledger: Ledger) -> None:
    said = Wording(YEAR, "0690101X", A, "C2", "mathématiques")
    with ledger.write() as connection:
        first = put_need(connection, said, "ien", 1)
        assert first is not None
        assert put_need(connection, said, "autre", 2) is None
        withdraw_need(connection, first, "ien", 3)
        again = put_need(connection, said, "ien", 4)
        assert again not in {None, first}
        (kept,) = read_needs(connection, EVERYTHING, YEAR)
        assert (kept.numero, kept.at_us, kept.ecole) == (again, 4, "0690101X"), (
            "no teacher of the year names the school"
        )
        whole = read_needs(connection, EVERYTHING, YEAR, withdrawn=True)
        assert {(one.numero, one.withdrawn_by, one.withdrawn_us) for one in whole} == {
            (first, "ien", 3),
            (again, None, None),
        }
        entries = sa.select(*schema.journal.c["author", "action", "subject"]).order_by(schema.journal.c.id)
        assert [tuple(row) for row in connection.execute(entries)] == [
            ("ien", "besoin.saisir", str(first)),
            ("ien", "besoin.retirer", str(first)),
            ("ien", "besoin.saisir", str(again)),
        ]


def test_a_school_is_in_the_circonscription_of_most_of_its_teachers(ledger: Ledger) -> None:
    uai = next(iter(SCHOOLS))
    with ledger.write() as connection:
        write_academy(connection)
        here = [one.number for one in PEOPLE if one.ecole == uai]
        for rank, number in enumerate(here):
            place = B if rank < len(here) // 2 else A
            row = schema.balance.c.teacher_id == number
            connection.execute(schema.balance.update().where(row).values(circonscription=place))
        assert read_schools(connection, YEAR, [uai])[uai].circonscription == min(A, B), (
            "a tie is settled alike each time"
        )
        connection.execute(
            schema.balance.update().where(schema.balance.c.teacher_id == here[-1]).values(circonscription=B)
        )
        assert read_schools(connection, YEAR, [uai])[uai].circonscription == B
