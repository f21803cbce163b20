"""Rows put aside for the length of a few queries: a planner then knows how many there are."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Iterator


def aside(name: str, **columns: sa.types.TypeEngine[Any]) -> sa.Table:
    """Describe a temporary table, once: what is asked of the same table is compiled once."""
    return sa.Table(name, sa.MetaData(), *(sa.Column(*column) for column in columns.items()), prefixes=["TEMPORARY"])


@contextmanager
def filled(connection: sa.Connection, table: sa.Table, query: sa.Select[Any]) -> Iterator[None]:
    """Have what `query` selects in `table`, inside; dropped afterwards, or rolled back with the transaction."""
    table.create(connection, checkfirst=False)
    connection.execute(table.insert().from_select([column.name for column in query.selected_columns], query))
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"ANALYZE {table.name}")
    yield
    table.drop(connection, checkfirst=False)


@contextmanager
def hash_joins(connection: sa.Connection) -> Iterator[None]:
    """Have PostgreSQL hash what it joins, inside.

    It takes what comes of many steps, or was written a moment ago, for one row, and would go through the other side
    again for each.
    """
    postgresql = connection.dialect.name == "postgresql"
    if postgresql:
        connection.exec_driver_sql("SET LOCAL enable_nestloop = off")
    yield
    if postgresql:
        connection.exec_driver_sql("SET LOCAL enable_nestloop TO DEFAULT")
