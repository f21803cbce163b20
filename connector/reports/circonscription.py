"""The circonscription report: one row a teacher, each with the lines that explain it.

The query carries the scope: only teachers whose last service interval of the year is in the circonscription.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from connector.ledger.schema import MAX_US, activity, balance, line, session, teacher, touched
from connector.ledger.versions import newest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


@dataclass(frozen=True)
class Line:
    """One credit line as a report shows it; minutes are whole, `motif` is empty when credited."""

    session: str
    session_titre: str
    activite: str
    activite_titre: str
    modalite: str
    minutes: int
    minutes_prevues: int
    decision: str
    motif: str | None
    instant_us: int | None
    fuseau: str


@dataclass(frozen=True)
class Row:
    """One teacher: the figures of RULES.md section 5, in whole minutes; `quotite` in thousandths of a percent."""

    identifiant: str
    nom: str
    prenom: str
    uai: str
    ecole: str
    circonscription: str
    quotite: int
    due_min: int
    presence_min: int
    distance_min: int
    formation_continue_min: int
    animation_min: int
    fc_requis_min: int
    retenu_min: int
    reste_min: int
    etat: str
    manques: tuple[str, ...]
    alertes: tuple[str, ...]
    lines: tuple[Line, ...]

    @property
    def share(self) -> int:
        """Percent of the due that is kept, at most 100; 100 when nothing is due."""
        return min(100, self.retenu_min * 100 // self.due_min) if self.due_min else 100


@dataclass(frozen=True)
class CirconscriptionReport:
    """What every rendering draws; rows by school, then name.

    `stale` is how many of these teachers have news that no reconciliation has judged yet.
    """

    uai: str
    nom: str
    annee_scolaire: str
    made_at: datetime
    rows: tuple[Row, ...]
    stale: int = 0

    def number(self, etat: str) -> int:
        """Return how many teachers are in this state."""
        return sum(row.etat == etat for row in self.rows)


_BALANCE_KEYS = (
    "uai",
    "ecole",
    "circonscription",
    "quotite",
    "due_min",
    "presence_min",
    "distance_min",
    "formation_continue_min",
    "animation_min",
    "fc_requis_min",
    "retenu_min",
    "reste_min",
    "etat",
)


def read(connection: sa.Connection, uai: str, annee_scolaire: str) -> tuple[Row, ...]:
    """Return the teachers of one circonscription for one school year, with their lines."""
    scope = sa.and_(balance.c.annee_scolaire == annee_scolaire, balance.c.circonscription == uai)
    lines = _lines(connection, scope)
    query = (
        sa.select(balance, teacher.c.identifiant, teacher.c.nom, teacher.c.prenom)
        .join(teacher, teacher.c.id == balance.c.teacher_id)
        .where(scope)
        .order_by(balance.c.ecole, balance.c.uai, teacher.c.nom, teacher.c.prenom, teacher.c.identifiant)
    )
    return tuple(_row(found, lines.get(found["teacher_id"], ())) for found in connection.execute(query).mappings())


def count_stale(connection: sa.Connection, uai: str, annee_scolaire: str) -> int:
    """Return how many teachers of the circonscription wait for a reconciliation."""
    query = (
        sa.select(sa.func.count())
        .select_from(touched)
        .join(balance, balance.c.teacher_id == touched.c.teacher_id)
        .where(balance.c.annee_scolaire == annee_scolaire, balance.c.circonscription == uai)
    )
    return connection.execute(query).scalar_one()


def _row(found: sa.RowMapping, lines: Sequence[Line]) -> Row:
    figures: dict[str, Any] = {key: found[key] for key in _BALANCE_KEYS}
    return Row(
        identifiant=found["identifiant"],
        nom=found["nom"],
        prenom=found["prenom"],
        manques=tuple(found["manques"]),
        alertes=tuple(found["alertes"]),
        lines=tuple(lines),
        **figures,
    )


def _lines(connection: sa.Connection, scope: sa.ColumnElement[bool]) -> dict[int, list[Line]]:
    """Return the lines of the teachers in scope, oldest first, those without a date last."""
    query = (
        sa.select(
            line.c.teacher_id,
            line.c.code.label("session"),
            session.c.titre.label("session_titre"),
            line.c.activity_id.label("activite"),
            activity.c.titre.label("activite_titre"),
            line.c.modalite,
            line.c.minutes,
            line.c.minutes_prevues,
            line.c.decision,
            line.c.motif,
            line.c.instant_us,
            session.c.fuseau,
        )
        .join(balance, sa.and_(balance.c.teacher_id == line.c.teacher_id, scope))
        .join(session, session.c.code == line.c.code)
        .join(
            activity,
            sa.and_(
                activity.c.code == line.c.code,
                activity.c.activity_id == line.c.activity_id,
                newest(activity),
            ),
        )
        .where(line.c.annee_scolaire == balance.c.annee_scolaire)
        .order_by(sa.func.coalesce(line.c.instant_us, MAX_US), line.c.code, activity.c.position)
    )
    found: dict[int, list[Line]] = {}
    for row in connection.execute(query).mappings():
        figures = {key: value for key, value in row.items() if key != "teacher_id"}
        found.setdefault(row["teacher_id"], []).append(Line(**figures))
    return found
