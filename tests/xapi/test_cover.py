"""A store that is sealed answers as one in clear does, and its file says nothing of people."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from xapi.covering import first_bytes, seal_store
from xapi.index import derive
from xapi.keys import key
from xapi.lrs.document_store import Document, Documents, Place
from xapi.store import Incoming, Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ADDRESS, OTHER = "mailto:anne@ac-exemple.fr", "mailto:bruno@ac-exemple.fr"
IRI = "https://exemple.fr/personne"
OWNER = key("agents/profile", "mbox", ADDRESS)
PLACE = Place(OWNER, None, "profil-de-anne")


class Mirror:
    """A cover that anybody can see through, but a reader of files: everything backwards."""

    def seal(self, data: bytes) -> bytes:
        return b"\0" + data[::-1]

    def unseal(self, data: bytes) -> bytes:
        assert data[:1] == b"\0"
        return data[:0:-1]

    def blind(self, key: bytes) -> bytes:
        return key[::-1]


def said(number: int, mbox: str) -> Incoming:
    content: dict[str, Any] = {
        "id": str(UUID(int=number)),
        "actor": {"mbox": mbox, "name": "Anne Martin"},
        "verb": {"id": "http://exemple.fr/verbe"},
        "object": {"id": IRI, "definition": {"name": {"fr": "Page de Anne Martin"}}},
    }
    return Incoming(UUID(int=number), bytes(32), content, None, derive(content))


def fill(store: Store) -> None:
    store.add([said(1, ADDRESS), said(2, OTHER)], {"aa": b"signed by Anne Martin"})
    Documents(store).put(PLACE, Document("text/plain", b"Anne Martin"), lambda _held: None)


def answers(store: Store) -> tuple[object, ...]:
    """Return what a store says, as a reader asks it."""
    documents = Documents(store)
    return (
        [row.body for row in store.page(ascending=True, limit=9, keys=[key("agent", "mbox", ADDRESS)])],
        [row.body for row in store.page(ascending=True, limit=9)],
        store.bodies([UUID(int=2)]),
        store.definitions([IRI]),
        documents.ids(OWNER, None, None),
        documents.get(PLACE),
    )


def held(folder: Path) -> bytes:
    return b"".join(one.read_bytes() for one in sorted(folder.iterdir())).lower()


@pytest.fixture
def clear(tmp_path: Path) -> Iterator[Store]:
    (tmp_path / "clair").mkdir()
    with closing(Store.open(f"sqlite:///{tmp_path}/clair/lrs.db", lambda: 1_790_000_000_000_000)) as store:
        fill(store)
        yield store


def test_a_sealed_store_answers_as_one_in_clear(clear: Store, tmp_path: Path) -> None:
    with closing(Store.open(f"sqlite:///{tmp_path}/scelle/lrs.db", clear.clock, Mirror())) as store:
        fill(store)
        found = answers(store)
        assert found == answers(clear)
        assert len(found[0]) == 1  # type: ignore[arg-type]
        assert first_bytes(store.database) == b"\0"
    assert b"martin" in held(tmp_path / "clair")
    assert b"martin" not in held(tmp_path / "scelle")
    assert b"ac-exemple" not in held(tmp_path / "scelle")


def test_a_store_in_clear_is_sealed_whole(clear: Store, tmp_path: Path) -> None:
    before = answers(clear)
    assert first_bytes(clear.database) == b"{"
    assert seal_store(clear.database, Mirror()) == 2
    clear.database.rewrite()
    clear.close()
    assert b"martin" not in held(tmp_path / "clair")
    assert b"ac-exemple" not in held(tmp_path / "clair")
    with closing(Store.open(f"sqlite:///{tmp_path}/clair/lrs.db", clear.clock, Mirror())) as store:
        assert answers(store) == before
