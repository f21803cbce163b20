"""Who is to be reconciled again: added here by whatever changes, emptied by the reconciliation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.ledger.one_writer import take_turn
from connector.ledger.schema import touched
from xapi.upsert import insert_new

if TYPE_CHECKING:
    from collections.abc import Iterable


def touch(connection: sa.Connection, teacher_ids: Iterable[int]) -> None:
    """Mark these teachers; marking twice is marking once."""
    take_turn(connection)
    insert_new(connection, touched, [{"teacher_id": teacher_id} for teacher_id in set(teacher_ids)])


def touch_where(connection: sa.Connection, teacher_ids: sa.Select[tuple[int]]) -> None:
    """Mark the teachers that a query finds, which may find some of them often, or not at all (NULL)."""
    take_turn(connection)
    found = teacher_ids.subquery()
    (column,) = found.c
    fresh = sa.select(column).distinct().where(column.is_not(None), column.not_in(sa.select(touched.c.teacher_id)))
    connection.execute(touched.insert().from_select(["teacher_id"], fresh))
