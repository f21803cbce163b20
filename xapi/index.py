"""What is derived from stored statements, inside the transaction that stores them: filter keys, and what is known of
each activity.

A statement whose object is a StatementRef answers every filter that its target answers, and so on along the chain
(xAPI 1.0.3, part 3, 2.1.4), whichever came first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec
import sqlalchemy as sa

from xapi import schema
from xapi.canonical import decode_object
from xapi.cover import as_kept
from xapi.keys import activities, key, statement_keys
from xapi.names import parse_uuid
from xapi.upsert import insert_new, select_in, upsert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

_REINDEXED = 2000  # statements at a time
_TOGETHER = ("name", "description", "extensions")

_statement = schema.statement


@dataclass(frozen=True, slots=True)
class Derived:
    """What one statement adds: its own keys, its StatementRef's target, the definitions of activities by IRI."""

    keys: frozenset[bytes] = frozenset()
    refers: UUID | None = None
    definitions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def derive(statement: Mapping[str, Any]) -> Derived:
    """Work out what a valid statement, with its authority, adds. Pure."""
    target = statement["object"]
    refers = parse_uuid(target["id"]) if target.get("objectType") == "StatementRef" else None
    definitions: dict[str, Mapping[str, Any]] = {}
    for activity in activities(statement):
        if activity.get("definition"):
            definitions[activity["id"]] = merge(definitions.get(activity["id"], {}), activity["definition"])
    return Derived(statement_keys(statement), refers, definitions)


def merge(known: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """Put two definitions together: the later one wins, languages and extensions of both are kept. Pure."""
    return {**known, **said} | {
        name: {**known[name], **said[name]} for name in _TOGETHER if name in known and name in said
    }


def index(connection: sa.Connection, added: Mapping[int, tuple[UUID, Derived]]) -> None:
    """Index statements just stored, by their `stored_us`."""
    pairs = [{"key": one, "stored_us": stored_us} for stored_us, (_, derived) in added.items() for one in derived.keys]
    insert_new(connection, schema.statement_key, pairs)
    _index_references(connection, added)
    together: dict[str, Mapping[str, Any]] = {}
    for _, derived in added.values():
        for iri, definition in derived.definitions.items():
            together[iri] = merge(together.get(iri, {}), definition)
    _learn(connection, together)


def index_stored(connection: sa.Connection) -> None:
    """Index every stored statement, from its body."""
    last_us = -(2**62)
    while True:
        query = (
            sa.select(_statement.c.stored_us, _statement.c.statement_id, _statement.c.body)
            .where(_statement.c.stored_us > last_us)
            .order_by(_statement.c.stored_us)
            .limit(_REINDEXED)
        )
        rows = connection.execute(query).all()
        if not rows:
            return
        last_us = rows[-1].stored_us
        added = {row.stored_us: (row.statement_id, derive(decode_object(row.body))) for row in rows}
        for stored_us, (_, derived) in added.items():
            if derived.refers is not None:
                change = sa.update(_statement).where(_statement.c.stored_us == stored_us)
                connection.execute(change.values(refers=derived.refers))
        index(connection, added)


def definitions(connection: sa.Connection, iris: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return what is known of each of these activities, where anything is."""
    by_key = {key("activity", iri): iri for iri in iris}
    kept = {as_kept(connection, one): iri for one, iri in by_key.items()}
    found = select_in(connection, schema.activity.c.key, by_key, schema.activity.c.definition)
    return {kept[one]: decode_object(definition) for one, definition in found}


def _index_references(connection: sa.Connection, added: Mapping[int, tuple[UUID, Derived]]) -> None:
    waiting = {stored_us: derived.refers for stored_us, (_, derived) in added.items() if derived.refers}
    names = [statement_id for statement_id, _ in added.values()]
    columns = _statement.c
    while names:
        found = list(select_in(connection, columns.refers, names, columns.stored_us, columns.statement_id))
        names = [statement_id for _, stored_us, statement_id in found if stored_us not in waiting]
        waiting |= {stored_us: target for target, stored_us, _ in found}
    pairs = [
        {"key": one, "stored_us": stored_us}
        for stored_us, target in waiting.items()
        for one in _keys_along(connection, target)
    ]
    insert_new(connection, schema.statement_key, pairs)


def _keys_along(connection: sa.Connection, target: UUID | None) -> set[bytes]:
    """The keys of a target, of its own target, and so on; a chain that closes on itself ends."""
    found: set[bytes] = set()
    seen: set[UUID] = set()
    while target is not None and target not in seen:
        seen.add(target)
        query = sa.select(_statement.c.body, _statement.c.refers).where(_statement.c.statement_id == target)
        row = connection.execute(query).one_or_none()
        if row is None:
            break
        found |= statement_keys(decode_object(row.body))
        target = row.refers
    return found


def _learn(connection: sa.Connection, said: Mapping[str, Mapping[str, Any]]) -> None:
    known = definitions(connection, said)
    changed = {iri: merge(known.get(iri, {}), definition) for iri, definition in said.items()}
    rows = [
        {"key": key("activity", iri), "definition": msgspec.json.encode(definition)}
        for iri, definition in changed.items()
        if definition != known.get(iri)
    ]
    upsert(connection, schema.activity, rows, update=["definition"])
