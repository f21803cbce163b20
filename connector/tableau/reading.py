"""What the pages read beside the reports: a page of teachers with its filters, the sessions of a scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from connector.errors import DataError
from connector.language import _
from connector.ledger.queue import waiting_contested
from connector.ledger.schema import balance, session, teacher, trainer
from connector.ledger.sessions import newest_snapshot
from connector.ledger.stage import not_open
from connector.reports.listing import read_listing
from connector.reports.people import BY_LEFT, BY_NAME, BY_SCHOOL, Wanted, count_stale, count_states, read_rows
from connector.reports.report import About
from connector.tableau.pages import NotFoundError
from scenarios.calendar import timezone_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from connector.ledger.contested import Contested
    from connector.ledger.scope import Scope
    from connector.ledger.stage import Stage
    from connector.reports.listing import Listing
    from connector.reports.people import Row
    from connector.settings.sections import Circonscription
    from scenarios.snapshot import Snapshot

PAGE = 50
"""Teachers on one page."""
ORDERS: Mapping[str, tuple[str, ...]] = {"ecole": BY_SCHOOL, "nom": BY_NAME, "reste": BY_LEFT}


class Named(NamedTuple):
    """Something to choose: its code and its name."""

    code: str
    nom: str


class SessionLine(NamedTuple):
    """A session in a list, and where it is in its life."""

    code: str
    titre: str
    debut: date
    fin: date | None
    annee_scolaire: str
    validation: str
    etape: Stage = "ouverte"


@dataclass(frozen=True)
class PeoplePage:
    """One page of the teachers wanted, `number` from 1; `states` counts those of every page."""

    rows: tuple[Row, ...]
    states: Mapping[str, int]
    stale: int
    number: int

    @property
    def total(self) -> int:
        """How many teachers there are on all pages."""
        return sum(self.states.values())

    @property
    def last(self) -> int:
        """The number of the last page."""
        return max(1, -(-self.total // PAGE))


def read_people(connection: sa.Connection, scope: Scope, wanted: Wanted, order: str, number: int) -> PeoplePage:
    """Return a page of teachers; `order` is a name of ORDERS, a page past the last one is empty."""
    rows = read_rows(connection, scope, wanted, order=ORDERS[order], first=(number - 1) * PAGE, limit=PAGE)
    stale = count_stale(connection, scope, wanted)
    return PeoplePage(rows, count_states(connection, scope, wanted), stale, number)


def read_glance(connection: sa.Connection, scope: Scope, wanted: Wanted, place: Circonscription, at_us: int) -> Listing:
    """Return all the teachers of a circonscription, with what each period brought them: the picture of it."""
    made_at = datetime.fromtimestamp(at_us / 1e6, timezone_of(place.academie))
    about = About("circonscription", place.uai, place.nom, wanted.annee_scolaire, made_at)
    everybody = Wanted(wanted.annee_scolaire, circonscription=place.uai)
    return read_listing(connection, scope, everybody, about, place.academie)


def read_years(connection: sa.Connection, scope: Scope) -> list[str]:
    """Return the school years that have balances in the scope, the newest first."""
    years = sa.select(balance.c.annee_scolaire).where(scope.balances()).distinct()
    return sorted(connection.scalars(years), reverse=True)


def read_schools(connection: sa.Connection, scope: Scope, wanted: Wanted) -> list[Named]:
    """Return the schools of the teachers wanted, by name; none where an operator has chosen no circonscription."""
    if scope.everything and wanted.circonscription is None:
        return []
    narrowed = Wanted(wanted.annee_scolaire, circonscription=wanted.circonscription)
    query = (
        sa.select(balance.c.uai, sa.func.min(balance.c.ecole).label("nom"))
        .select_from(balance.join(teacher, teacher.c.id == balance.c.teacher_id))
        .where(narrowed.condition(scope))
        .group_by(balance.c.uai)
        .order_by("nom", balance.c.uai)
    )
    return [Named(*row) for row in connection.execute(query)]


def read_sessions(connection: sa.Connection, scope: Scope, annee_scolaire: str | None = None) -> list[SessionLine]:
    """Return the sessions that the scope opens, the newest first: those of a school year, or all."""
    query = (
        sa.select(*session.c["code", "titre", "debut", "fin", "annee_scolaire", "validation"])
        .where(scope.sessions())
        .order_by(session.c.debut.desc(), session.c.code)
    )
    if annee_scolaire is not None:
        query = query.where(session.c.annee_scolaire == annee_scolaire)
    stages = not_open(connection)
    return [SessionLine(*row)._replace(etape=stages.get(row.code, "ouverte")) for row in connection.execute(query)]


def read_led(connection: sa.Connection, scope: Scope, code: str) -> Snapshot:
    """Return the newest publication of a session that they lead; NotFoundError for another one.

    An operator leads all; a tutor none (FORMATS.md). DataError where the ledger holds no publication of it.
    """
    there = sa.select(sa.exists().where(session.c.code == code, scope.sessions()))
    if not (connection.scalar(there) and leads(connection, scope, code)):
        raise NotFoundError
    snapshot = newest_snapshot(connection, code)
    if snapshot is None:
        raise DataError(
            _("La publication de {session} n'est pas dans le registre.", session=code),
            remedy=_("Demandez à l'opérateur de collecter cette session."),
        )
    return snapshot


def designs(connection: sa.Connection, scope: Scope, code: str) -> bool:
    """Tell whether they may open a session, and see none of its people: they designed it."""
    here = sa.select(session.c.code).where(session.c.code == code, scope.sessions(), ~scope.rolls())
    return connection.scalar(here) is not None


def leads(connection: sa.Connection, scope: Scope, code: str) -> bool:
    """Tell whether they sign people in and attest, in a session that they may open."""
    return scope.everything or leading_address(connection, scope, code) is not None


def read_leading(connection: sa.Connection, scope: Scope) -> list[str]:
    """Return the codes of the sessions that a trainer leads, which are few; none for an operator, who leads all."""
    return sorted(set(connection.scalars(sa.select(trainer.c.code).where(scope.leading()))))


def leading_address(connection: sa.Connection, scope: Scope, code: str) -> str | None:
    """Return the address under which a trainer leads a session; None for anybody else."""
    query = sa.select(trainer.c.email).where(trainer.c.code == code, scope.leading())
    return min(connection.scalars(query), default=None)


def read_contested_lines(
    connection: sa.Connection, scope: Scope, annee_scolaire: str, identifiant: str | None = None
) -> list[Contested]:
    """Return the lines that wait for an answer to their teacher: in the whole scope, or of one teacher."""
    among = [session.c.annee_scolaire == annee_scolaire, scope.teachers(annee_scolaire)]
    if identifiant is not None:
        among.append(teacher.c.identifiant == identifiant)
    return waiting_contested(connection, *among)
