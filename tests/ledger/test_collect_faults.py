"""Collecting while the machine fails: killed, out of disk, locked out, not alone; the ledger comes out the same."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
import responses
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.errors import RetriableError
from connector.ledger import schema
from connector.ledger.collect import collect_lrs
from connector.ledger.db import Ledger, open_ledger
from connector.ledger.ingest import Tally, ingest
from connector.ledger.schema import evidence, pending
from tests.ledger.killed_collector import digest
from tests.ledger.kit import SECOND, T0, completed, mbox, received
from tests.xapi.fake_lrs import ADDRESS, FakeLrs, client
from xapi import database, vocabulary
from xapi.client import LRSClient
from xapi.instants import format_us
from xapi.lrs.app import PREFIX, create_app
from xapi.lrs.clients import add_client
from xapi.lrs.serve import serve_in_thread
from xapi.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from connector.ledger.reading import Received


def said(number: int, at: int = 0, **more: Any) -> dict[str, Any]:
    return completed(mbox(f"p{number % 7}@ac-exemple.fr"), at=at) | {"id": str(UUID(int=number, version=4))} | more


def voiding(number: int, target: int, **more: Any) -> dict[str, Any]:
    bare = {key: value for key, value in said(number).items() if key not in ("result", "context")}
    named = {"objectType": "StatementRef", "id": str(UUID(int=target, version=4))}
    return bare | {"verb": {"id": vocabulary.VOIDED}, "object": named} | more


def mix() -> list[dict[str, Any]]:
    """Evidence, what is none, and a void: as many kinds of writes as collecting makes."""
    viewed = {"verb": {"id": "http://id.tincanapi.com/verb/viewed"}}
    return [*(said(n, at=n, **(viewed if n % 4 == 0 else {})) for n in range(1, 16)), voiding(99, 3)]


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Address and secret of an embedded LRS that holds the mix, in small batches."""
    with closing(Store.open(f"sqlite:///{tmp_path / 'lrs.db'}")) as store:
        secret = add_client(store.database, "essai")
        with serve_in_thread(create_app(store)) as address:
            with closing(LRSClient(f"{address}{PREFIX}/", "essai", secret)) as opened:
                for one in mix():
                    opened.post([one])
            yield f"{address}{PREFIX}/", secret


def test_killed_at_any_write_and_run_again_it_ends_in_the_same_ledger(
    embedded: tuple[str, str], sqlite_ledger: Path, tmp_path: Path
) -> None:
    template = shutil.copy(sqlite_ledger, tmp_path / "vide.db")
    command = [sys.executable, "-m", "tests.ledger.killed_collector", *embedded, str(template)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    lines = [line.split() for line in done.stdout.splitlines()]
    assert [line[1] for line in lines] == ["killed"] * (len(lines) - 1) + ["whole"]
    assert len(lines) > 10
    assert len({line[2] for line in lines}) == 1
    assert lines[0][2] != digest(f"sqlite:///{template}")  # the digest does see the difference


def fill(fake_lrs: FakeLrs, number: int) -> None:
    fake_lrs.hold(*(said(n, at=n, stored=format_us(T0 + (n + 60) * SECOND)) for n in range(1, number + 1)))


def collect(ledger: Ledger) -> Tally:
    tally = Tally()
    with closing(client()) as opened:
        collect_lrs(ledger, opened, ADDRESS, tally)
    return tally


def kept(ledger: Ledger) -> int:
    with ledger.read() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(schema.evidence)) or 0


def test_a_full_disk_keeps_whole_pages_and_the_next_run_the_rest(
    fake_lrs: FakeLrs, sqlite_ledger: Path, tmp_path: Path
) -> None:
    """SQLite itself refuses to grow, as on a full disk; then there is room again."""
    dsn = f"sqlite:///{shutil.copy(sqlite_ledger, tmp_path / 'registre.db')}"
    fill(fake_lrs, 600)
    fake_lrs.page = 50
    with closing(open_ledger(dsn)) as ledger:
        with ledger.read() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        sa.event.listen(ledger.engine, "begin", lambda one: one.exec_driver_sql(f"PRAGMA max_page_count={pages + 30}"))
        with pytest.raises(RetriableError, match="le disque est plein"):
            collect(ledger)
        before = kept(ledger)
        assert 0 < before < 600
        assert before % 50 == 0
    with closing(open_ledger(dsn)) as ledger:
        assert collect(ledger).evidence == 600 - before
        assert kept(ledger) == 600


def test_a_locked_database_is_told_and_read_later(
    fake_lrs: FakeLrs, sqlite_ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_BUSY_SECONDS", 0)
    dsn = f"sqlite:///{shutil.copy(sqlite_ledger, tmp_path / 'registre.db')}"
    fill(fake_lrs, 3)
    with closing(open_ledger(dsn)) as ledger, closing(open_ledger(dsn)) as other:
        with other.write(), pytest.raises(RetriableError, match="occupé"):
            collect(ledger)
        assert kept(ledger) == 0
        assert collect(ledger).evidence == 3


def test_two_sources_that_bring_the_same_at_once_make_one_ledger(ledger: Ledger) -> None:
    """The second comes while the first has written and not committed; one of the statements says something else."""
    first, second = Tally(), Tally()
    other = received(said(2, at=9), "autre")._replace(id=UUID(int=2, version=4))

    def bring(connection: sa.Connection, source: str, items: list[Received], tally: Tally) -> None:
        tally.add(ingest(connection, source, items, seen_us=T0))

    def work() -> None:
        with ledger.write() as connection:
            bring(connection, "https://deux.exemple.fr", [taken(3), other, taken(1)], second)

    with ThreadPoolExecutor() as pool:
        with ledger.write() as connection:
            bring(connection, "https://un.exemple.fr", [taken(1), taken(2)], first)
            late = pool.submit(work)
            wait_for_the_queue(ledger)
        late.result()
    assert (first.evidence, first.known, first.conflicts) == (2, 0, 0)
    assert (second.evidence, second.known, second.conflicts) == (1, 1, 1)
    with ledger.read() as connection:
        counts = [connection.scalar(sa.select(sa.func.count()).select_from(one)) for one in (evidence, pending)]
    assert counts == [3, 3]


def taken(number: int) -> Received:
    return received(said(number), "x")._replace(id=UUID(int=number, version=4))


def wait_for_the_queue(ledger: Ledger) -> None:
    """Come back once another transaction waits; SQLite lets nobody else begin to write, and there is nothing to see."""
    if ledger.engine.dialect.name == "postgresql":
        with ledger.engine.connect() as connection:
            waiting = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
            while not connection.scalar(waiting):
                pass


def test_two_collectors_at_once_make_one_ledger(ledger: Ledger, embedded: tuple[str, str]) -> None:
    """Each in its thread with its own connections; both start before either has written."""
    ready, failures = threading.Barrier(2), []
    address, secret = embedded

    def work() -> None:
        with closing(LRSClient(address, "essai", secret)) as opened:
            ready.wait()
            try:
                collect_lrs(ledger, opened, address, Tally())
            except Exception as exc:  # noqa: BLE001 - told by the assertion below
                failures.append(exc)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    evidence = sum(one["verb"]["id"] == vocabulary.COMPLETED for one in mix()) - 1  # the LRS hides the voided one
    with ledger.read() as connection:
        counts = connection.execute(sa.select(schema.dropped.c["count"].label("number"))).scalars().all()
        waiting = connection.scalar(sa.select(sa.func.count()).select_from(schema.pending))
    assert (kept(ledger), waiting, counts) == (evidence, evidence, [3])


STATEMENTS = [
    said(n, at=n // 3, stored=format_us(T0 + (n + 60) * SECOND), **({"state": "undone"} if n % 5 == 0 else {}))
    for n in range(1, 13)
]
VOIDS = [voiding(99, 3, stored=format_us(T0 + 90 * SECOND)), voiding(98, 99, stored=format_us(T0 + 91 * SECOND))]
"""One of a statement, one of that void, which is no void of anything."""


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    arrivals=st.permutations(STATEMENTS + VOIDS),
    again=st.lists(st.sampled_from(STATEMENTS + VOIDS), max_size=8),
    page=st.integers(1, 7),
    cuts=st.lists(st.integers(0, 20), max_size=3),
    obeys_order=st.booleans(),
)
def test_any_order_duplication_and_paging_give_the_same_ledger(
    sqlite_ledger: Path, tmp_path: Path, arrivals: Any, again: Any, page: int, cuts: list[int], obeys_order: bool
) -> None:
    """`cuts`: how much the LRS holds at each collection before the last one."""
    path = shutil.copy(sqlite_ledger, tmp_path / "registre.db")
    sent = [*arrivals, *again]
    lrs = FakeLrs(page=page, obeys_order=obeys_order)
    with (
        responses.RequestsMock(assert_all_requests_are_fired=False) as mock,
        closing(open_ledger(f"sqlite:///{path}")) as ledger,
    ):
        lrs.serve(mock)
        for number in [*sorted(cuts), len(sent)]:
            lrs.held = sent[:number]
            collect(ledger)
        columns = [column for column in schema.evidence.c if column.name != "id"]
        with ledger.read() as connection:
            found = connection.execute(sa.select(*columns).order_by(schema.evidence.c.statement_id)).all()
            pairs = connection.execute(sa.select(schema.void.c.statement_id, schema.void.c.target_id))
            voids = {(by.fields[-1], of.fields[-1]) for by, of in pairs}
    assert [row.statement_id for row in found] == [UUID(one["id"]) for one in STATEMENTS]
    assert [row.stored_us - T0 for row in found] == [(n + 60) * SECOND for n in range(1, 13)]
    assert voids == {(99, 3), (98, 99)}
    for leftover in tmp_path.glob("registre.db*"):
        leftover.unlink()
