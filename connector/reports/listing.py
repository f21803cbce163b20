"""The list of teachers of a circonscription, a school or a scope, each with what explains their figures."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from connector.language import _
from connector.obligation.dossier import explained_lines
from connector.obligation.dues import read_dues
from connector.obligation.outlook_reading import read_outlooks
from connector.reports.classroom import count_applied
from connector.reports.people import count_stale, people_table, read_rows, teacher_ids
from connector.reports.periods import read_spreads
from scenarios.calendar import SchoolYear, timezone_of
from scenarios.periods import periods

if TYPE_CHECKING:
    from collections.abc import Mapping

    import sqlalchemy as sa

    from connector.ledger.scope import Scope
    from connector.obligation.due import Due
    from connector.obligation.explain import ExplainedLine
    from connector.obligation.policy import LocalRules
    from connector.reports.people import Row, Wanted
    from connector.reports.periods import Spread
    from connector.reports.report import About
    from connector.reports.table import Table
    from scenarios.periods import Period


@dataclass(frozen=True)
class Detail:
    """Why a teacher's figures are what they are: each line, oldest first, and how the due came about."""

    lines: tuple[ExplainedLine, ...]
    due: Due


@dataclass(frozen=True)
class Calendar:
    """The periods of the school year where they are known, and what was credited in each, by teacher."""

    periods: tuple[Period, ...]
    spreads: Mapping[int, Spread]


@dataclass(frozen=True)
class Listing:
    """Teachers, by school then name; `details` by teacher, where they were asked for; `sessions` by code.

    `applied`: how many of them applied something in class, and how many had to; None where it was not asked for.
    """

    about: About
    rows: tuple[Row, ...]
    calendar: Calendar
    details: Mapping[int, Detail] = field(default_factory=lambda: MappingProxyType({}))
    sessions: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    applied: tuple[int, int] | None = None

    def tables(self) -> tuple[Table, ...]:
        """Return the one table: a row a teacher."""
        return (people_table(_("Enseignants"), self.rows, len(self.calendar.periods), self.calendar.spreads),)

    def document(self) -> list[dict[str, Any]]:
        """Return a list of one object a teacher (FORMATS.md section 5)."""
        return self.tables()[0].objects()

    def number(self, etat: str) -> int:
        """Return how many teachers are in this state."""
        return sum(row.etat == etat for row in self.rows)


def read_listing(
    connection: sa.Connection, scope: Scope, wanted: Wanted, about: About, academie: str | None
) -> Listing:
    """Return the teachers wanted, with their figures alone; `academie` says when the periods are."""
    rows = read_rows(connection, scope, wanted)
    stale = count_stale(connection, scope, wanted)
    return Listing(replace(about, stale=stale), rows, read_calendar(connection, scope, wanted, academie))


def read_calendar(connection: sa.Connection, scope: Scope, wanted: Wanted, academie: str | None) -> Calendar:
    """Return what was credited in each period to the teachers wanted; nothing where the periods are not known."""
    known = periods(SchoolYear.parse(wanted.annee_scolaire), academie) if academie else ()
    if not known or academie is None:
        return Calendar((), {})
    who = teacher_ids(scope, wanted)
    return Calendar(known, read_spreads(connection, who, wanted.annee_scolaire, known, timezone_of(academie)))


def dated(connection: sa.Connection, listing: Listing, scope: Scope, wanted: Wanted, local: LocalRules) -> Listing:
    """Return the listing with the alerts of its day, after those of the balances."""
    year = SchoolYear.parse(wanted.annee_scolaire)
    day = listing.about.made_at.date()
    outlooks = read_outlooks(connection, teacher_ids(scope, wanted), year, day, local)
    rows = (replace(row, alertes=(*row.alertes, *outlooks[row.teacher_id].alertes)) for row in listing.rows)
    return replace(listing, rows=tuple(rows))


def applying(connection: sa.Connection, listing: Listing, scope: Scope, wanted: Wanted) -> Listing:
    """Return the listing with what its teachers applied in class."""
    counts = count_applied(connection, scope, wanted).values()
    return replace(listing, applied=(sum(done for done, _ in counts), sum(whole for _, whole in counts)))


def explained(connection: sa.Connection, listing: Listing, scope: Scope, wanted: Wanted, local: LocalRules) -> Listing:
    """Return the listing with the details of its teachers, for a page that unfolds them."""
    year = SchoolYear.parse(wanted.annee_scolaire)
    lines = explained_lines(connection, teacher_ids(scope, wanted), year)
    dues = read_dues(connection, [row.teacher_id for row in listing.rows], year, local)
    details = {row.teacher_id: Detail(lines.get(row.teacher_id, ()), dues[row.teacher_id]) for row in listing.rows}
    sessions = {line.session: line.session_titre for detail in details.values() for line in detail.lines}
    return replace(listing, details=details, sessions=dict(sorted(sessions.items())))
