"""The raw statements, whole: written once, in one order for everybody, never changed.

Each statement gets a `stored` of its own, strictly increasing in the order of its batch, given inside the write
transaction: writers queue, so whoever has seen one `stored` has seen every earlier one. That is what makes
`consistent_through_us` exact and a cursor on `stored` safe.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import sqlalchemy as sa

from xapi import schema
from xapi.database import Database, open_database
from xapi.errors import ConflictError, RetriableError
from xapi.index import Derived, definitions, index
from xapi.instants import format_us
from xapi.upsert import insert_new, select_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any
    from uuid import UUID

    from xapi.cover import Cover

_MIGRATIONS = Path(__file__).with_name("migrations")

_PROMISED_FOR_US = 100_000  # an idle LRS writes its promise down at most ten times a second

_statement = schema.statement
_encode = msgspec.json.Encoder(decimal_format="number").encode


def system_clock() -> int:
    """Microseconds since 1970 UTC, now."""
    return time.time_ns() // 1000


@dataclass(frozen=True, slots=True)
class Incoming:
    """A checked statement on its way in.

    `sha256` is the fingerprint of what was received, before any filling in. `content` is to be written as JSON: a
    property given as `msgspec.Raw` is kept byte for byte. `derived` is what it can be found by.
    """

    statement_id: UUID
    sha256: bytes
    content: Mapping[str, Any]
    voids: UUID | None = None
    derived: Derived = field(default_factory=Derived)


@dataclass(frozen=True, slots=True)
class Row:
    """A stored statement: its place in the order, and its JSON."""

    stored_us: int
    body: bytes


class Store:
    """An open store. Safe to share between threads, and its database between processes."""

    def __init__(self, database: Database, clock: Callable[[], int] = system_clock) -> None:
        self.database = database
        self.clock = clock

    @classmethod
    def open(cls, dsn: str, clock: Callable[[], int] = system_clock, by: Cover | None = None) -> Store:
        """Open by DSN and migrate; with a cover, what it holds is sealed. `clock` gives microseconds UTC.

        Raises ConfigError.
        """
        return cls(open_database(dsn, _MIGRATIONS, "xapi_version", by), clock)

    def close(self) -> None:
        """Close the connections."""
        self.database.close()

    def add(self, batch: Sequence[Incoming], attachments: Mapping[str, bytes] | None = None) -> None:
        """Keep a batch, whole or not at all, with the data of its attachments by `sha2`; durable on return.

        A known id with the same content is left as it is. Raises ConflictError for a known id with another content.
        """
        with self.database.write() as connection:
            last_us = connection.scalar(sa.select(schema.clock.c.last_stored_us).with_for_update())
            known = _fingerprints(connection, [item.statement_id for item in batch])
            fresh = []
            for item in batch:
                if item.statement_id not in known:
                    known[item.statement_id] = item.sha256
                    fresh.append(item)
                elif known[item.statement_id] != item.sha256:
                    raise ConflictError(f"the statement {item.statement_id} is already stored with another content")
            if not fresh:
                return
            first_us = max(self.clock(), (last_us or 0) + 1)
            rows = [_row(item, first_us + rank) for rank, item in enumerate(fresh)]
            connection.execute(sa.insert(_statement), rows)
            index(connection, {first_us + rank: (item.statement_id, item.derived) for rank, item in enumerate(fresh)})
            keep = [{"sha2": sha2, "body": data} for sha2, data in (attachments or {}).items()]
            insert_new(connection, schema.attachment, keep)
            connection.execute(sa.update(schema.clock).values(last_stored_us=rows[-1]["stored_us"]))

    def get(self, statement_id: UUID, *, voided: bool = False, keys: Sequence[bytes] = ()) -> Row | None:
        """Return one statement: among those in force, or, with `voided`, among those that were voided.

        With `keys`, only if it answers each of them.
        """
        hidden = _is_voided()
        query = _rows().where(_statement.c.statement_id == statement_id, hidden if voided else ~hidden)
        query = query.where(*(_answers(one, _statement.c.stored_us) for one in keys))
        with self.database.read() as connection:
            return next(_read(connection, query), None)

    def bodies(self, ids: Iterable[UUID]) -> dict[UUID, bytes]:
        """Return the JSON of these statements, in force or voided; what is unknown is left out."""
        with self.database.read() as connection:
            found = select_in(connection, _statement.c.statement_id, ids, _statement.c.body)
            return {row.statement_id: row.body for row in found}

    def page(
        self,
        *,
        after_us: int | None = None,
        until_us: int | None = None,
        ascending: bool,
        limit: int,
        keys: Sequence[bytes] = (),
    ) -> list[Row]:
        """Return at most `limit` statements in force, by `stored`: after `after_us`, up to and with `until_us`.

        With `keys`, those that answer each of them; the first is the one whose statements are gone through.
        To go on, pass the last row's `stored_us` as `after_us` (ascending) or one less as `until_us`.
        """
        stored = _statement.c.stored_us
        query = _rows()
        if keys:
            found = schema.statement_key.alias("found")
            query = query.join(found, found.c.stored_us == stored).where(found.c.key == keys[0])
            stored = found.c.stored_us
            query = query.where(*(_answers(one, stored) for one in keys[1:]))
        query = query.where(~_is_voided()).order_by(stored.asc() if ascending else stored.desc()).limit(limit)
        if after_us is not None:
            query = query.where(stored > after_us)
        if until_us is not None:
            query = query.where(stored <= until_us)
        with self.database.read() as connection:
            return list(_read(connection, query))

    def definitions(self, iris: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Return what statements said of these activities, put together; what is unknown is left out."""
        with self.database.read() as connection:
            return definitions(connection, iris)

    def consistent_through_us(self) -> int:
        """Return an instant up to which nothing new will appear. Ask before you list.

        It is the last `stored` given; where that is past and nobody writes, it is now, and the clock is moved so
        that no later statement gets an earlier `stored`.
        """
        last = sa.select(schema.clock.c.last_stored_us)
        with self.database.read() as connection:
            promised: int = connection.scalar(last) or 0
        if self.clock() - promised < _PROMISED_FOR_US:
            return promised
        try:
            with self.database.write(wait=False) as connection:
                given = connection.scalar(last.with_for_update(skip_locked=True))
                if given is None:  # PostgreSQL: somebody writes
                    return promised
                promised = max(given, self.clock())
                connection.execute(sa.update(schema.clock).values(last_stored_us=promised))
        except (RetriableError, sa.exc.OperationalError):
            return promised
        return promised


def _row(item: Incoming, stored_us: int) -> dict[str, Any]:
    stored = format_us(stored_us)
    content = {"timestamp": stored, **item.content, "stored": stored}
    return {
        "stored_us": stored_us,
        "statement_id": item.statement_id,
        "sha256": item.sha256,
        "body": _encode(content),
        "voids": item.voids,
        "refers": item.derived.refers,
    }


def _rows() -> sa.Select[Any]:
    return sa.select(_statement.c.stored_us, _statement.c.body)


def _read(connection: sa.Connection, query: sa.Select[Any]) -> Iterator[Row]:
    return (Row(stored_us, body) for stored_us, body in connection.execute(query))


def _is_voided() -> sa.ColumnElement[bool]:
    """Named by a voiding statement, whichever came first; a voiding statement itself cannot be voided."""
    voiding = _statement.alias("voiding")
    named = sa.exists().where(voiding.c.voids == _statement.c.statement_id)
    return sa.and_(_statement.c.voids.is_(None), named)


def _answers(key: bytes, stored_us: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    other = schema.statement_key.alias()
    return sa.exists().where(other.c.key == key, other.c.stored_us == stored_us)


def _fingerprints(connection: sa.Connection, ids: Sequence[UUID]) -> dict[UUID, bytes]:
    found = select_in(connection, _statement.c.statement_id, ids, _statement.c.sha256)
    return {row.statement_id: row.sha256 for row in found}
