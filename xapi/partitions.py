"""Tables that PostgreSQL keeps in parts: what a migration does to cut one up, and to put it together again.

A key of a partitioned table must hold the column by which it is cut, so that there it is wider than the key that the
schema declares; the writers keep to the declared one. SQLite has neither parts nor the wider keys.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    import sqlalchemy as sa


def recut(
    connection: sa.Connection, table: str, *, by: str | None, parts: Iterable[str], constraints: Iterable[str]
) -> None:
    """Make a table of PostgreSQL again with the same columns and rows, in other parts.

    `by` is the `PARTITION BY` of the new table, None for one in one piece. `parts` and `constraints` are statements
    that make its parts (before the rows come) and its keys and indexes (after): `{table}` is its name while it is
    made, and names of keys are free again once the old one is gone.
    """
    new = f"{table}_recut"
    cut = f" PARTITION BY {by}" if by else ""
    connection.exec_driver_sql(f"CREATE TABLE {new} (LIKE {table} INCLUDING DEFAULTS INCLUDING COMMENTS){cut}")
    for part in parts:
        connection.exec_driver_sql(part.format(table=new))
    connection.exec_driver_sql(f"INSERT INTO {new} SELECT * FROM {table}")  # noqa: S608 - names of ours
    connection.exec_driver_sql(f"DROP TABLE {table}")
    connection.exec_driver_sql(f"ALTER TABLE {new} RENAME TO {table}")
    for constraint in constraints:
        connection.exec_driver_sql(constraint.format(table=table))
