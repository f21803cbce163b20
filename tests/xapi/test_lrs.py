"""The embedded LRS over real HTTP: what its clients are promised."""

from __future__ import annotations

import base64
import json
import re
import socket
import threading
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
import requests

from xapi import schema, vocabulary
from xapi.client import LRSClient
from xapi.emit import attendance, void
from xapi.errors import ConfigError, ConflictError, DataError
from xapi.instants import format_us, parse_timestamp
from xapi.lrs import statements as resource
from xapi.lrs.app import PREFIX, create_app
from xapi.lrs.clients import add_client, authenticate, has_clients
from xapi.lrs.serve import address, listen, serve_in_thread
from xapi.statement import Actor, decode_statement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Clock

    from xapi.store import Store

ID = "6f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9"
LEA = Actor("mbox", "lea.martin@ac-exemple.fr")


@pytest.fixture
def http(lrs: LRSClient) -> Iterator[Callable[..., requests.Response]]:
    """Requests as another program would make them, with the client's credentials unless said otherwise."""
    session = requests.Session()
    session.auth = lrs._session.auth
    session.headers["X-Experience-API-Version"] = "1.0.3"

    def call(method: str, path: str = "statements", **arguments: Any) -> requests.Response:
        return session.request(method, lrs.endpoint + path, timeout=10, **arguments)

    yield call
    session.close()


def everything(lrs: LRSClient, **question: Any) -> list[dict[str, Any]]:
    return [json.loads(item) for page in lrs.pages(**question) for item in page.items]


def test_takes_the_batches_of_a_real_moodle_and_gives_them_back_in_order(
    lrs: LRSClient, http: Callable[..., requests.Response], batches: list[list[dict[str, Any]]]
) -> None:
    ids = []
    for batch in batches:
        answer = http("POST", json=batch)
        assert answer.status_code == 200
        ids += answer.json()
    sent = [statement for batch in batches for statement in batch]
    read = everything(lrs, limit=30)
    assert [statement["id"] for statement in read] == ids
    added = {"id", "stored", "authority", "version"}
    assert [{key: said[key] for key in said if key not in added} for said in read] == sent
    stored = [statement["stored"] for statement in read]
    assert stored == sorted(set(stored))
    hashes = [decode_statement(json.dumps(statement).encode()).sha256 for statement in sent]
    assert [decode_statement(json.dumps(statement).encode()).sha256 for statement in read] == hashes


def test_an_empty_list_is_a_list(http: Callable[..., requests.Response]) -> None:
    answer = http("POST", json=[])
    assert (answer.status_code, answer.json()) == (200, [])


def test_adds_what_an_lrs_adds(
    http: Callable[..., requests.Response], make: Callable[..., dict[str, Any]], clock: Clock
) -> None:
    lied = {"stored": "1999-01-01T00:00:00Z", "authority": {"mbox": "mailto:autre@ac-exemple.fr"}}
    answer = http("POST", json=make(timestamp=None, **lied))
    (identifier,) = answer.json()
    said = http("GET", params={"statementId": identifier}).json()
    assert said["stored"] == said["timestamp"] == format_us(clock.now_us)
    assert said["authority"]["account"] == {"homePage": vocabulary.LRS_HOMEPAGE, "name": "essai"}
    assert said["version"] == "1.0.0"
    assert UUID(identifier).version == 4


def test_keeps_numbers_as_they_were_written(http: Callable[..., requests.Response], make: Callable[..., Any]) -> None:
    body = json.dumps(make(id=ID, result={"score": {"raw": 0}})).replace('"raw": 0', '"raw": 12345678901234567890.10')
    headers = {"Content-Type": "application/json; charset=utf-8"}
    assert http("POST", data=body, headers=headers).status_code == 200
    assert '"raw":12345678901234567890.10' in http("GET", params={"statementId": ID}).text


def test_pages_both_ways_and_by_stored(
    lrs: LRSClient, http: Callable[..., requests.Response], make: Callable[..., dict[str, Any]], clock: Clock
) -> None:
    start = clock.now_us
    http("POST", json=[make(object={"id": f"urn:n:{number}"}) for number in range(7)])

    def numbers(**question: Any) -> list[str]:
        return [said["object"]["id"][-1] for said in everything(lrs, **question)]

    assert numbers(limit=3) == list("0123456")
    assert numbers(limit=3, ascending=False) == list("6543210")
    assert numbers(limit=7) == list("0123456")
    assert numbers(limit=2, since_us=start + 1, until_us=start + 4) == list("234")
    assert numbers(limit=2, since_us=start + 1, until_us=start + 4, ascending=False) == list("432")
    assert numbers(since_us=start + 6) == []
    newest_first = http("GET").json()
    assert [said["object"]["id"][-1] for said in newest_first["statements"]] == list("6543210")
    assert newest_first["more"] == ""


def test_a_page_started_before_others_write_ends_with_what_they_wrote(
    lrs: LRSClient, http: Callable[..., requests.Response], make: Callable[..., dict[str, Any]]
) -> None:
    http("POST", json=[make(object={"id": f"urn:n:{number}"}) for number in range(3)])
    pages = lrs.pages(limit=2)
    first = next(pages)
    http("POST", json=make(object={"id": "urn:n:3"}))
    rest = [json.loads(item)["object"]["id"] for page in pages for item in page.items]
    assert (len(first.items), rest) == (2, ["urn:n:2", "urn:n:3"])


def test_a_page_is_bounded_in_bytes_and_holds_one_statement_at_least(
    lrs: LRSClient,
    http: Callable[..., requests.Response],
    make: Callable[..., dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    http("POST", json=[make(result={"response": "x" * size}) for size in (10, 3000, 10, 10)])
    monkeypatch.setattr(resource, "_PAGE_BYTES", 1500)
    assert [len(page.items) for page in lrs.pages()] == [1, 1, 2]


def test_says_until_when_it_is_complete(
    lrs: LRSClient, http: Callable[..., requests.Response], make: Callable[..., dict[str, Any]], clock: Clock
) -> None:
    http("POST", json=[make(), make()])
    answer = http("GET")
    assert answer.headers["X-Experience-API-Consistent-Through"] == format_us(clock.now_us + 1)
    assert answer.headers["X-Experience-API-Version"] == "1.0.3"
    (page,) = lrs.pages()
    assert page.consistent_through_us == parse_timestamp(json.loads(page.items[-1])["stored"])
    assert page.server_date_us is not None


def test_what_we_emit_is_taken_once_and_voided(lrs: LRSClient, http: Callable[..., requests.Response]) -> None:
    signed = attendance(LEA, code="C", activity_id="presence-1", slot_id="a1", end_us=10**15, present=True)
    assert lrs.post([signed]) == lrs.post([signed]) == [UUID(signed["id"])]
    assert len(everything(lrs)) == 1
    lrs.post([void(LEA, UUID(signed["id"]), timestamp_us=10**15)])
    assert [said["verb"]["id"] for said in everything(lrs)] == [vocabulary.VOIDED]
    assert http("GET", params={"statementId": signed["id"]}).status_code == 404
    assert http("GET", params={"voidedStatementId": signed["id"]}).json()["id"] == signed["id"]


def test_a_statement_is_found_by_its_id_before_and_after_its_void(lrs: LRSClient) -> None:
    mark = attendance(LEA, code="CM", activity_id="p", slot_id="a1", end_us=0, present=True)
    target = UUID(mark["id"])
    assert lrs.find(target) is None
    lrs.post([mark])
    found = lrs.find(target)
    assert found is not None
    assert (decode_statement(found.body).id, found.voided) == (target, False)
    lrs.post([void(LEA, target, timestamp_us=0)])
    found = lrs.find(target)
    assert found is not None
    assert (decode_statement(found.body).id, found.voided) == (target, True)


def test_one_id_one_content(
    lrs: LRSClient, http: Callable[..., requests.Response], make: Callable[..., dict[str, Any]]
) -> None:
    assert http("POST", json=make(id=ID)).json() == [ID]
    read = http("GET", params={"statementId": ID.upper()}).json()
    assert http("POST", json=read).status_code == 200
    assert http("POST", json=make(id=ID.upper())).json() == [ID]
    with pytest.raises(ConflictError):
        lrs.post([make(id=str(uuid4())), make(id=ID, result={"completion": True})])
    assert len(everything(lrs)) == 1
    assert http("POST", json=[make(id=ID), make(id=ID.upper())]).status_code == 400


def test_put(http: Callable[..., requests.Response], make: Callable[..., dict[str, Any]]) -> None:
    query = {"statementId": ID}
    answer = http("PUT", params=query, json=make())
    assert (answer.status_code, answer.content) == (204, b"")
    assert http("PUT", params=query, json=make(id=ID)).status_code == 204
    assert http("PUT", params=query, json=make(result={"completion": True})).status_code == 409
    assert http("GET", params=query).json()["id"] == ID
    for wrong in ({}, {"statementId": "x"}, query | {"x": "y"}, {"statementId": str(uuid4())}):
        assert http("PUT", params=wrong, json=make(id=ID)).status_code == 400
    assert http("PUT", params=query, json=[make()]).status_code == 400


def test_one_bad_statement_refuses_its_batch_and_says_why(
    lrs: LRSClient, http: Callable[..., requests.Response], make: Callable[..., dict[str, Any]]
) -> None:
    answer = http("POST", json=[make(), make(verb={"id": "completed"})])
    assert (answer.status_code, answer.json()) == (400, "invalid: verb.id: must be an IRI")
    assert everything(lrs) == []
    with pytest.raises(DataError, match="must be an IRI"):
        lrs.post([make(id=ID, verb={"id": "completed"})])


@pytest.mark.parametrize("body", [b"", b"[", b'[{"a": "\\q"}]', b'{"a": "\xff"}', b"[1]", b"[" * 9000 + b"]" * 9000])
def test_a_body_that_cannot_be_read(http: Callable[..., requests.Response], body: bytes) -> None:
    assert http("POST", data=body, headers={"Content-Type": "application/json"}).status_code == 400


def test_other_kinds_of_body_and_too_large_ones(
    http: Callable[..., requests.Response], make: Callable[..., dict[str, Any]]
) -> None:
    for kind in ("multipart/mixed; boundary=x", "text/plain"):
        refused = http("POST", data=b"x", headers={"Content-Type": kind})
        assert (refused.status_code, "application/json" in refused.text) == (400, True)
    large = http("POST", json=make(result={"response": "x" * 250_000}))
    assert (large.status_code, large.json()) == (413, "a request has at most 200000 bytes")
    assert http("POST", json=make()).status_code == 200
    assert http("POST", params={"x": "y"}, json=make()).status_code == 400


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"statementId": ID}, 404),
        ({"voidedStatementId": ID}, 404),
        ({"statementId": "x"}, 400),
        ({"statementId": ID, "voidedStatementId": ID}, 400),
        ({"statementId": ID, "limit": "3"}, 400),
        ({"statementId": ID, "format": "exact", "attachments": "false"}, 404),
        ({"since": "hier"}, 400),
        ({"since": "2026-10-07T12:00:00"}, 400),
        ({"until": "2026-10-07T12:00:00+02:00"}, 200),
        ({"limit": "0"}, 200),
        ({"limit": "999999999999"}, 200),
        ({"limit": "-1"}, 400),
        ({"limit": "²"}, 400),
        ({"ascending": "True"}, 400),
        ({"format": "ids"}, 501),
        ({"attachments": "true"}, 501),
        ({"agent": "{}"}, 501),
        ({"verb": "urn:v"}, 501),
        ({"tri": "date"}, 400),
        ({"more": "x"}, 400),
        ({"more": base64.urlsafe_b64encode(b'{"limit": 100000}').decode()}, 400),
        ({"more": base64.urlsafe_b64encode(b'{"limit": "a"}').decode()}, 400),
        ({"limit": ["1", "2"]}, 400),
    ],
)
def test_queries(http: Callable[..., requests.Response], query: dict[str, Any], status: int) -> None:
    answer = http("GET", params=query)
    assert answer.status_code == status
    assert answer.json()


def test_an_offset_sent_without_percent_encoding_is_understood(http: Callable[..., requests.Response]) -> None:
    assert http("GET", "statements?since=2026-10-07T12:00:00+02:00").status_code == 200


def test_head_and_other_methods(http: Callable[..., requests.Response], make: Callable[..., dict[str, Any]]) -> None:
    http("POST", json=make(id=ID))
    head = http("HEAD", params={"statementId": ID})
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["Content-Length"]) == len(http("GET", params={"statementId": ID}).content)
    assert http("DELETE").status_code == 405


def test_about_needs_no_credentials(lrs: LRSClient) -> None:
    answer = requests.get(lrs.endpoint + "about", timeout=10)
    assert (answer.status_code, answer.json()) == (200, {"version": ["1.0.3"]})


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "Basic",
        "Basic ***",
        "Basic " + base64.b64encode(b"\xff:x").decode(),
        "Basic " + base64.b64encode(b"essai:faux").decode(),
        "Basic " + base64.b64encode(b"inconnu:faux").decode(),
        "Basic " + base64.b64encode(b"essai").decode(),
        "Bearer abc",
    ],
)
def test_nobody_enters_without_a_secret(lrs: LRSClient, authorization: str | None) -> None:
    headers = {"X-Experience-API-Version": "1.0.3"} | ({"Authorization": authorization} if authorization else {})
    answer = requests.get(lrs.endpoint + "statements", headers=headers, timeout=10)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Basic realm="xAPI"')


def test_a_name_that_no_client_may_have_is_nobody_s(store: Store) -> None:
    add_client(store.database, "essai")
    for name in (b"es\0sai", b"", b"x" * 65):
        assert authenticate(store.database, "Basic " + base64.b64encode(name + b":faux").decode()) is None


@pytest.mark.parametrize(
    ("version", "status"), [(None, 400), ("0.95", 400), ("2.0.0", 400), ("1.0", 200), ("1.0.9", 200)]
)
def test_versions(http: Callable[..., requests.Response], version: str | None, status: int) -> None:
    assert http("GET", headers={"X-Experience-API-Version": version}).status_code == status


def test_a_client_with_a_wrong_secret_or_address_is_told(lrs: LRSClient) -> None:
    wrong = LRSClient(lrs.endpoint, "essai", "faux")
    with pytest.raises(ConfigError, match="401"):
        everything(wrong)
    wrong.close()
    elsewhere = LRSClient(lrs.endpoint + "plus/loin", "essai", "faux")
    with pytest.raises(ConfigError, match="404"):
        everything(elsewhere)
    elsewhere.close()


def test_secrets_are_kept_as_hashes_only(sqlite_store: Store) -> None:
    assert not has_clients(sqlite_store.database)
    secret = add_client(sqlite_store.database, "moodle")
    assert has_clients(sqlite_store.database)
    with sqlite_store.database.read() as connection:
        (row,) = connection.execute(schema.client.select()).all()
    assert re.fullmatch(r"[\w-]{43}", secret)
    assert secret.encode() not in b"".join(str(value).encode() for value in row)
    with pytest.raises(DataError, match="exists already"):
        add_client(sqlite_store.database, "moodle")
    for name in ("", "a:b", "é", "../x", "x" * 65):
        with pytest.raises(DataError, match="name"):
            add_client(sqlite_store.database, name)


def test_a_busy_database_asks_to_come_back(
    http: Callable[..., requests.Response],
    make: Callable[..., dict[str, Any]],
    sqlite_store: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("xapi.database._BUSY_SECONDS", 0)
    sqlite_store.close()
    with sqlite_store.database.write():
        answer = http("POST", json=make())
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_many_senders_at_once(
    lrs: LRSClient, http: Callable[..., requests.Response], make: Callable[..., dict[str, Any]]
) -> None:
    def send(sender: int) -> None:
        for number in range(10):
            batch = [make(object={"id": f"urn:n:{sender}:{number}:{rank}"}) for rank in range(3)]
            requests.post(
                lrs.endpoint + "statements",
                json=batch,
                auth=lrs._session.auth,
                headers={"X-Experience-API-Version": "1.0.3"},
                timeout=30,
            ).raise_for_status()

    threads = [threading.Thread(target=send, args=(sender,)) for sender in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    read = everything(lrs, limit=7)
    assert len({said["object"]["id"] for said in read}) == len(read) == 120
    stored = [said["stored"] for said in read]
    assert stored == sorted(set(stored))


def test_listens_on_either_family_and_stops_cleanly(sqlite_store: Store) -> None:
    with serve_in_thread(create_app(sqlite_store)) as where:
        assert requests.get(f"{where}{PREFIX}/about", timeout=10).ok
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{where}{PREFIX}/about", timeout=10)
    if socket.has_ipv6:
        with listen("::1", 0) as listener:
            assert address(listener).startswith("http://[::1]:")
