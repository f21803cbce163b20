"""Thousands of rows at once: what SQLAlchemy does with parameters would cost more than the database's own work."""

from __future__ import annotations

import gc
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from xapi.upsert import insert_unless_there

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from uuid import UUID


@contextmanager
def without_cycles() -> Iterator[None]:
    """Keep Python from looking for cycles while thousands of statements are made, which hold none.

    It would go through all of them, and all else, again and again: a fifth of the time of collecting.
    """
    looked = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looked:
            gc.enable()


def insert_bulk(
    connection: sa.Connection, table: sa.Table, names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Do as `upsert.insert_new`, several times as fast; `names` are the columns that each row gives, in order."""
    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    statement = insert_unless_there(connection, table).compile(dialect=connection.dialect, column_keys=list(names))
    for name in names:
        convert = table.c[name].type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
        if convert is not None:
            columns[name] = tuple(map(convert, columns[name]))
    if statement.positiontup:
        placed = [columns[name] for name in statement.positiontup]
        connection.exec_driver_sql(str(statement), list(zip(*placed, strict=True)))
    else:
        named = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        connection.exec_driver_sql(str(statement), named)


def with_ids(connection: sa.Connection, column: sa.Column[UUID], hexes: Iterable[str]) -> sa.Join:
    """Join these UUIDs, as 32 hexadecimal digits, to the rows whose `column` is one; one given twice joins twice."""
    if connection.dialect.name == "postgresql":
        texts = sa.literal(list(hexes), postgresql.ARRAY(sa.Text))
        listed = sa.func.unnest(sa.cast(texts, postgresql.ARRAY(sa.Uuid))).table_valued("value").render_derived()
    else:
        listed = sa.func.json_each(json.dumps(list(hexes))).table_valued("value")
    return listed.join(column.table, column == sa.type_coerce(listed.c.value, sa.Uuid))
