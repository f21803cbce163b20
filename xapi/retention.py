"""What leaves a store: statements and documents that were kept long enough.

Whatever removes a statement removes what was derived from it, and the attachments that nothing names any more. The
clock stays, so that no later statement takes a `stored` that was given before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from xapi import schema
from xapi.canonical import decode_object
from xapi.lrs.attachments import listed
from xapi.upsert import select_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from xapi.database import Database

_CHUNK = 2000  # statements in one transaction: those who write wait no longer than that takes
_statement = schema.statement
_key = schema.statement_key
_document = schema.document


@dataclass(frozen=True)
class Removed:
    """How many statements and documents went."""

    statements: int = 0
    documents: int = 0


def remove_before(database: Database, before_us: int, *, dry: bool = False) -> Removed:
    """Remove what was stored, or last changed, before an instant; with `dry`, only count it.

    A voiding statement stays as long as its target, however it came first: without it the target would be in force.
    """
    old = sa.and_(_statement.c.stored_us < before_us, ~_holds_a_void(before_us))
    unchanged = _document.c.updated_us < before_us
    with database.read() as connection:
        found = Removed(_count(connection, _statement, old), _count(connection, _document, unchanged))
        ranks = [] if dry else connection.scalars(sa.select(_statement.c.stored_us).where(old)).all()
    if not dry:
        remove_statements(database, ranks)
        with database.write() as connection:
            connection.execute(_document.delete().where(unchanged))
    return found


def _holds_a_void(before_us: int) -> sa.ColumnElement[bool]:
    target = _statement.alias("target")
    return sa.exists().where(target.c.statement_id == _statement.c.voids, target.c.stored_us >= before_us)


def _count(connection: sa.Connection, table: sa.Table, which: sa.ColumnElement[bool]) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(table).where(which)) or 0


def remove_statements(database: Database, ranks: Iterable[int]) -> None:
    """Remove the statements of these `stored_us`, with what was derived from them."""
    attached: set[str] = set()
    for some in _chunks(ranks):
        with database.write() as connection:
            bodies = [row.body for row in select_in(connection, _statement.c.stored_us, some, _statement.c.body)]
            attached |= {sha2 for body in bodies for sha2 in _attachments(body)}
            for table in (_key, _statement):
                connection.execute(
                    table.delete().where(table.c.stored_us == sa.bindparam("of")), [{"of": rank} for rank in some]
                )
    if attached:
        table = schema.attachment
        with database.write() as connection:
            for body in connection.execute(sa.select(_statement.c.body)).yield_per(_CHUNK).scalars():
                attached -= _attachments(body)
            for sha2 in attached:
                connection.execute(table.delete().where(table.c.sha2 == sha2))


def _attachments(body: bytes) -> set[str]:
    """Return the attachments that a statement names; most name none, and are not decoded."""
    return {one["sha2"].lower() for one in listed(decode_object(body))} if b'"attachments"' in body else set()


def _chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    all_of_them = list(values)
    return (all_of_them[start : start + _CHUNK] for start in range(0, len(all_of_them), _CHUNK))
