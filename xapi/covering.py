"""Covering what a database in clear holds already: every row of every table, in the transaction of the caller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from xapi import schema
from xapi.cover import Covered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from xapi.cover import Cover, Sealed
    from xapi.database import Database

_AT_ONCE = 2000


def covered_columns(table: sa.Table) -> dict[str, Covered]:
    """Return the columns of a table that a cover covers, by name."""
    return {column.name: column.type for column in table.c if isinstance(column.type, Covered)}


def cover_all(
    tables: Iterable[sa.Table],
    reading: sa.Connection,
    writing: sa.Connection,
    by: Any,
    kept: Callable[[], None] = lambda: None,
) -> dict[str, int]:
    """Cover every row; returns how many there were, by table. `kept` is called after each batch.

    Both connections are to one database opened without a cover; nobody else writes into it until `writing` is over.
    """
    done = {table.name: _cover(table, reading, writing, by, kept) for table in tables if covered_columns(table)}
    return {name: number for name, number in done.items() if number}


def _cover(table: sa.Table, reading: sa.Connection, writing: sa.Connection, by: Any, kept: Callable[[], None]) -> int:
    converters = {name: kind.inward(by) for name, kind in covered_columns(table).items()}
    key = [column.name for column in table.primary_key]
    same = sa.and_(*(table.c[name] == sa.bindparam(f"of_{name}") for name in key))
    update = table.update().where(same).values({name: sa.bindparam(f"now_{name}") for name in converters})
    number = 0
    rows = reading.execute(sa.select(*table.c[tuple(dict.fromkeys((*key, *converters)))])).mappings()
    for some in rows.yield_per(_AT_ONCE).partitions():
        writing.execute(update, [_change(dict(row), key, converters) for row in some])
        kept()
        number += len(some)
    return number


def _change(
    row: Mapping[str, Any], key: Iterable[str], converters: Mapping[str, Callable[[Any], Any]]
) -> dict[str, Any]:
    now = {f"now_{name}": None if row[name] is None else convert(row[name]) for name, convert in converters.items()}
    return {f"of_{name}": row[name] for name in key} | now


def seal_store(database: Database, by: Cover) -> int:
    """Seal a store of statements opened without a cover, whole or not at all; returns how many statements it holds."""
    with database.write() as writing, database.read() as reading:
        writing.execute(sa.select(schema.clock.c.id).with_for_update())  # whoever writes queues behind it
        return cover_all(schema.metadata.sorted_tables, reading, writing, by).get(schema.statement.name, 0)


def first_bytes(database: Database) -> bytes | None:
    """Return the beginning of something that the store holds as it is kept; None where it holds nothing."""
    with database.read() as connection:
        for table in (schema.statement, schema.document, schema.attachment):
            body: sa.Column[Sealed] = table.c.body
            found = connection.scalar(sa.select(sa.type_coerce(body, sa.LargeBinary)).limit(1))
            if found is not None:
                return bytes(found[:1])
    return None
