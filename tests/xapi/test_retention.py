"""What leaves a store leaves whole: its keys, its attachments, and nothing of anybody else's."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from xapi import schema
from xapi.index import derive
from xapi.keys import key
from xapi.lrs.document_store import Document, Documents, Place
from xapi.one_person import read_about, remove_about
from xapi.retention import Removed, remove_before
from xapi.store import Incoming

if TYPE_CHECKING:
    from conftest import Clock

    from xapi.store import Store

ANNE, BRUNO = {"mbox": "mailto:Anne@ac-exemple.fr"}, {"mbox": "mailto:bruno@ac-exemple.fr"}
PAGE = "https://moodle.exemple.fr/mod/page/view.php?id=1"
DAY_US = 86_400_000_000


def add(store: Store, actor: dict[str, Any], data: bytes | None = None, voids: UUID | None = None) -> UUID:
    said: dict[str, Any] = {"actor": actor, "verb": {"id": "urn:v"}, "object": {"id": PAGE}}
    if voids:
        said["object"] = {"objectType": "StatementRef", "id": str(voids)}
    if data is not None:
        said["attachments"] = [{"usageType": "urn:u", "contentType": "x/y", "sha2": sha2(data)}]
    identifier = uuid4()
    content = {"id": str(identifier), **said}
    store.add(
        [Incoming(identifier, bytes(32), content, voids, derive(said))], {sha2(data): data} if data is not None else {}
    )
    return identifier


def sha2(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def put(store: Store, owner: bytes) -> None:
    Documents(store).put(Place(owner, None, "d"), Document("text/plain", b"x"), lambda _held: None)


def bodies(store: Store) -> list[UUID]:
    return [UUID(json.loads(row.body)["id"]) for row in store.page(ascending=True, limit=100)]


def left(store: Store, table: sa.Table) -> int:
    with store.database.read() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_what_is_old_enough_goes_with_all_that_it_brought_and_the_rest_stays(store: Store, clock: Clock) -> None:
    add(store, ANNE, b"seul")
    add(store, ANNE, b"partage")
    put(store, b"o" * 16)
    clock.now_us += DAY_US
    kept = add(store, BRUNO, b"partage")
    limit = clock.now_us
    assert remove_before(store.database, limit, dry=True) == Removed(2, 1)
    assert (left(store, schema.statement), left(store, schema.document)) == (3, 1)
    assert remove_before(store.database, limit) == Removed(2, 1)
    assert bodies(store) == [kept]
    assert left(store, schema.document) == 0
    with store.database.read() as connection:
        assert connection.scalars(sa.select(schema.attachment.c.sha2)).all() == [sha2(b"partage")]
        assert set(connection.scalars(sa.select(schema.statement_key.c.stored_us))) == {limit}
    assert remove_before(store.database, limit) == Removed()


def test_a_void_older_than_its_target_keeps_it_voided(store: Store, clock: Clock) -> None:
    target = uuid4()
    add(store, ANNE, voids=target)
    clock.now_us += DAY_US
    limit = clock.now_us
    said = {"actor": ANNE, "verb": {"id": "urn:v"}, "object": {"id": PAGE}}
    store.add([Incoming(target, bytes(32), {"id": str(target), **said}, None, derive(said))])
    assert remove_before(store.database, limit) == Removed()
    assert store.get(target) is None
    clock.now_us += DAY_US
    assert remove_before(store.database, clock.now_us) == Removed(statements=2)


def test_all_about_one_person_goes_however_it_was_spelt(store: Store) -> None:
    known = add(store, ANNE)
    add(store, ANNE, voids=known)
    add(store, {"mbox": "mailto:anne@ac-exemple.fr"})
    kept = add(store, BRUNO)
    for owner in (
        key("agents/profile", "mbox", "mailto:Anne@ac-exemple.fr"),
        key("activities/state", PAGE, "mbox", "mailto:anne@ac-exemple.fr"),
        key("agents/profile", "mbox", "mailto:bruno@ac-exemple.fr"),
    ):
        put(store, owner)
    names: list[dict[str, Any]] = [{"mbox": "mailto:anne@ac-exemple.fr"}]
    assert len(read_about(store.database, names, [known])) == 3
    assert [one["actor"] for one in read_about(store.database, names, [])] == names
    assert remove_about(store.database, names, [known]) == Removed(3, 2)
    assert read_about(store.database, names, [known]) == []
    assert bodies(store) == [kept]
    assert left(store, schema.document) == 1


def test_a_clock_that_went_on_is_not_taken_back(store: Store, clock: Clock) -> None:
    add(store, ANNE)
    before = store.consistent_through_us()
    remove_before(store.database, clock.now_us + DAY_US)
    clock.now_us -= DAY_US
    add(store, BRUNO)
    (row,) = store.page(ascending=True, limit=2)
    assert row.stored_us > before
