from __future__ import annotations

import itertools
import multiprocessing
import sqlite3
import threading
from typing import TYPE_CHECKING, Any
from uuid import uuid4, uuid5

import msgspec
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xapi import schema, vocabulary
from xapi.errors import ConfigError, ConflictError, RetriableError
from xapi.instants import format_us
from xapi.store import Incoming, Store, system_clock

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Clock


def said(name: str, content: str = "x", *, voids: str | None = None) -> Incoming:
    target = None if voids is None else uuid5(vocabulary.NAMESPACE, voids)
    return Incoming(uuid5(vocabulary.NAMESPACE, name), content.encode().ljust(32), {"n": name}, target)


def names(store: Store, **question: Any) -> list[str]:
    rows = store.page(**({"ascending": True, "limit": 1000} | question))
    return [msgspec.json.decode(row.body)["n"] for row in rows]


def test_gives_each_statement_its_own_place_in_the_order_of_the_batch(store: Store, clock: Clock) -> None:
    start = clock.now_us
    store.add([said("a"), said("b"), said("c")])
    store.add([said("d")])
    clock.now_us -= 10**12
    store.add([said("e")])
    clock.now_us += 2 * 10**12
    store.add([said("f")])
    rows = store.page(ascending=True, limit=10)
    assert [row.stored_us - start for row in rows] == [0, 1, 2, 3, 4, 10**12]
    assert names(store) == list("abcdef")
    assert names(store, ascending=False, limit=2) == ["f", "e"]
    assert names(store, after_us=start + 1, until_us=start + 3) == ["c", "d"]
    assert store.consistent_through_us() == rows[-1].stored_us


def test_writes_stored_and_a_missing_timestamp_into_the_body(store: Store, clock: Clock) -> None:
    content = {"stored": "menti", "score": 1}
    store.add([Incoming(uuid4(), bytes(32), content), Incoming(uuid4(), bytes(32), {"timestamp": "t"})])
    first, second = (msgspec.json.decode(row.body) for row in store.page(ascending=True, limit=2))
    assert first == {"timestamp": format_us(clock.now_us), "stored": format_us(clock.now_us), "score": 1}
    assert second == {"timestamp": "t", "stored": format_us(clock.now_us + 1)}


def test_the_same_again_changes_nothing_and_another_content_refuses_the_whole_batch(store: Store) -> None:
    store.add([said("a"), said("a"), said("b")])
    before = store.page(ascending=True, limit=10)
    store.add([said("b"), said("a")])
    assert store.page(ascending=True, limit=10) == before
    assert store.consistent_through_us() == before[-1].stored_us
    with pytest.raises(ConflictError, match=str(said("b").statement_id)):
        store.add([said("c"), said("b", "y")])
    with pytest.raises(ConflictError):
        store.add([said("c"), said("c", "y")])
    assert names(store) == ["a", "b"]


def test_looks_up_more_ids_than_one_query_takes(store: Store) -> None:
    many = [said(str(number)) for number in range(1201)]
    store.add(many)
    store.add(many)
    assert names(store, limit=5000) == [str(number) for number in range(1201)]


@pytest.mark.parametrize("void_first", [False, True])
def test_a_void_hides_its_target_whichever_came_first(store: Store, *, void_first: bool) -> None:
    batch = [said("a"), said("void", voids="a")]
    for item in reversed(batch) if void_first else batch:
        store.add([item])
    assert names(store) == ["void"]
    target = said("a").statement_id
    assert store.get(target) is None
    assert store.get(target, voided=True) is not None
    assert store.get(said("void").statement_id, voided=True) is None


def test_a_void_cannot_be_voided(store: Store) -> None:
    store.add([said("a"), said("void", voids="a"), said("void of void", voids="void")])
    assert names(store) == ["void", "void of void"]
    assert store.get(said("void").statement_id) is not None


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_any_order_batching_and_repetition_gives_the_same_statements(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    facts = [said("a"), said("b"), said("va", voids="a"), said("vva", voids="va"), said("vz", voids="z"), said("c")]
    arrivals = data.draw(st.permutations(facts)) + data.draw(st.lists(st.sampled_from(facts), max_size=6))
    store = Store.open(f"sqlite:///{tmp_path_factory.mktemp('any')}/lrs.db")
    try:
        while arrivals:
            size = data.draw(st.integers(1, len(arrivals)))
            store.add(arrivals[:size])
            arrivals = arrivals[size:]
        assert sorted(names(store)) == ["b", "c", "va", "vva", "vz"]
        paged, after_us, limit = [], None, data.draw(st.integers(1, 4))
        while rows := store.page(after_us=after_us, ascending=True, limit=limit):
            paged += [msgspec.json.decode(row.body)["n"] for row in rows]
            after_us = rows[-1].stored_us
        assert paged == names(store)
    finally:
        store.close()


def write_many(dsn: str, writer: int, batches: int) -> None:
    """Run in a process of its own: batches of one to four statements."""
    store = Store.open(dsn)
    for number in range(batches):
        store.add([said(f"{writer}/{number}/{rank}") for rank in range(1 + number % 4)])
    store.close()


def test_writers_at_once_lose_nothing_and_a_reader_never_sees_a_gap_filled(dsn: str) -> None:
    store = Store.open(dsn)
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write_many, args=(dsn, writer, 24)) for writer in range(3)]
    for process in writers:
        process.start()
    seen: list[str] = []
    after_us = None
    while any(process.is_alive() for process in writers) or store.page(after_us=after_us, ascending=True, limit=1):
        rows = store.page(after_us=after_us, ascending=True, limit=7)
        seen += [msgspec.json.decode(row.body)["n"] for row in rows]
        after_us = rows[-1].stored_us if rows else after_us
    for process in writers:
        process.join()
    assert [process.exitcode for process in writers] == [0, 0, 0]
    expected = {
        f"{writer}/{number}/{rank}" for writer in range(3) for number in range(24) for rank in range(1 + number % 4)
    }
    assert set(seen) == expected
    assert len(seen) == len(expected) == len(names(store))
    stored = [row.stored_us for row in store.page(ascending=True, limit=1000)]
    assert all(earlier < later for earlier, later in itertools.pairwise(stored))
    for writer in range(3):
        mine = [name for name in seen if name.startswith(f"{writer}/")]
        assert mine == sorted(mine, key=lambda name: [int(part) for part in name.split("/")])
    store.close()


def test_threads_share_a_store(store: Store) -> None:
    errors: list[BaseException] = []

    def write(writer: int) -> None:
        try:
            for number in range(20):
                store.add([said(f"{writer}/{number}")])
        except BaseException as exc:  # noqa: BLE001 - told to the thread that asserts
            errors.append(exc)

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(set(names(store))) == 80


def test_the_tables_are_those_of_the_schema(store: Store) -> None:
    with store.database.read() as connection:
        inspector = sa.inspect(connection)
        for table in schema.metadata.sorted_tables:
            columns = {column["name"]: column["nullable"] for column in inspector.get_columns(table.name)}
            assert columns == {column.name: column.nullable for column in table.columns}
        indexed = {tuple(index["column_names"]) for index in inspector.get_indexes("xapi_statement")}
        unique = {tuple(found["column_names"]) for found in inspector.get_unique_constraints("xapi_statement")}
    assert ("voids",) in indexed
    assert ("statement_id",) in unique


def test_sqlite_is_kept_safe(tmp_path: Path) -> None:
    database = Store.open(f"sqlite:///{tmp_path / 'new' / 'lrs.db'}").database
    with database.read() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2}
    database.close()


def test_opening_again_keeps_what_is_there(dsn: str) -> None:
    for _ in range(2):
        store = Store.open(dsn)
        store.add([said("a")])
        assert names(store) == ["a"]
        store.close()


@pytest.mark.parametrize(
    ("dsn", "words"),
    [
        ("n'importe quoi", "cannot be read"),
        ("mysql://x/y", "MySQL|mysql|driver"),
        ("sqlite://", "must be a file"),
        ("sqlite:///:memory:", "must be a file"),
        ("postgresql+pg8000://u:motdepasse@127.0.0.1:1/x", "driver is missing"),
        ("postgresql+psycopg://u:motdepasse@127.0.0.1:1/x", "does not open"),
    ],
)
def test_a_dsn_that_leads_nowhere(dsn: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words) as refused:
        Store.open(dsn)
    assert "motdepasse" not in str(refused.value)


def test_a_folder_where_nothing_may_be_written(tmp_path: Path) -> None:
    (tmp_path / "fichier").write_text("", encoding="utf-8")
    with pytest.raises(ConfigError, match="cannot be made"):
        Store.open(f"sqlite:///{tmp_path / 'fichier' / 'lrs.db'}")


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "lrs.db"
    path.write_text("bonjour " * 500, encoding="utf-8")
    with pytest.raises(ConfigError, match="not a database"):
        Store.open(f"sqlite:///{path}")


def test_a_database_of_a_newer_program(dsn: str) -> None:
    store = Store.open(dsn)
    with store.database.write() as connection:
        connection.execute(sa.text("UPDATE xapi_version SET version_num = '9999'"))
    store.close()
    with pytest.raises(ConfigError, match="newer version"):
        Store.open(dsn)


def test_a_busy_database_says_so(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """It still opens, since nothing is to be migrated; who writes is told."""
    path = sqlite_store.database.engine.url.database
    assert path is not None
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr("xapi.database._BUSY_SECONDS", 0)
    store = Store.open(f"sqlite:///{path}")
    with pytest.raises(RetriableError, match="busy"), store.database.write():
        pass
    store.close()
    holder.execute("ROLLBACK")
    holder.close()


def test_the_clock_is_in_microseconds() -> None:
    assert system_clock() // 10**15 == 1
