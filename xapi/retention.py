"""What leaves a store: statements and documents that were kept long enough, and all that is about one person.

Whatever removes a statement removes what was derived from it, and the attachments that nothing names any more. The
clock stays, so that no later statement takes a `stored` that was given before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from xapi import schema
from xapi.canonical import decode_object
from xapi.keys import identity, key
from xapi.lrs.attachments import listed
from xapi.upsert import select_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from uuid import UUID

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
        _remove(database, ranks)
        with database.write() as connection:
            connection.execute(_document.delete().where(unchanged))
    return found


def remove_agent(database: Database, names: Iterable[Mapping[str, Any]], known: Iterable[UUID]) -> Removed:
    """Remove the statements whose actor or object is somebody, and the documents kept about them.

    `names` are agents, each with one identifier as it may be spelt; `known` are ids of statements about them, whose
    spelling is added. What only mentions them (an instructor) stays until it is old enough.
    """
    with database.read() as connection:
        bodies = select_in(connection, _statement.c.statement_id, known, _statement.c.body)
        said = [decode_object(row.body)["actor"] for row in bodies]
        spelt = {who for who in map(identity, (*names, *said)) if who is not None}
        keys = [key("agent", *who) for who in spelt]
        ranks = sorted({row.stored_us for row in select_in(connection, _key.c.key, keys, _key.c.stored_us)})
        owners = _owners(connection, ranks, spelt)
    _remove(database, ranks)
    with database.write() as connection:
        gone = sum(
            connection.execute(_document.delete().where(_document.c.owner.in_(some))).rowcount
            for some in _chunks(sorted(owners))
        )
    return Removed(len(ranks), gone)


def _holds_a_void(before_us: int) -> sa.ColumnElement[bool]:
    target = _statement.alias("target")
    return sa.exists().where(target.c.statement_id == _statement.c.voids, target.c.stored_us >= before_us)


def _count(connection: sa.Connection, table: sa.Table, which: sa.ColumnElement[bool]) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(table).where(which)) or 0


def _owners(connection: sa.Connection, ranks: Collection[int], spelt: Collection[tuple[str, ...]]) -> set[bytes]:
    """Return the owners of the documents about somebody: their profile, and their state in what they did."""
    bodies = (row.body for row in select_in(connection, _statement.c.stored_us, ranks, _statement.c.body))
    targets = {decode_object(body)["object"].get("id") for body in bodies} - {None}
    states = {key("activities/state", iri, *who) for iri in targets for who in spelt}
    return states | {key("agents/profile", *who) for who in spelt}


def _remove(database: Database, ranks: Iterable[int]) -> None:
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
