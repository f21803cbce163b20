"""Many rows at once on either database: `ON CONFLICT`, which SQLAlchemy has twice, and an `IN` of any length."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_LOOKUP = 500  # values in one query: SQLite bounds the parameters of a statement


def _insert(connection: sa.Connection, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def insert_unless_there(connection: sa.Connection, table: sa.Table) -> sa.Insert:
    """Return the statement that inserts rows which break no key, and leaves those that are there as they are."""
    return _insert(connection, table).on_conflict_do_nothing()


def insert_new(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert those of `rows` that break no key; the ones that are there stay as they are."""
    if rows:
        connection.execute(insert_unless_there(connection, table), rows)


def upsert(
    connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]], *, update: Sequence[str]
) -> None:
    """Insert `rows`; where the primary key is there already, set the columns named by `update` instead."""
    if rows:
        insert = _insert(connection, table)
        changed = {name: insert.excluded[name] for name in update}
        keys = [column.name for column in table.primary_key]
        connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=changed), rows)


def select_in(
    connection: sa.Connection, column: sa.ColumnElement[Any], values: Iterable[Any], *columns: sa.ColumnElement[Any]
) -> Iterator[Any]:
    """Yield `column` and `columns` of the rows whose `column` is among `values`, however many there are."""
    listed = list(values)
    for start in range(0, len(listed), _LOOKUP):
        query = sa.select(column, *columns).where(column.in_(listed[start : start + _LOOKUP]))
        yield from connection.execute(query)
