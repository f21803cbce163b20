"""Closed years: their lines and balances stay as they are, with the rules that they were closed with."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.errors import DataError
from connector.language import _
from connector.ledger.instants import midnight_us
from connector.ledger.journal import record
from connector.ledger.schema import closed_year
from connector.obligation.policy import LocalRules
from connector.obligation.rules import Regulation, regulation
from connector.obligation.wording import day
from scenarios.calendar import SchoolYear

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class ClosedYear:
    """A closed year: the rules in force that day, who closed it and when (microseconds since 1970 UTC)."""

    year: SchoolYear
    law: Regulation
    local: LocalRules
    author: str
    at_us: int


def closed_years(connection: sa.Connection) -> dict[SchoolYear, ClosedYear]:
    """Return the years that are closed."""
    found = {}
    for row in connection.execute(sa.select(closed_year)):
        year = SchoolYear.parse(row.annee_scolaire)
        law = Regulation.model_validate_json(row.reglement)
        found[year] = ClosedYear(year, law, LocalRules.from_json(row.local, str(year)), row.author, row.at_us)
    return found


def rules_of(connection: sa.Connection, year: SchoolYear, local: LocalRules) -> tuple[Regulation, LocalRules]:
    """Return the rules that a year is judged by: those it was closed with, else today's and `local`."""
    closed = closed_years(connection).get(year)
    return (closed.law, closed.local) if closed else (regulation(), local)


def close_year(
    connection: sa.Connection, year: SchoolYear, local: LocalRules, *, author: str, at_us: int, zone: ZoneInfo
) -> bool:
    """Close a year whose balances are up to date; return False, and change nothing, where it is closed already.

    Raises DataError for a year that is not over: 31 August has not passed in `zone`.
    """
    if connection.scalar(sa.select(sa.exists().where(closed_year.c.annee_scolaire == str(year)))):
        return False
    if at_us < midnight_us(SchoolYear(year.first + 1).start, zone):
        raise DataError(
            _("L'année {annee} n'est pas finie : elle ne peut pas être close.", annee=year),
            remedy=_("Clôturez-la après le {jour}, quand les attestations sont données.", jour=day(year.end)),
        )
    law = regulation()
    law.rules_for(year)
    row = {
        "annee_scolaire": str(year),
        "reglement": law.model_dump_json(),
        "local": json.dumps(local.as_json(str(year)), sort_keys=True),
        "empreinte": law.fingerprint,
        "author": author,
        "at_us": at_us,
    }
    connection.execute(closed_year.insert().values(row))
    record(connection, at_us, author, "annee.clore", str(year), empreinte=law.fingerprint)
    return True


def reopen_year(connection: sa.Connection, year: SchoolYear, *, author: str, at_us: int) -> bool:
    """Have a closed year follow the rules and the evidence again; False where it is not closed."""
    gone = connection.execute(closed_year.delete().where(closed_year.c.annee_scolaire == str(year)))
    if gone.rowcount:
        record(connection, at_us, author, "annee.rouvrir", str(year))
    return bool(gone.rowcount)


def refuse_closed(connection: sa.Connection, year: SchoolYear) -> None:
    """Raise DataError for a closed year: nothing that people say of it changes its figures."""
    if connection.scalar(sa.select(sa.exists().where(closed_year.c.annee_scolaire == str(year)))):
        raise DataError(
            _("L'année {annee} est close : ses lignes ne changent plus.", annee=year),
            remedy=_("Rouvrez-la s'il le faut : parcours rapprocher --rouvrir {annee}.", annee=year),
        )
