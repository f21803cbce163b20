"""What sessions plan and what came of them, counted once for every dashboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from connector.ledger.schema import MAX_US, activity, line, slot
from connector.ledger.versions import newest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.ledger.scope import Scope


class Hours(NamedTuple):
    """Minutes in presence and at a distance."""

    presence: int = 0
    distance: int = 0

    def plus(self, other: Hours) -> Hours:
        """Return the sum."""
        return Hours(self.presence + other.presence, self.distance + other.distance)

    @property
    def both(self) -> int:
        """All of them."""
        return self.presence + self.distance


NONE = Hours()


def planned_hours(connection: sa.Connection, codes: sa.Select[tuple[str]]) -> dict[str, Hours]:
    """Return what each of the sessions that `codes` selects plans for a participant: its credited activities."""
    presence = sa.case((activity.c.modalite == "presence", activity.c.duree_min), else_=0)
    query = (
        sa.select(
            activity.c.code,
            sa.func.sum(presence).label("presence"),
            sa.func.sum(activity.c.duree_min - presence).label("distance"),
        )
        .where(activity.c.code.in_(codes), activity.c.credite, newest(activity), activity.c.gone_us == MAX_US)
        .group_by(activity.c.code)
    )
    return {row.code: Hours(int(row.presence), int(row.distance)) for row in connection.execute(query)}


def credited_hours(
    connection: sa.Connection, scope: Scope, codes: sa.Select[tuple[str]], annee_scolaire: str
) -> dict[tuple[str, int], Hours]:
    """Return what was credited in each session to each of the people whom the scope shows: what their lines say."""
    presence = sa.case((line.c.modalite == "presence", line.c.minutes), else_=0)
    query = (
        sa.select(
            line.c.code,
            line.c.teacher_id,
            sa.func.sum(presence).label("presence"),
            sa.func.sum(line.c.minutes - presence).label("distance"),
        )
        .where(
            line.c.annee_scolaire == annee_scolaire,
            line.c.code.in_(codes),
            line.c.minutes > 0,
            scope.people_of(line.c.teacher_id, annee_scolaire),
        )
        .group_by(line.c.code, line.c.teacher_id)
    )
    rows = connection.execute(query)
    return {(row.code, row.teacher_id): Hours(int(row.presence), int(row.distance)) for row in rows}


def slot_minutes(connection: sa.Connection, codes: sa.Select[tuple[str]]) -> Mapping[str, int]:
    """Return the minutes of all the slots of each session."""
    query = (
        sa.select(slot.c.code, sa.func.sum(slot.c.minutes).label("minutes"))
        .where(slot.c.code.in_(codes), newest(slot), slot.c.gone_us == MAX_US)
        .group_by(slot.c.code)
    )
    return {row.code: int(row.minutes) for row in connection.execute(query)}
