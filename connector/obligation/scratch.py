"""Rows put aside for the length of a few queries: a planner then knows how many there are."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def scratch(connection: sa.Connection, name: str, query: sa.Select[Any]) -> Iterator[sa.Table]:
    """Put what `query` selects into a temporary table, dropped afterwards; rolled back with the transaction."""
    columns = (sa.Column(column.name, column.type) for column in query.selected_columns)
    table = sa.Table(name, sa.MetaData(), *columns, prefixes=["TEMPORARY"])
    table.create(connection, checkfirst=False)
    connection.execute(table.insert().from_select([column.name for column in table.c], query))
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"ANALYZE {name}")
    yield table
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
