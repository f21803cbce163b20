"""`ON CONFLICT`, spelled alike by SQLite and PostgreSQL and by SQLAlchemy in each one's module only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import sqlalchemy as sa


def _insert(connection: sa.Connection, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def insert_new(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert those of `rows` that break no key; the ones that are there stay as they are."""
    if rows:
        connection.execute(_insert(connection, table).on_conflict_do_nothing(), rows)


def upsert(
    connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]], *, update: Sequence[str]
) -> None:
    """Insert `rows`; where the primary key is there already, set the columns named by `update` instead."""
    if rows:
        insert = _insert(connection, table)
        changed = {name: insert.excluded[name] for name in update}
        keys = [column.name for column in table.primary_key]
        connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=changed), rows)
