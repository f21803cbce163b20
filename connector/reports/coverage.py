"""How far training needs are met: who of those concerned is enrolled in a session that answers, who has finished."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import sqlalchemy as sa

from connector.ledger.schema import (
    MAX_US,
    activity,
    balance,
    line,
    mailbox,
    need,
    need_person,
    participant,
    session,
    teacher,
)
from connector.ledger.versions import newest
from connector.obligation.done import read_outside
from connector.reports.table import share

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import date

    from connector.ledger.needs import Need
    from connector.ledger.scope import Scope

State = Literal["fini", "inscrit", "pas_inscrit"]
Base = Literal["nommes", "effectif", "ecole"]


Answering: TypeAlias = "Callable[[Sequence[Need]], Mapping[int, Collection[str]]]"
"""Says, by number of need, which parcours meet it: matricules without their version. The catalogue knows."""


class Answer(NamedTuple):
    """A session of the year."""

    code: str
    parcours_key: str
    titre: str
    debut: date
    fin: date | None


class _Person(NamedTuple):
    id: int
    identifiant: str
    nom: str
    prenom: str
    uai: str


@dataclass(frozen=True)
class Standing:
    """One of those concerned by a need, and the sessions that answer it where they are enrolled."""

    identifiant: str
    nom: str
    prenom: str
    etat: State
    sessions: tuple[str, ...]


@dataclass(frozen=True)
class Coverage:
    """A need, the sessions that answer it, and where its people stand, by name.

    Where the need names nobody, `people` are all the teachers of the school: the roster does not say who teaches in
    which cycle. `concernes` is then the number that was given, or else theirs.
    """

    need: Need
    answers: tuple[Answer, ...]
    people: tuple[Standing, ...]

    @property
    def base(self) -> Base:
        """Who is counted as concerned: those named, as many as was said, or the whole school."""
        if self.need.wording.people:
            return "nommes"
        return "ecole" if self.need.wording.effectif is None else "effectif"

    @property
    def concernes(self) -> int:
        """How many teachers are concerned."""
        return self.need.wording.effectif or len(self.people)

    @property
    def inscrits(self) -> int:
        """How many of them are enrolled."""
        return sum(one.etat != "pas_inscrit" for one in self.people)

    @property
    def finis(self) -> int:
        """How many of them have finished."""
        return sum(one.etat == "fini" for one in self.people)

    @property
    def part(self) -> int:
        """Who is enrolled of those concerned, in thousandths of a percent, rounded to a percent, 100 % at most."""
        return share(min(self.inscrits, self.concernes), self.concernes)


def read_coverage(
    connection: sa.Connection,
    scope: Scope,
    annee_scolaire: str,
    needs: Sequence[Need],
    answering: Mapping[int, Collection[str]],
) -> list[Coverage]:
    """Return how far each need of a year is met, as the scope shows it.

    A session answers a need when its parcours is one of those of `answering`. Somebody is enrolled who is on its list
    or has a line of it, and has finished who did each of its credited activities, whatever that counts for.
    """
    of_ours = sa.and_(
        scope.sessions(),
        session.c.annee_scolaire == annee_scolaire,
        session.c.parcours_key.in_({key for keys in answering.values() for key in keys}),
    )
    sessions, codes = _sessions(connection, of_ours), sa.select(session.c.code).where(of_ours)
    enrolled, finished = _enrolled(connection, codes), _finished(connection, codes)
    people = _people(connection, scope, annee_scolaire)
    schools: dict[str, set[int]] = defaultdict(set)
    for one in people.values():
        schools[one.uai].add(one.id)
    found = []
    for asked in needs:
        keys = answering.get(asked.numero, ())
        answers = tuple(one for one in sessions if one.parcours_key in keys)
        among = (asked.wording.people or schools[asked.wording.uai]) & people.keys()
        standings = (_standing(people[one], answers, enrolled, finished) for one in among)
        found.append(Coverage(asked, answers, tuple(sorted(standings, key=_by_name))))
    return found


def _standing(
    person: _Person,
    answers: Sequence[Answer],
    enrolled: Collection[tuple[str, int]],
    finished: Collection[tuple[str, int]],
) -> Standing:
    codes = tuple(one.code for one in answers if (one.code, person.id) in enrolled)
    done = any((code, person.id) in finished for code in codes)
    etat: State = "fini" if done else "inscrit" if codes else "pas_inscrit"
    return Standing(person.identifiant, person.nom, person.prenom, etat, codes)


def _by_name(one: Standing) -> tuple[str, str, str]:
    return one.nom, one.prenom, one.identifiant


def _sessions(connection: sa.Connection, which: sa.ColumnElement[bool]) -> list[Answer]:
    columns = (session.c[name] for name in Answer._fields)
    query = sa.select(*columns).where(which).order_by(session.c.debut, session.c.code)
    return [Answer(*row) for row in connection.execute(query)]


def _enrolled(connection: sa.Connection, codes: sa.Select[tuple[str]]) -> set[tuple[str, int]]:
    """Return who is on the list of each session, or took part without being on it; its trainers do not."""
    listed = (
        sa.select(participant.c.code, mailbox.c.teacher_id)
        .join(mailbox, mailbox.c.email == participant.c.email)
        .where(participant.c.code.in_(codes))
    )
    followed = sa.select(line.c.code, line.c.teacher_id).where(
        line.c.code.in_(codes), line.c.motif.is_distinct_from("formateur")
    )
    return {(code, teacher_id) for code, teacher_id in connection.execute(sa.union(listed, followed))}


def _finished(connection: sa.Connection, codes: sa.Select[tuple[str]]) -> set[tuple[str, int]]:
    """Return who did every credited activity of each session, as it is now, whatever that counts for.

    A `doublon` was done: another session has the credit of it.
    """
    current = sa.and_(newest(activity), activity.c.gone_us == MAX_US, activity.c.credite)
    planned = sa.select(activity.c.code, activity.c.activity_id).where(activity.c.code.in_(codes), current)
    whole: dict[str, set[str]] = defaultdict(set)
    for code, activity_id in connection.execute(planned):
        whole[code].add(activity_id)
    number = planned.with_only_columns(activity.c.code, sa.func.count().label("number")).group_by(activity.c.code)
    of_session = number.subquery("whole")
    same = sa.and_(activity.c.code == line.c.code, activity.c.activity_id == line.c.activity_id)
    query = (
        sa.select(line.c.code, line.c.teacher_id)
        .join(activity, sa.and_(same, current))
        .join(of_session, of_session.c.code == line.c.code)
        .where(line.c.code.in_(codes), sa.or_(line.c.decision == "credite", line.c.motif == "doublon"))
        .group_by(line.c.code, line.c.teacher_id, of_session.c.number)
        .having(sa.func.count() == of_session.c.number)
    )
    outside = read_outside(connection, whole)
    return {
        *((code, teacher_id) for code, teacher_id in connection.execute(query)),
        *((code, who) for (code, who), did in outside.items() if whole[code] <= did),
    }


def _people(connection: sa.Connection, scope: Scope, annee_scolaire: str) -> dict[int, _Person]:
    """Return the teachers whom needs of the year may concern, those that the scope shows, by id."""
    ours = sa.and_(scope.needs(), need.c.annee_scolaire == annee_scolaire)
    named = sa.select(need_person.c.teacher_id).join(need, need.c.id == need_person.c.need_id).where(ours)
    query = (
        sa.select(*teacher.c["id", "identifiant", "nom", "prenom"], balance.c.uai)
        .join(balance, balance.c.teacher_id == teacher.c.id)
        .where(scope.balances(), balance.c.annee_scolaire == annee_scolaire)
        .where(sa.or_(balance.c.uai.in_(sa.select(need.c.uai).where(ours)), teacher.c.id.in_(named)))
    )
    rows = connection.execute(query)
    return {row.id: _Person(row.id, row.identifiant, row.nom, row.prenom, row.uai) for row in rows}
