"""Making the balances of some teachers again, and writing those that differ."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from connector.ledger import schema
from connector.ledger.roster import Interval
from connector.obligation.balance import Balance, Credited, balance
from connector.obligation.due import due, reported_quotite, reporting_interval
from connector.obligation.items import among
from connector.obligation.policy import Derogation, Policy, fingerprint
from connector.obligation.rules import regulation
from connector.obligation.sums import credited_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from connector.obligation.due import Due
    from connector.obligation.policy import LocalRules
    from scenarios.calendar import SchoolYear

    _Rules = tuple[int, Derogation | None]
    _Services = tuple[tuple[object, ...], SchoolYear, int, Derogation | None]

_INTERVAL = tuple(Interval.__dataclass_fields__)
_WHAT_OWES = attrgetter("degre", "situation", "quotite", "debut", "fin", "imputation_min")
_STORED = schema.balance.c


@dataclass(frozen=True)
class Task:
    """What every batch needs: the years to write, those that are closed, the local rules.

    `_dues` and `_fingerprints` remember what many teachers have in common: the same services owe the same.
    """

    years: Sequence[SchoolYear]
    closed: Collection[SchoolYear]
    local: LocalRules
    _dues: dict[_Services, Due] = field(default_factory=dict, repr=False)
    _fingerprints: dict[_Rules, str] = field(default_factory=dict, repr=False)

    def due(self, services: Sequence[Interval], year: SchoolYear, policy: Policy, derogation: Derogation | None) -> Due:
        """Return what these services owe; its parts may name other schools, where as much is owed."""
        key = (tuple(map(_WHAT_OWES, services)), year, id(policy), derogation)
        found = self._dues.get(key)
        if found is None:
            found = self._dues[key] = due(services, year, policy, derogation)
        return found

    def fingerprint(self, policy: Policy, derogation: Derogation | None) -> str:
        """Return what tells these rules from others (`policy.fingerprint`)."""
        key = (id(policy), derogation)
        if key not in self._fingerprints:
            self._fingerprints[key] = fingerprint(regulation(), policy, derogation)
        return self._fingerprints[key]


def write_balances(connection: sa.Connection, batch: Sequence[int], task: Task) -> int:
    """Write the balances of these teachers that differ from what is there, and return how many there are."""
    names, served, sums = _names(connection, batch), services_of(connection, batch), credited_of(connection, batch)
    fresh = {
        (teacher_id, str(year)): row
        for year in task.years
        for teacher_id in batch
        if (row := _row(names[teacher_id], served.get(teacher_id, ()), year, sums.get((teacher_id, str(year))), task))
    }
    _replace(connection, batch, fresh, [str(year) for year in task.closed])
    return len(fresh)


def _replace(
    connection: sa.Connection, batch: Sequence[int], fresh: dict[tuple[int, str], dict[str, Any]], kept: Sequence[str]
) -> None:
    table = schema.balance
    key = [column.name for column in table.primary_key]
    theirs = sa.select(table).where(among(_STORED.teacher_id, batch), _STORED.annee_scolaire.not_in(kept))
    stored = {}
    for row in connection.execute(theirs).mappings():
        figures = dict(row)
        stored[figures.pop("teacher_id"), figures.pop("annee_scolaire")] = figures
    stale = [dict(zip(key, of, strict=True)) for of, figures in stored.items() if fresh.get(of) != figures]
    if stale:
        same = (column == sa.bindparam(column.name) for column in table.primary_key)
        connection.execute(table.delete().where(*same), stale)
    new = [dict(zip(key, of, strict=True)) | figures for of, figures in fresh.items() if stored.get(of) != figures]
    if new:
        connection.execute(table.insert(), new)


def _row(
    identifiant: str, services: Sequence[Interval], year: SchoolYear, credited: Credited | None, task: Task
) -> dict[str, Any] | None:
    """Return the balance of a teacher who serves, or was credited, in the year; nothing for another one."""
    home = reporting_interval(services, year) or (last_known(services) if credited else None)
    if home is None:
        return None
    policy = task.local.policy(home.circonscription, str(year))
    derogation = task.local.derogation(identifiant, str(year))
    found = balance(task.due(services, year, policy, derogation), credited or Credited())
    return {
        "circonscription": home.circonscription,
        "uai": home.uai,
        "ecole": home.ecole,
        "quotite": reported_quotite(services, home, year),
        "regles": task.fingerprint(policy, derogation),
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
    query = sa.select(teacher.id, teacher.identifiant).where(among(teacher.id, batch))
    return {row.id: row.identifiant for row in connection.execute(query)}


def services_of(connection: sa.Connection, teacher_ids: Sequence[int]) -> dict[int, list[Interval]]:
    """Return the service intervals of these teachers, as the roster gave them."""
    service = schema.service
    query = (
        sa.select(service.c.teacher_id, *(service.c[name] for name in _INTERVAL))
        .where(among(service.c.teacher_id, teacher_ids))
        .order_by(service.c.id)
    )
    found: dict[int, list[Interval]] = defaultdict(list)
    for teacher_id, *values in connection.execute(query):
        found[teacher_id].append(Interval(*values))
    return found
