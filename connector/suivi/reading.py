"""Whom somebody accompanies, or follows the accompaniment of, and what came of it in a school year."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from connector.ledger.schema import accompagnement, balance, service, session, teacher
from connector.suivi.log import MODES
from connector.suivi.standing import Accompanied, Meetings, Served, entry_of, first_seen

if TYPE_CHECKING:
    from datetime import date

    from connector.ledger.asker import Asker
    from connector.ledger.db import Ledger
    from connector.ledger.scope import Scope
    from scenarios.calendar import SchoolYear


@dataclass(frozen=True)
class Followed:
    """Teachers, those to see first at the top; `sessions` are those that put some of them there."""

    year: SchoolYear
    people: tuple[Accompanied, ...]
    sessions: tuple[str, ...]

    @property
    def beginners(self) -> tuple[Accompanied, ...]:
        """Those who enter the trade."""
        return tuple(one for one in self.people if one.entry)

    @property
    def met(self) -> tuple[Accompanied, ...]:
        """Those who were met this year."""
        return tuple(one for one in self.people if one.meetings.all)

    @property
    def meetings(self) -> Meetings:
        """How many meetings there were."""
        return Meetings(
            sum(one.meetings.presence for one in self.people), sum(one.meetings.distance for one in self.people)
        )

    @property
    def minutes(self) -> int:
        """How long they were, all together."""
        return sum(one.minutes for one in self.people)


def read_followed(connection: sa.Connection, scope: Scope, year: SchoolYear) -> Followed:
    """Return the teachers whose meetings the scope shows in a school year, in the order in which to see them."""
    theirs = sa.select(teacher.c.id).where(scope.accompanied(str(year)))
    place = balance.select().where(balance.c.annee_scolaire == str(year)).subquery("place")
    query = (
        sa.select(*teacher.c["id", "identifiant", "nom", "prenom"], *place.c["ecole", "circonscription"])
        .outerjoin(place, place.c.teacher_id == teacher.c.id)
        .where(scope.accompanied(str(year)))
    )
    served, starts, noted = _services(connection, theirs), _starts(connection), _noted(connection, theirs)
    people = []
    for row in connection.execute(query):
        now = [one for one in noted[row.id] if one.annee_scolaire == str(year)]
        people.append(
            Accompanied(
                identifiant=row.identifiant,
                nom=row.nom,
                prenom=row.prenom,
                ecole=row.ecole or "",
                circonscription=row.circonscription or "",
                entry=entry_of(served[row.id], year, starts),
                meetings=Meetings(*(sum(one.number for one in now if one.modalite == mode) for mode in MODES)),
                minutes=sum(one.minutes for one in now),
                seen=max((one.last for one in noted[row.id]), default=None),
            )
        )
    return Followed(year, tuple(first_seen(people)), _sessions(connection, scope, year))


def note_read(ledger: Ledger, who: Asker, followed: Followed) -> None:
    """Journal that the list was shown: a read of everybody on it, by place and by session (`ops.privacy.reads`)."""
    for place in ("tous",) if who.scope.role == "ien" else who.scope.entrusted:
        who.note(ledger, "suivi.lister", place, annee=str(followed.year))
    for code in followed.sessions:
        who.note(ledger, "suivi.session", code)


def _sessions(connection: sa.Connection, scope: Scope, year: SchoolYear) -> tuple[str, ...]:
    """Return the sessions whose people a trainer accompanies; an IEN follows by circonscription."""
    if scope.role == "ien":
        return ()
    query = sa.select(session.c.code).where(session.c.annee_scolaire == str(year), scope.rolls())
    return tuple(connection.scalars(query.order_by(session.c.code)))


def _services(connection: sa.Connection, theirs: sa.Select[tuple[int]]) -> dict[int, list[Served]]:
    found: dict[int, list[Served]] = defaultdict(list)
    query = sa.select(*service.c["teacher_id", "situation", "debut", "fin"]).where(service.c.teacher_id.in_(theirs))
    for teacher_id, *rest in connection.execute(query):
        found[teacher_id].append(Served(*rest))
    return found


def _starts(connection: sa.Connection) -> frozenset[date]:
    """Return the day, if any, on which more than half of the roster begins to serve: that of the file."""
    first = (
        sa.select(service.c.teacher_id, sa.func.min(service.c.debut).label("day"))
        .group_by(service.c.teacher_id)
        .having(sa.func.count() == sa.func.count(service.c.debut))
        .subquery("first")
    )
    whole = sa.select(sa.func.count(service.c.teacher_id.distinct())).scalar_subquery()
    return frozenset(
        connection.scalars(sa.select(first.c.day).group_by(first.c.day).having(2 * sa.func.count() > whole))
    )


def _noted(connection: sa.Connection, theirs: sa.Select[tuple[int]]) -> dict[int, list[sa.Row[Any]]]:
    """Return what was noted of each teacher, added up by school year and modality, with the last day of each."""
    noted, found = accompagnement.c, defaultdict(list)
    sums = (sa.func.count().label("number"), sa.func.sum(noted.minutes).label("minutes"))
    by = (noted.teacher_id, noted.annee_scolaire, noted.modalite)
    query = sa.select(*by, *sums, sa.func.max(noted.jour).label("last")).where(noted.teacher_id.in_(theirs))
    for row in connection.execute(query.group_by(*by)):
        found[row.teacher_id].append(row)
    return found
