"""An académie or a département: sums by circonscription, nobody in particular.

Small figures are masked, and stay so (`masking`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from connector.language import N_, _
from connector.ledger.schema import balance, service, teacher
from connector.reports.classroom import PLACES, Applied, added, count_applied, masked_applied
from connector.reports.masking import THRESHOLD, hidden_cells
from connector.reports.people import Wanted
from connector.reports.table import Column, Table, share, table_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.ledger.scope import Scope
    from connector.reports.report import About

_SUMS = ("due_min", "presence_min", "distance_min", "formation_continue_min", "animation_min", "retenu_min")

COLUMNS = (
    Column("uai", N_("UAI"), width=10),
    Column("nom", N_("Circonscription"), width=28),
    Column("atteint", N_("Heures atteintes"), "number", 11),
    Column("incomplet", N_("En chemin"), "number", 11),
    Column("enseignants", N_("Enseignants"), "number", 12),
    Column("due_min", N_("Dû"), "minutes", 11),
    Column("presence_min", N_("Présence"), "minutes", 11),
    Column("distance_min", N_("Distance"), "minutes", 11),
    Column("formation_continue_min", N_("Formation continue"), "minutes", 12),
    Column("animation_min", N_("Animation pédagogique"), "minutes", 13),
    Column("retenu_min", N_("Retenu"), "minutes", 11),
    Column("part", N_("Part retenue"), "percent", 9),
)


@dataclass(frozen=True)
class Aggregate:
    """A circonscription, or all of them: teachers who owe hours, and sums of minutes; None is masked."""

    uai: str
    nom: str
    atteint: int | None
    incomplet: int | None
    enseignants: int | None
    due_min: int | None
    presence_min: int | None
    distance_min: int | None
    formation_continue_min: int | None
    animation_min: int | None
    retenu_min: int | None

    @property
    def part(self) -> int | None:
        """What is kept of what is due, in thousandths of a percent, rounded to a percent."""
        if self.due_min is None or self.retenu_min is None:
            return None
        return share(self.retenu_min, self.due_min)


@dataclass(frozen=True)
class AcademieReport:
    """One aggregate a circonscription, and their total.

    `applied` is what is applied in class, a row a circonscription, the whole last; empty where nobody is concerned.
    """

    about: About
    circonscriptions: tuple[Aggregate, ...]
    total: Aggregate
    applied: tuple[Applied, ...] = ()

    def tables(self) -> tuple[Table, ...]:
        """Return the sums of hours, then what is applied in class; totals are the last rows."""
        hours = table_of(_("Circonscriptions"), COLUMNS, (*self.circonscriptions, self.total))
        return (hours, table_of(_("Mise en œuvre en classe"), PLACES, self.applied)) if self.applied else (hours,)

    def document(self) -> dict[str, Any]:
        """Return the aggregates by circonscription; null is masked."""
        *each, total = self.tables()[0].objects()
        return {
            self.about.kind: self.about.code,
            "annee_scolaire": self.about.annee_scolaire,
            "seuil": THRESHOLD,
            "circonscriptions": each,
            "total": {key: value for key, value in total.items() if key not in ("uai", "nom")},
            "mises_en_oeuvre": [row for table in self.tables()[1:] for row in table.objects()],
        }


def read_academie(
    connection: sa.Connection, scope: Scope, about: About, names: Mapping[str, str]
) -> AcademieReport | None:
    """Return what the scope shows of an académie, circonscriptions named by `names`; None where it shows nothing."""
    return _read(connection, scope, Wanted(about.annee_scolaire, academie=about.code), about, names)


def read_departement(
    connection: sa.Connection, scope: Scope, about: About, names: Mapping[str, str]
) -> AcademieReport | None:
    """Return the rows of a département in the report of its académie; None where the scope shows nothing of it.

    What is masked is decided over the whole académie, so that the two reports side by side tell no more than one. A
    figure that is masked in a row is masked in the total.
    """
    here = service.c.departement == about.code
    academie = connection.scalar(sa.select(sa.func.min(service.c.academie)).where(here))
    within = set(connection.scalars(sa.select(service.c.circonscription).where(here)))
    whole = _read(connection, scope, Wanted(about.annee_scolaire, academie=academie), about, names)
    rows = tuple(row for row in whole.circonscriptions if row.uai in within) if whole else ()
    if whole is None or not rows:
        return None
    applied = tuple(row for row in whole.applied if row.uai in within)
    every = (*applied, Applied("", _("Ensemble"), **added(applied))) if applied else ()
    return AcademieReport(about, rows, _named_total(_added(rows)), every)


def _read(
    connection: sa.Connection, scope: Scope, wanted: Wanted, about: About, names: Mapping[str, str]
) -> AcademieReport | None:
    found = sums_by(connection, scope, wanted, balance.c.circonscription)
    if not found:
        return None
    report = masked(about, found, names)
    counts = count_applied(connection, scope, wanted, balance.c.due_min > 0)
    if not counts:
        return report
    unsized = {row.uai for row in (*report.circonscriptions, report.total) if row.enseignants is None}
    rows = [(row["uai"], *counts.get(row["uai"], (0, 0))) for row in found]
    return replace(report, applied=masked_applied(rows, {**names, "": _("Ensemble")}, unsized))


def sums_by(
    connection: sa.Connection, scope: Scope, wanted: Wanted, place: sa.ColumnElement[str]
) -> list[dict[str, Any]]:
    """Return the sums of the teachers wanted by `place`, a column of `balance`: what `masked` takes.

    Those who owe nothing are left out: how few they are in each place would be masked anyway.
    """
    sums = [sa.func.sum(balance.c[name]).label(name) for name in _SUMS]
    reached = sa.func.sum(sa.case((balance.c.etat == "atteint", 1), else_=0)).label("atteint")
    query = (
        sa.select(place.label("uai"), reached, sa.func.count().label("enseignants"), *sums)
        .select_from(balance.join(teacher, teacher.c.id == balance.c.teacher_id))
        .where(wanted.condition(scope), balance.c.due_min > 0)
        .group_by(place)
        .order_by(place)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def masked(about: About, found: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> AcademieReport:
    """Return the report of unmasked sums; a place whose size is masked keeps its minutes to itself."""
    counted = ("atteint", "enseignants", *_SUMS)
    whole = {"uai": "", **{name: sum(int(row[name]) for row in found) for name in counted}}
    everything = [*found, whole]
    hidden = hidden_cells(
        [[row["atteint"], row["enseignants"] - row["atteint"], row["enseignants"]] for row in everything]
    )
    made = [
        _aggregate(row, names.get(row["uai"], row["uai"]), {column for r, column in hidden if r == rank})
        for rank, row in enumerate(everything)
    ]
    return AcademieReport(about, tuple(made[:-1]), _named_total(made[-1]))


def _added(rows: Sequence[Aggregate]) -> Aggregate:
    counted = ("atteint", "incomplet", "enseignants", *_SUMS)
    figures = {name: [getattr(row, name) for row in rows] for name in counted}
    return Aggregate("", "", **{name: None if None in values else sum(values) for name, values in figures.items()})


def _aggregate(row: Mapping[str, Any], nom: str, hidden: set[int]) -> Aggregate:
    counts = (int(row["atteint"]), int(row["enseignants"]) - int(row["atteint"]), int(row["enseignants"]))
    shown = [None if rank in hidden else count for rank, count in enumerate(counts)]
    small = shown[-1] is None
    return Aggregate(row["uai"], nom, *shown, **{name: None if small else int(row[name]) for name in _SUMS})


def _named_total(total: Aggregate) -> Aggregate:
    return Aggregate(**{**vars(total), "nom": _("Ensemble")})
