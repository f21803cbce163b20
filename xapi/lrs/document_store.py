"""Documents as they are kept: found by their place, changed under the conditions of their writer."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
import sqlalchemy as sa

from xapi import schema
from xapi.errors import DataError
from xapi.keys import key
from xapi.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from xapi.store import Store

_table = schema.document
_CHANGED = ("content_type", "body", "updated_us")

_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document is: whose it is (a resource, an activity, an agent), for which registration, under what id."""

    owner: bytes
    registration: UUID | None
    document_id: str

    @property
    def key(self) -> bytes:
        """The one key of this place."""
        return key("document", self.owner.hex(), str(self.registration or ""), self.document_id)


@dataclass(frozen=True, slots=True)
class Document:
    """A document as received."""

    content_type: str
    body: bytes
    updated_us: int = 0

    @property
    def etag(self) -> str:
        """The entity tag, quotes included: the SHA-1 of the body, as the specification says (part 3, 3.1)."""
        return f'"{hashlib.sha1(self.body, usedforsecurity=False).hexdigest()}"'

    @property
    def is_json(self) -> bool:
        """Tell whether it says that it is JSON."""
        return self.content_type.partition(";")[0].strip().lower() == "application/json"


class Documents:
    """The documents in a store's database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, place: Place) -> Document | None:
        """Return the document at a place, if any."""
        with self._store.database.read() as connection:
            return _read(connection, place)

    def ids(self, owner: bytes, registration: UUID | None, since_us: int | None) -> list[str]:
        """Return the ids of an owner's documents, of one registration or all, changed after `since_us`."""
        query = sa.select(_table.c.document_id)
        query = query.where(*_of(owner, registration))
        if since_us is not None:
            query = query.where(_table.c.updated_us > since_us)
        with self._store.database.read() as connection:
            return sorted(set(connection.scalars(query)))

    def put(self, place: Place, new: Document, condition: Callable[[Document | None], None]) -> None:
        """Keep a document in the place of what is there."""
        with self._store.database.write() as connection:
            condition(_locked(connection, place))
            _write(connection, place, new, self._store.clock())

    def merge(self, place: Place, new: Document, condition: Callable[[Document | None], None]) -> None:
        """Lay a JSON object over the one that is there, property by property; keep it whole where there is none.

        Raises DataError where either of the two is no JSON object.
        """
        if new.is_json:
            _object(new)
        with self._store.database.write() as connection:
            held = _locked(connection, place)
            condition(held)
            if held is not None:
                if not (held.is_json and new.is_json):
                    raise DataError("only JSON documents can be put together")
                merged = msgspec.json.encode({**_object(held), **_object(new)})
                new = Document("application/json", merged)
            _write(connection, place, new, self._store.clock())

    def delete(self, place: Place, condition: Callable[[Document | None], None]) -> None:
        """Remove a document, if it is there."""
        with self._store.database.write() as connection:
            condition(_locked(connection, place))
            connection.execute(sa.delete(_table).where(_table.c.key == place.key))

    def delete_all(self, owner: bytes, registration: UUID | None) -> None:
        """Remove an owner's documents, of one registration or all."""
        with self._store.database.write() as connection:
            connection.execute(sa.delete(_table).where(*_of(owner, registration)))


def _of(owner: bytes, registration: UUID | None) -> list[sa.ColumnElement[bool]]:
    return [_table.c.owner == owner, *([_table.c.registration == registration] if registration else [])]


def _read(connection: sa.Connection, place: Place) -> Document | None:
    query = sa.select(_table.c.content_type, _table.c.body, _table.c.updated_us).where(_table.c.key == place.key)
    row = connection.execute(query).one_or_none()
    return Document(*row) if row else None


def _locked(connection: sa.Connection, place: Place) -> Document | None:
    """Read once no other writer is at work: writers of documents queue behind the same lock as those of statements."""
    connection.execute(sa.select(schema.clock.c.id).with_for_update())
    return _read(connection, place)


def _write(connection: sa.Connection, place: Place, new: Document, now_us: int) -> None:
    row: dict[str, Any] = {
        "key": place.key,
        "owner": place.owner,
        "registration": place.registration,
        "document_id": place.document_id,
        "content_type": new.content_type,
        "body": new.body,
        "updated_us": now_us,
    }
    upsert(connection, _table, [row], update=_CHANGED)


def _object(document: Document) -> dict[str, msgspec.Raw]:
    try:
        return _members(document.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise DataError("the document is not a JSON object") from None
