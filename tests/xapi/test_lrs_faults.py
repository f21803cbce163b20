"""What goes wrong around the embedded LRS: each fault with what happens without it."""

from __future__ import annotations

import base64
import hmac
import json
import multiprocessing
import socket
import sqlite3
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import UUID

import h11
import pytest
import requests
import sqlalchemy as sa

from xapi.instants import parse_timestamp
from xapi.lrs import patience
from xapi.lrs.app import PREFIX, create_app
from xapi.lrs.clients import Client, add_client, authenticate
from xapi.lrs.exchange import Call
from xapi.lrs.limits import Limits, Meter
from xapi.lrs.serve import serve_in_thread
from xapi.lrs.statements import StatementsResource
from xapi.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Clock, Http, Make, Read

VERSION = {"X-Experience-API-Version": "1.0.3"}
JSON = {"Content-Type": "application/json"}


def credentials(name: str, secret: str) -> dict[str, str]:
    basic = base64.b64encode(f"{name}:{secret}".encode()).decode()
    return VERSION | JSON | {"Authorization": f"Basic {basic}"}


@contextmanager
def serving(store: Store, limits: Limits, **more: Any) -> Iterator[tuple[str, dict[str, str]]]:
    """Serve under these limits; yield the address of the statements and the headers of a client."""
    secret = add_client(store.database, "essai")
    with serve_in_thread(create_app(store, limits, **more)) as where:
        yield f"{where}{PREFIX}/statements", credentials("essai", secret)


def begin(address: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """Send the beginning of a request, and return the first line of what comes back and the headers."""
    parts = urlsplit(address)
    lines = [f"POST {parts.path} HTTP/1.1", f"Host: {parts.netloc}", *(f"{k}: {v}" for k, v in headers.items())]
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=20) as connection:
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += connection.recv(65536)
    return answer


def test_a_statement_of_10_mb_is_kept_whole_and_a_larger_one_refused(sqlite_store: Store, make: Make) -> None:
    body = json.dumps(make(result={"response": "é" * 5_000_000}), ensure_ascii=False).encode()
    with serving(sqlite_store, Limits()) as (address, headers):
        (name,) = requests.post(address, data=body, headers=headers, timeout=60).json()
        read = requests.get(address, params={"statementId": name}, headers=headers, timeout=60)
        assert read.json()["result"] == {"response": "é" * 5_000_000}
        refused = requests.post(address, data=body * 2, headers=headers, timeout=60)
    assert refused.status_code == 413


def test_a_body_that_is_announced_too_large_is_not_waited_for(sqlite_store: Store) -> None:
    with serving(sqlite_store, Limits(body=1000)) as (address, headers):
        for announced in ("1001", "99999999999", "9" * 30):
            answer = begin(address, headers | {"Content-Length": announced})
            assert answer.startswith((b"HTTP/1.1 413", b"HTTP/1.1 400")), announced
        chunked = begin(address, headers | {"Transfer-Encoding": "chunked"}, b"800\r\n" + b" " * 2048 + b"\r\n")
        assert chunked.startswith(b"HTTP/1.1 413")
        assert b"connection: close" in chunked


def test_a_body_that_does_not_come_is_given_up(sqlite_store: Store, make: Make) -> None:
    whole = json.dumps(make()).encode()
    secret = add_client(sqlite_store.database, "lent")
    for seconds, sent, status in ((0, whole[:-1], b"408"), (60, whole, b"200")):
        with serve_in_thread(create_app(sqlite_store, Limits(seconds=seconds))) as where:
            headers = credentials("lent", secret) | {"Content-Length": str(len(whole))}
            answer = begin(f"{where}{PREFIX}/statements", headers, sent)
        assert answer.startswith(b"HTTP/1.1 " + status)


@pytest.mark.parametrize(
    ("awaited", "sent"),
    [
        (h11.IDLE, b""),
        (h11.IDLE, b"GET /x HTTP/1.1\r\nHost: x\r\nX: "),
        (h11.SEND_BODY, b"POST /xAPI/about HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"),
    ],
)
def test_a_connection_on_which_nothing_comes_is_closed(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch, awaited: object, sent: bytes
) -> None:
    monkeypatch.setitem(patience.SECONDS, awaited, 0)
    with serve_in_thread(create_app(sqlite_store)) as where:
        parts = urlsplit(where)
        with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=20) as connection:
            connection.sendall(sent)
            with suppress(ConnectionResetError):
                while connection.recv(65536):
                    pass


def test_what_is_not_http_in_the_middle_of_a_body_is_no_fault_of_ours(
    sqlite_store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(sqlite_store, Limits()) as (address, headers):
        parts = urlsplit(address)
        head = [f"POST {parts.path} HTTP/1.1", "Host: x", "Transfer-Encoding: chunked"]
        head += [f"{name}: {value}" for name, value in headers.items()]
        with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=20) as connection:
            connection.sendall("\r\n".join(head).encode() + b"\r\n\r\n1\r\n[\r\n-1\r\n")
            with suppress(ConnectionResetError):
                while connection.recv(65536):
                    pass
    assert "Traceback" not in caplog.text


def test_who_is_nobody_sends_no_body(sqlite_store: Store) -> None:
    """Refused on the headers alone, though the body was announced and did not come."""
    with serving(sqlite_store, Limits()) as (address, headers):
        answer = begin(address, headers | {"Authorization": "Basic eDp5", "Content-Length": "1000000"})
    assert answer.startswith(b"HTTP/1.1 401")


def test_a_client_that_asks_too_often_is_told_when_to_come_back(sqlite_store: Store) -> None:
    now = [0.0]
    with serving(sqlite_store, Limits(per_second=0.5, burst=3), seconds=lambda: now[0]) as (address, headers):

        def ask(auth: tuple[str, str] | None = None) -> requests.Response:
            mine = {name: value for name, value in headers.items() if auth is None or name != "Authorization"}
            return requests.get(address, headers=mine, auth=auth, timeout=10)

        answers = [ask() for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert answers[-1].headers["Retry-After"] == "2"
        assert ask(("autre", add_client(sqlite_store.database, "autre"))).status_code == 200
        now[0] += 2
        assert [ask().status_code for _ in range(2)] == [200, 429]


def test_whoever_shows_no_good_secret_has_a_rate_of_their_own(sqlite_store: Store) -> None:
    now = [0.0]
    with serving(sqlite_store, Limits(per_second=1, burst=20), seconds=lambda: now[0]) as (address, headers):

        def ask(**said: str) -> requests.Response:
            return requests.get(address, headers=headers | said, timeout=10)

        assert [ask(Authorization="Basic bm9ib2R5Ong=").status_code for _ in range(4)] == [401, 401, 429, 429]
        answer = ask()
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "10")
        now[0] = 10.0
        assert [ask().status_code for _ in range(5)] == [200] * 5
        assert [ask(Authorization="").status_code for _ in range(2)] == [401, 429]


def test_a_meter_forgets_whoever_may_ask_for_everything_again() -> None:
    now = [0.0]
    meter = Meter(Limits(per_second=1, burst=2), lambda: now[0])
    for number in range(10_000):
        meter.wait(str(number))
    now[0] = 1.0
    assert [meter.wait("late") for _ in range(3)] == [0, 0, 1]
    assert meter.wait("late", counted=False) == 1
    now[0] = 2.0
    assert meter.wait("late", counted=False) == 0
    assert len(meter) == 1


def test_a_meter_fills_to_its_brim_and_no_further() -> None:
    now = [0.0]
    meter = Meter(Limits(per_second=1, burst=2), lambda: now[0])
    now[0] = 1000.0
    assert [meter.wait("a") for _ in range(3)] == [0, 0, 1]
    assert [Meter(Limits(per_second=0)).wait("a") for _ in range(1000)] == [0] * 1000


def test_a_full_disk_keeps_nothing_of_the_batch_and_says_so(
    http: Http, make: Make, sqlite_store: Store, everything: Read
) -> None:
    batch = [make(result={"response": "x" * 3000}) for _ in range(40)]

    def bound(pages: str) -> None:
        sqlite_store.close()

        def limit(connection: sqlite3.Connection, _record: object) -> None:
            connection.execute(f"PRAGMA max_page_count={pages}").close()

        sa.event.listen(sqlite_store.database.engine, "connect", limit)

    bound("40")
    full = http("POST", json=batch)
    assert (full.status_code, full.headers["Retry-After"]) == (503, "5")
    assert http("GET").json()["statements"] == []
    bound("4000000")
    assert http("POST", json=batch).status_code == 200
    assert len(everything()) == 40


def test_a_locked_database_is_still_read(http: Http, make: Make, sqlite_store: Store, clock: Clock) -> None:
    http("POST", json=make())
    last = parse_timestamp(http("GET").headers["X-Experience-API-Consistent-Through"])
    clock.now_us += 60_000_000
    holder = sqlite3.connect(str(sqlite_store.database.engine.url.database), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    answer = http("GET")
    assert (answer.status_code, len(answer.json()["statements"])) == (200, 1)
    assert parse_timestamp(answer.headers["X-Experience-API-Consistent-Through"]) == last
    holder.execute("ROLLBACK")
    holder.close()
    assert parse_timestamp(http("GET").headers["X-Experience-API-Consistent-Through"]) == clock.now_us


def test_what_is_promised_when_idle_is_held_when_the_clock_goes_back(store: Store, clock: Clock, make: Make) -> None:
    resource = StatementsResource(store, "/x")
    body = json.dumps(make()).encode()
    promised = store.consistent_through_us()
    assert promised == clock.now_us
    clock.now_us -= 10**12
    assert resource.answer(Call("POST", {}, {"content-type": "application/json"}, body, Client("x"))).status == 200
    (row,) = store.page(ascending=True, limit=5)
    assert row.stored_us == promised + 1 == store.consistent_through_us()


def test_nobody_learns_from_a_refusal_whether_a_name_exists(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same query, and one comparison of 32 bytes in constant time, whoever it is."""
    add_client(store.database, "essai")
    done: list[Any] = []
    sa.event.listen(store.database.engine, "before_cursor_execute", lambda *given: done.append(given[2]))
    compare: Callable[[bytes, bytes], bool] = hmac.compare_digest
    monkeypatch.setattr(hmac, "compare_digest", lambda a, b: done.append((len(a), len(b))) or compare(a, b))
    work = []
    for name in ("essai", "inconnu"):
        done.clear()
        assert authenticate(store.database, "Basic " + base64.b64encode(f"{name}:faux".encode()).decode()) is None
        work.append(list(done))
    assert work[0] == work[1]
    assert work[0][-1] == (32, 32)


def post_in_order(dsn: str, ranks: list[int], statement: dict[str, Any]) -> None:
    """Run in a process of its own: the same statements as the other one, each with a mark of who sent it."""
    store = Store.open(dsn)
    resource = StatementsResource(store, "/x")
    for rank in ranks:
        body = json.dumps(statement | {"id": str(UUID(int=rank + 1))}).encode()
        resource.answer(Call("POST", {}, {"content-type": "application/json"}, body, Client("x")))
    store.close()


def test_two_processes_that_send_the_same_ids_store_each_once(dsn: str, make: Make) -> None:
    """The one with the same content is left as it is, the one with another is refused."""
    Store.open(dsn).close()
    context = multiprocessing.get_context("spawn")
    ranks = list(range(10))
    senders = [
        context.Process(target=post_in_order, args=(dsn, order, make(result={"response": said})))
        for order, said in ((ranks, "a"), (ranks[::-1], "b"))
    ]
    for process in senders:
        process.start()
    for process in senders:
        process.join()
    assert [process.exitcode for process in senders] == [0, 0]
    store = Store.open(dsn)
    rows = store.page(ascending=True, limit=500)
    store.close()
    assert sorted(UUID(json.loads(row.body)["id"]).int - 1 for row in rows) == ranks
    assert {json.loads(row.body)["result"]["response"] for row in rows} <= {"a", "b"}


@pytest.mark.parametrize("bad", [b'{"actor": "\xff"}', b'{"actor": "\xed\xa0\x80"}', b"\xef\xbb\xbf{}"])
def test_bytes_that_are_no_utf_8_refuse_their_batch(http: Http, make: Make, bad: bytes) -> None:
    good = json.dumps(make()).encode()
    assert http("POST", data=b"[" + good + b"," + bad + b"]", headers=JSON).status_code == 400
    assert http("GET").json()["statements"] == []
    assert http("POST", data=b"[" + good + b"]", headers=JSON).status_code == 200


def test_nanoseconds_are_kept_and_a_time_without_offset_refused(http: Http, make: Make) -> None:
    precise = "2026-10-07T12:00:00.123456789+02:00"
    (name,) = http("POST", json=make(timestamp=precise)).json()
    assert http("GET", params={"statementId": name}).json()["timestamp"] == precise
    assert http("POST", json=make(timestamp=precise.removesuffix("+02:00"))).status_code == 400
