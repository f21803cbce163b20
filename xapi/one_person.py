"""What a store holds about one person: to show it to them, and to remove it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from xapi import schema
from xapi.canonical import decode_object
from xapi.keys import identity, key
from xapi.retention import Removed, remove_statements
from xapi.upsert import select_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    import sqlalchemy as sa

    from xapi.database import Database

_statement = schema.statement
_key = schema.statement_key
_document = schema.document
_AT_ONCE = 500


class _Found(NamedTuple):
    """The `stored_us` of statements whose actor or object is somebody, in order, and how that somebody was spelt."""

    ranks: list[int]
    spelt: frozenset[tuple[str, ...]]


def read_about(database: Database, names: Iterable[Mapping[str, Any]], known: Iterable[UUID]) -> list[dict[str, Any]]:
    """Return the statements whose actor or object is somebody, as they are kept, in their order.

    `names` are agents, each with one identifier as it may be spelt; `known` are ids of statements about them, whose
    spelling is added.
    """
    with database.read() as connection:
        return [decode_object(body) for body in _bodies(connection, _find(connection, names, known).ranks)]


def remove_about(database: Database, names: Iterable[Mapping[str, Any]], known: Iterable[UUID]) -> Removed:
    """Remove these statements, those that refer to them, and the documents kept about that somebody.

    What only mentions them (an instructor) stays until it is old enough.
    """
    with database.read() as connection:
        found = _find(connection, names, known)
        owners = sorted(_owners(connection, found))
    remove_statements(database, found.ranks)
    with database.write() as connection:
        gone = sum(
            connection.execute(
                _document.delete().where(_document.c.owner.in_(owners[start : start + _AT_ONCE]))
            ).rowcount
            for start in range(0, len(owners), _AT_ONCE)
        )
    return Removed(len(found.ranks), gone)


def _find(connection: sa.Connection, names: Iterable[Mapping[str, Any]], known: Iterable[UUID]) -> _Found:
    bodies = select_in(connection, _statement.c.statement_id, known, _statement.c.body)
    said = [decode_object(row.body)["actor"] for row in bodies]
    spelt = frozenset(who for who in map(identity, (*names, *said)) if who is not None)
    keys = [key("agent", *who) for who in spelt]
    ranks = sorted({row.stored_us for row in select_in(connection, _key.c.key, keys, _key.c.stored_us)})
    return _Found(ranks, spelt)


def _bodies(connection: sa.Connection, ranks: Iterable[int]) -> list[bytes]:
    return [row.body for row in select_in(connection, _statement.c.stored_us, ranks, _statement.c.body)]


def _owners(connection: sa.Connection, found: _Found) -> set[bytes]:
    """Return the owners of the documents about somebody: their profile, and their state in what they did."""
    targets = {decode_object(body)["object"].get("id") for body in _bodies(connection, found.ranks)} - {None}
    states = {key("activities/state", iri, *who) for iri in targets for who in found.spelt}
    return states | {key("agents/profile", *who) for who in found.spelt}
