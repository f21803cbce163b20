"""What teachers see of their own hours in Moodle: the sums of the balance and each line, without a motive of theirs.

How a due was lowered, who decided and why, what was measured and the identifiants stay in the ledger.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.ledger.instants import PARIS, midnight_us, now_us
from connector.ledger.schema import balance, contestation
from connector.moodle.figures import Figures, LineFigures
from connector.obligation.dossier import explained_lines
from connector.reports.drawing import typographic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.obligation.explain import ExplainedLine
    from scenarios.calendar import SchoolYear

_SECOND = 1_000_000


def read_figures(connection: sa.Connection, teachers: Sequence[int], year: SchoolYear) -> dict[int, Figures]:
    """Return the figures of those of the teachers (a thousand at most) who have a balance of the year, by id."""
    mine = sa.and_(balance.c.annee_scolaire == str(year), balance.c.teacher_id.in_(teachers))
    lines = explained_lines(connection, sa.select(balance.c.teacher_id).where(mine), year)
    contested = _contested(connection, teachers)
    at = now_us() // _SECOND
    return {
        row.teacher_id: Figures(
            year=str(year),
            at=at,
            state=row.etat,
            due=row.due_min,
            kept=row.retenu_min,
            left=row.reste_min,
            presence=row.presence_min,
            distance=row.distance_min,
            training=row.formation_continue_min,
            animation=row.animation_min,
            missing=tuple(row.manques),
            lines=tuple(_line(line, contested[row.teacher_id]) for line in lines.get(row.teacher_id, ())),
        )
        for row in connection.execute(balance.select().where(mine))
    }


def fingerprint(figures: Figures) -> str:
    """Return what tells figures from others; the instant at which they were worked out is none of them."""
    return hashlib.sha256(figures.model_dump_json(exclude={"at"}).encode()).hexdigest()


def _contested(connection: sa.Connection, teachers: Sequence[int]) -> defaultdict[int, set[tuple[str, str]]]:
    found: defaultdict[int, set[tuple[str, str]]] = defaultdict(set)
    query = contestation.select().where(contestation.c.teacher_id.in_(teachers))
    for row in connection.execute(query):
        found[row.teacher_id].add((row.code, row.activity_id))
    return found


def _line(line: ExplainedLine, contested: set[tuple[str, str]]) -> LineFigures:
    return LineFigures.model_validate(
        {
            "code": line.session,
            "activity": line.activite,
            "session": line.session_titre,
            "title": line.activite_titre,
            "day": midnight_us(line.jour, PARIS) // _SECOND if line.jour else 0,
            "minutes": line.minutes,
            "planned": line.minutes_prevues,
            "decision": line.decision,
            "reason": typographic(line.phrase),
            "contested": (line.session, line.activite) in contested,
        }
    )
