"""Lines and balances made again, in one transaction of the caller's: the thin shell around credit, due and balance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.errors import DataError
from connector.ledger import schema
from connector.ledger.one_writer import take_turn
from connector.obligation.balance_writing import Task, write_balances
from connector.obligation.closed_years import closed_years
from connector.obligation.differences import Difference, Differences
from connector.obligation.line_writing import drop_lines_of_nobody, write_lines
from connector.obligation.rules import regulation
from connector.obligation.stale import under_other_rules, unknown_derogations
from scenarios.calendar import SchoolYear

if TYPE_CHECKING:
    from collections.abc import Collection

    from connector.obligation.policy import LocalRules

_BATCH = 10_000
FOR_LARGE_SORTS = (
    "SET LOCAL work_mem = '128MB'", "SET LOCAL jit = off", "SET LOCAL default_statistics_target = 1",
)  # fmt: skip
"""What PostgreSQL is told of the transaction: the acts of a batch are sorted in memory, and of what is put aside it
counts the rows, and looks at few."""


@dataclass(frozen=True)
class Reconciled:
    """What was made again; `without_rules` names the school years of sessions that no rule set covers.

    `unknown` are the identifiants of derogations that nobody bears. `differences` is what closed years would become
    (the first of them), out of `different` in all: looked for with `complete` only, and left as it was.
    """

    teachers: int
    lines: int
    balances: int
    without_rules: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    different: int = 0
    differences: tuple[Difference, ...] = ()


def reconcile(connection: sa.Connection, local: LocalRules, year: SchoolYear, *, complete: bool = False) -> Reconciled:
    """Make the lines and balances of the teachers touched since the last time, or of everybody with `complete`.

    Touched are also those whose balance was made by other rules than today's. Balances are made for `year`, for the
    school years of all sessions and for those already balanced; a closed year keeps its own. A teacher with a service
    in `year` always has one, even without a line. What is made depends on the ledger and `local` only.
    """
    take_turn(connection)
    closed = closed_years(connection).keys()
    wanted = _wanted(connection, year, local, closed, complete=complete)
    years, without_rules = _years(connection, year)
    task = Task([one for one in years if one not in closed], closed, local)
    unlocked = Task(sorted(closed), (), local)
    found = Differences()
    if connection.dialect.name == "postgresql":
        for statement in FOR_LARGE_SORTS:
            connection.exec_driver_sql(statement)
    if complete:
        drop_lines_of_nobody(connection)
    lines = balances = 0
    for start in range(0, len(wanted), _BATCH):
        batch = wanted[start : start + _BATCH]
        lines += write_lines(connection, batch, closed)
        balances += write_balances(connection, batch, task)
        if complete and closed:
            with found.compared(connection, batch, [str(one) for one in closed]):
                write_lines(connection, batch, ())
                write_balances(connection, batch, unlocked)
    unknown = unknown_derogations(connection, local)
    return Reconciled(len(wanted), lines, balances, without_rules, unknown, found.number, tuple(found.first))


def _wanted(
    connection: sa.Connection,
    year: SchoolYear,
    local: LocalRules,
    closed: Collection[SchoolYear],
    *,
    complete: bool,
) -> list[int]:
    """Empty `touched` and return whom to reconcile, in order.

    Its teachers, those who lack a balance in `year`, and those whose balance was made by other rules.
    """
    touched = set(connection.execute(schema.touched.delete().returning(schema.touched.c.teacher_id)).scalars())
    if complete:
        return list(connection.execute(sa.select(schema.teacher.c.id).order_by(schema.teacher.c.id)).scalars())
    return sorted(touched | _unbalanced(connection, year, closed) | under_other_rules(connection, local, closed))


def _unbalanced(connection: sa.Connection, year: SchoolYear, closed: Collection[SchoolYear]) -> set[int]:
    if year in closed:
        return set()
    service = schema.service.c
    balanced = sa.select(schema.balance.c.teacher_id).where(schema.balance.c.annee_scolaire == str(year))
    unbalanced = sa.select(service.teacher_id).where(
        sa.or_(service.debut.is_(None), service.debut <= year.end),
        sa.or_(service.fin.is_(None), service.fin >= year.start),
        service.teacher_id.not_in(balanced),
    )
    return set(connection.execute(unbalanced).scalars())


def _years(connection: sa.Connection, year: SchoolYear) -> tuple[list[SchoolYear], tuple[str, ...]]:
    """Return the school years to balance, and the names of those that no rule set covers."""
    regulation().rules_for(year)
    known = sa.union(sa.select(schema.session.c.annee_scolaire), sa.select(schema.balance.c.annee_scolaire))
    years, without = {year}, []
    for name in sorted(connection.execute(known).scalars()):
        try:
            regulation().rules_for(SchoolYear.parse(name))
        except DataError:
            without.append(name)
        else:
            years.add(SchoolYear.parse(name))
    return sorted(years), tuple(without)
