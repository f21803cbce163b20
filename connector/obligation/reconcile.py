"""Lines and balances made again, in one transaction of the caller's: the thin shell around credit, due and balance."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from connector.errors import DataError
from connector.ledger import schema
from connector.ledger.one_writer import take_turn
from connector.ledger.roster import Interval
from connector.obligation.balance import Balance, Credited, balance
from connector.obligation.closed_years import closed_years
from connector.obligation.credit import credit
from connector.obligation.differences import Difference, Differences
from connector.obligation.due import due, reporting_interval
from connector.obligation.policy import fingerprint
from connector.obligation.rules import regulation
from connector.obligation.stale import under_other_rules, unknown_derogations
from connector.obligation.sums import credited_of
from scenarios.calendar import SchoolYear

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from connector.obligation.policy import LocalRules

_BATCH = 5_000
_FOR_LARGE_SORTS = ("SET LOCAL work_mem = '128MB'", "SET LOCAL jit = off")
"""What PostgreSQL is told of the transaction: the acts of a batch are sorted in memory."""
_INTERVAL = tuple(Interval.__dataclass_fields__)


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


@dataclass(frozen=True)
class _Task:
    """What every batch needs: the years to write, those that are closed, the local rules."""

    years: Sequence[SchoolYear]
    closed: Collection[SchoolYear]
    local: LocalRules


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
    task = _Task([one for one in years if one not in closed], closed, local)
    unlocked = _Task(sorted(closed), (), local)
    found = Differences()
    if connection.dialect.name == "postgresql":
        for statement in _FOR_LARGE_SORTS:
            connection.exec_driver_sql(statement)
    lines = balances = 0
    for start in range(0, len(wanted), _BATCH):
        batch = wanted[start : start + _BATCH]
        lines += _write_lines(connection, batch, closed)
        balances += _write_balances(connection, batch, task)
        if complete and closed:
            with found.compared(connection, batch, [str(one) for one in closed]):
                _write_lines(connection, batch, ())
                _write_balances(connection, batch, unlocked)
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


def _write_lines(connection: sa.Connection, batch: Sequence[int], closed: Collection[SchoolYear]) -> int:
    """Write the lines of these teachers but those of closed years, which a session that changed its year keeps too."""
    line, kept = schema.line, [str(year) for year in closed]
    connection.execute(line.delete().where(line.c.teacher_id.in_(batch), line.c.annee_scolaire.not_in(kept)))
    made = credit(sa.select(schema.teacher.c.id).where(schema.teacher.c.id.in_(batch))).lines
    if kept:
        fresh = made.subquery()
        same = (fresh.c[column.name] == column for column in line.primary_key)
        frozen = sa.exists(sa.select(line.c.code).where(*same).correlate(fresh))
        made = sa.select(fresh).where(fresh.c.annee_scolaire.not_in(kept), ~frozen)
    connection.execute(line.insert().from_select([column.name for column in made.selected_columns], made))
    return connection.execute(
        sa.select(sa.func.count()).select_from(line).where(line.c.teacher_id.in_(batch))
    ).scalar_one()


def _write_balances(connection: sa.Connection, batch: Sequence[int], task: _Task) -> int:
    names = _names(connection, batch)
    intervals = services_of(connection, batch)
    sums = credited_of(connection, batch)
    rows = [
        row
        for year in task.years
        for teacher_id in batch
        for row in _row(
            teacher_id, names[teacher_id], intervals.get(teacher_id, []), year, sums.get((teacher_id, str(year))), task
        )
    ]
    table = schema.balance
    kept = [str(year) for year in task.closed]
    connection.execute(table.delete().where(table.c.teacher_id.in_(batch), table.c.annee_scolaire.not_in(kept)))
    if rows:
        connection.execute(table.insert(), rows)
    return len(rows)


def _row(
    teacher_id: int,
    identifiant: str,
    services: Sequence[Interval],
    year: SchoolYear,
    credited: Credited | None,
    task: _Task,
) -> Iterator[dict[str, Any]]:
    """Yield the balance's row of a teacher who serves, or was credited, in the year; nothing for another one."""
    home = reporting_interval(services, year) or (last_known(services) if credited else None)
    if home is None:
        return
    policy, derogation = (
        task.local.policy(home.circonscription, str(year)),
        task.local.derogation(identifiant, str(year)),
    )
    found = balance(due(services, year, policy, derogation), credited or Credited())
    yield {
        "teacher_id": teacher_id,
        "annee_scolaire": str(year),
        "circonscription": home.circonscription,
        "uai": home.uai,
        "ecole": home.ecole,
        "quotite": home.quotite,
        "regles": fingerprint(regulation(), policy, derogation),
        **_figures(found),
    }


def _figures(found: Balance) -> dict[str, Any]:
    return {
        "due_min": found.due,
        "presence_min": found.presence,
        "distance_min": found.distance,
        "formation_continue_min": found.formation_continue,
        "animation_min": found.animation,
        "fc_requis_min": found.formation_continue_due,
        "retenu_min": found.retenu,
        "reste_min": found.reste,
        "etat": found.etat,
        "manques": list(found.manques),
        "alertes": list(found.alertes),
    }


def last_known(services: Sequence[Interval]) -> Interval | None:
    """Return the interval that ended last: it places a teacher in a year without service."""
    return max(services, key=lambda service: (service.fin is None, service.fin, service.uai), default=None)


def _names(connection: sa.Connection, batch: Sequence[int]) -> dict[int, str]:
    teacher = schema.teacher.c
    query = sa.select(teacher.id, teacher.identifiant).where(teacher.id.in_(batch))
    return {row.id: row.identifiant for row in connection.execute(query)}


def services_of(connection: sa.Connection, teacher_ids: Sequence[int]) -> dict[int, list[Interval]]:
    """Return the service intervals of these teachers, as the roster gave them."""
    service = schema.service
    query = (
        sa.select(service.c.teacher_id, *(service.c[name] for name in _INTERVAL))
        .where(service.c.teacher_id.in_(teacher_ids))
        .order_by(service.c.id)
    )
    found: dict[int, list[Interval]] = defaultdict(list)
    for teacher_id, *values in connection.execute(query):
        found[teacher_id].append(Interval(*values))
    return found
