"""What was credited in each of the five periods of a school year, teacher by teacher."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.ledger.instants import midnight_us
from connector.ledger.schema import line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from connector.obligation.items import Teachers
    from scenarios.periods import Period

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Spread:
    """Credited minutes by period, P1 first: formation continue and animation apart."""

    formation_continue: tuple[int, ...]
    animation: tuple[int, ...]

    @property
    def minutes(self) -> tuple[int, ...]:
        """All that was credited in each period."""
        return tuple(map(sum, zip(self.formation_continue, self.animation, strict=True)))


def read_spreads(
    connection: sa.Connection, teachers: Teachers, annee_scolaire: str, periods: Sequence[Period], zone: ZoneInfo
) -> dict[int, Spread]:
    """Return the spread of each teacher who has credited lines; a line belongs to the period of what decided it."""
    bounds = [midnight_us(period.fin + _DAY, zone) for period in periods[:-1]]
    rank = sa.case(*((line.c.instant_us < end, number) for number, end in enumerate(bounds)), else_=len(bounds))
    animation = sa.case((line.c.nature == "animation_pedagogique", 1), else_=0)
    keys = (line.c.teacher_id, rank.label("period"), animation.label("animation"))
    query = (
        sa.select(*keys, sa.func.sum(line.c.minutes).label("minutes"))
        .where(line.c.teacher_id.in_(teachers), line.c.annee_scolaire == annee_scolaire, line.c.minutes > 0)
        .group_by(*keys)
    )
    found: dict[int, tuple[list[int], list[int]]] = {}
    for row in connection.execute(query):
        both = found.setdefault(row.teacher_id, ([0] * len(periods), [0] * len(periods)))
        both[row.animation][row.period] = row.minutes
    return {teacher_id: Spread(tuple(training), tuple(other)) for teacher_id, (training, other) in found.items()}
