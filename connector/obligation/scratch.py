"""Rows put aside for the length of a few queries: a planner then knows how many there are."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


def aside(name: str, columns: Mapping[str, sa.types.TypeEngine[Any]], key: Sequence[str] = ()) -> sa.Table:
    """Describe a temporary table, once: what is asked of the same table is compiled once.

    `key` is what its rows are looked up by: SQLite has an index for it, PostgreSQL hashes.
    """
    table = sa.Table(name, sa.MetaData(), *(sa.Column(*column) for column in columns.items()), prefixes=["TEMPORARY"])
    if key:
        sa.Index(f"ix_{name}", *(table.c[one] for one in key)).ddl_if(dialect="sqlite")
    return table


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
def hashed(connection: sa.Connection) -> Iterator[None]:
    """Have PostgreSQL hash what it joins and tells apart, inside.

    It takes what comes of many steps, or was written a moment ago, for one row: it would go through the other side
    again for each, and sort where a hash is enough.
    """
    ways = ("enable_nestloop", "enable_sort") if connection.dialect.name == "postgresql" else ()
    for way in ways:
        connection.exec_driver_sql(f"SET LOCAL {way} = off")
    yield
    for way in ways:
        connection.exec_driver_sql(f"SET LOCAL {way} TO DEFAULT")
