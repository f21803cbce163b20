"""Lines and balances made again, in one transaction of the caller's: the thin shell around credit, due and balance."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from connector.errors import DataError
from connector.ledger import schema
from connector.ledger.roster import Interval
from connector.obligation.balance import Balance, Credited, balance
from connector.obligation.credit import credit
from connector.obligation.due import due, reporting_interval
from connector.obligation.rules import regulation
from scenarios.calendar import SchoolYear

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from connector.obligation.policy import LocalRules

_BATCH = 500
_INTERVAL = tuple(Interval.__dataclass_fields__)


@dataclass(frozen=True)
class Reconciled:
    """What was made again; `without_rules` names the school years of sessions that no rule set covers."""

    teachers: int
    lines: int
    balances: int
    without_rules: tuple[str, ...] = ()


@dataclass
class _Sums:
    """Minutes and alerts of one teacher and one school year, while they are added up."""

    figures: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    themes: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    outside_list: set[str] = field(default_factory=set)
    overlapping: set[str] = field(default_factory=set)
    attested_only: set[str] = field(default_factory=set)

    def add(self, row: sa.RowMapping) -> None:
        self.figures["presence" if row["modalite"] == "presence" else "distance"] += row["minutes"]
        self.figures["animation" if row["nature"] == "animation_pedagogique" else "formation_continue"] += row[
            "minutes"
        ]
        if row["theme"]:
            self.themes[row["theme"]] += row["minutes"]
        if row["hors_liste"]:
            self.outside_list.add(row["code"])
        if row["chevauchement"]:
            self.overlapping.add(row["code"])

    def credited(self) -> Credited:
        return Credited(
            **self.figures,
            themes=dict(self.themes),
            outside_list=sorted(self.outside_list),
            overlapping=sorted(self.overlapping),
            attested_only=sorted(self.attested_only),
        )


def reconcile(connection: sa.Connection, local: LocalRules, year: SchoolYear, *, complete: bool = False) -> Reconciled:
    """Make the lines and balances of the teachers touched since the last time, or of everybody with `complete`.

    Balances are made for `year`, for the school years of all sessions and for those already balanced. A teacher with a
    service in `year` always has one, even without a line. What is made depends on the ledger and `local` only.
    """
    wanted = _wanted(connection, year, complete=complete)
    years, without_rules = _years(connection, year)
    lines = balances = 0
    for start in range(0, len(wanted), _BATCH):
        batch = wanted[start : start + _BATCH]
        lines += _write_lines(connection, batch)
        balances += _write_balances(connection, batch, years, local)
    return Reconciled(len(wanted), lines, balances, without_rules)


def _wanted(connection: sa.Connection, year: SchoolYear, *, complete: bool) -> list[int]:
    """Empty `touched` and return whom to reconcile, in order: its teachers and those who lack a balance in `year`."""
    touched = set(connection.execute(schema.touched.delete().returning(schema.touched.c.teacher_id)).scalars())
    if complete:
        return list(connection.execute(sa.select(schema.teacher.c.id).order_by(schema.teacher.c.id)).scalars())
    service = schema.service.c
    balanced = sa.select(schema.balance.c.teacher_id).where(schema.balance.c.annee_scolaire == str(year))
    unbalanced = sa.select(service.teacher_id).where(
        sa.or_(service.debut.is_(None), service.debut <= year.end),
        sa.or_(service.fin.is_(None), service.fin >= year.start),
        service.teacher_id.not_in(balanced),
    )
    return sorted(touched | set(connection.execute(unbalanced).scalars()))


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


def _write_lines(connection: sa.Connection, batch: Sequence[int]) -> int:
    line = schema.line
    connection.execute(line.delete().where(line.c.teacher_id.in_(batch)))
    made = credit(sa.select(schema.teacher.c.id).where(schema.teacher.c.id.in_(batch))).lines
    connection.execute(line.insert().from_select([column.name for column in made.selected_columns], made))
    return connection.execute(
        sa.select(sa.func.count()).select_from(line).where(line.c.teacher_id.in_(batch))
    ).scalar_one()


def _write_balances(
    connection: sa.Connection, batch: Sequence[int], years: Iterable[SchoolYear], local: LocalRules
) -> int:
    names = _names(connection, batch)
    intervals = services_of(connection, batch)
    sums = _sums(connection, batch)
    rows = [
        row
        for year in years
        for teacher_id in batch
        for row in _row(teacher_id, names[teacher_id], intervals.get(teacher_id, []), year, sums, local)
    ]
    table = schema.balance
    connection.execute(table.delete().where(table.c.teacher_id.in_(batch)))
    if rows:
        connection.execute(table.insert(), rows)
    return len(rows)


def _row(
    teacher_id: int,
    identifiant: str,
    services: Sequence[Interval],
    year: SchoolYear,
    sums: Mapping[tuple[int, str], _Sums],
    local: LocalRules,
) -> Iterator[dict[str, Any]]:
    """Yield the balance's row of a teacher who serves, or was credited, in the year; nothing for another one."""
    summed = sums.get((teacher_id, str(year)))
    home = reporting_interval(services, year) or (last_known(services) if summed else None)
    if home is None:
        return
    policy = local.policy(home.circonscription, str(year))
    owed = due(services, year, policy, local.derogation(identifiant, str(year)))
    found = balance(owed, summed.credited() if summed else Credited())
    yield {
        "teacher_id": teacher_id,
        "annee_scolaire": str(year),
        "circonscription": home.circonscription,
        "uai": home.uai,
        "ecole": home.ecole,
        "quotite": home.quotite,
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


def _sums(connection: sa.Connection, batch: Sequence[int]) -> dict[tuple[int, str], _Sums]:
    line = schema.line.c
    key = (line.teacher_id, line.annee_scolaire, line.code, line.modalite, line.nature, line.theme)
    outside = sa.and_(line.hors_liste, line.decision == "credite")
    query = (
        sa.select(
            *key,
            sa.func.sum(line.minutes).label("minutes"),
            sa.func.max(sa.case((outside, 1), else_=0)).label("hors_liste"),
            sa.func.max(sa.case((line.chevauchement, 1), else_=0)).label("chevauchement"),
        )
        .where(line.teacher_id.in_(batch))
        .group_by(*key)
    )
    found: dict[tuple[int, str], _Sums] = defaultdict(_Sums)
    for row in connection.execute(query).mappings():
        found[row["teacher_id"], row["annee_scolaire"]].add(row)
    for teacher_id, annee_scolaire, code in connection.execute(_attested_only(batch)):
        found[teacher_id, annee_scolaire].attested_only.add(code)
    return dict(found)


def _attested_only(batch: Sequence[int]) -> sa.Select[int, str, str]:
    """Sessions that an attestation credits to somebody of whom nothing else was ever said there."""
    line, session, evidence = schema.line.c, schema.session.c, schema.evidence.c
    said, void = schema.resolution.c, schema.void.c
    anything = sa.exists().where(
        said.teacher_id == line.teacher_id,
        said.code == line.code,
        said.activity_id.is_not(None),
        said.status == "resolved",
        evidence.id == said.evidence_id,
        ~sa.exists().where(void.target_id == evidence.statement_id),
    )
    return (
        sa.select(line.teacher_id, line.annee_scolaire, line.code)
        .distinct()
        .join(schema.session, session.code == line.code)
        .where(line.teacher_id.in_(batch), line.decision == "credite", session.validation == "attestation", ~anything)
    )
