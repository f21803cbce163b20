"""Who enters the embedded LRS, for what, how much and how often."""

from __future__ import annotations

import base64
import hashlib
import re
import socket
from typing import TYPE_CHECKING

import pytest
import requests

from xapi import schema
from xapi.client import LRSClient
from xapi.errors import ConfigError, DataError
from xapi.lrs.app import PREFIX, create_app
from xapi.lrs.clients import Client, add_client, authenticate, list_clients
from xapi.lrs.serve import address, listen, serve_in_thread

if TYPE_CHECKING:
    from conftest import Http, Make

    from xapi.store import Store

ID = "6f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9"


def test_about_needs_no_credentials(lrs: LRSClient) -> None:
    answer = requests.get(lrs.endpoint + "about", timeout=10)
    assert (answer.status_code, answer.json()) == (200, {"version": ["1.0.3", "2.0.0"]})


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
    ("version", "status", "answered"),
    [
        (None, 400, "1.0.3"),
        ("0.95", 400, "1.0.3"),
        ("1.0", 200, "1.0.3"),
        ("1.0.9", 200, "1.0.3"),
        ("2.0.0", 200, "2.0.0"),
    ],
)
def test_versions(http: Http, version: str | None, status: int, answered: str) -> None:
    answer = http("GET", headers={"X-Experience-API-Version": version})
    assert (answer.status_code, answer.headers["X-Experience-API-Version"]) == (status, answered)


def test_a_parameter_is_given_once(http: Http) -> None:
    assert http("GET", params={"limit": ["1", "2"]}).status_code == 400


def test_a_client_with_a_wrong_secret_or_address_is_told(lrs: LRSClient) -> None:
    wrong = LRSClient(lrs.endpoint, "essai", "faux")
    with pytest.raises(ConfigError, match="401"):
        next(wrong.pages())
    wrong.close()
    elsewhere = LRSClient(lrs.endpoint + "plus/loin", "essai", "faux")
    with pytest.raises(ConfigError, match="404"):
        next(elsewhere.pages())
    elsewhere.close()


def test_secrets_are_kept_as_hashes_only(sqlite_store: Store) -> None:
    assert list_clients(sqlite_store.database) == []
    secret = add_client(sqlite_store.database, "moodle")
    assert list_clients(sqlite_store.database) == [Client("moodle")]
    with sqlite_store.database.read() as connection:
        (row,) = connection.execute(schema.client.select()).all()
    assert re.fullmatch(r"[\w-]{43}", secret)
    assert row.secret_sha256 == hashlib.sha256(secret.encode()).digest()
    assert secret.encode() not in b"".join(str(value).encode() for value in row)
    with pytest.raises(DataError, match="exists already"):
        add_client(sqlite_store.database, "moodle")
    for name in ("", "a:b", "é", "../x", "x" * 65):
        with pytest.raises(DataError, match="name"):
            add_client(sqlite_store.database, name)


def test_a_busy_database_asks_to_come_back(
    http: Http,
    make: Make,
    sqlite_store: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("xapi.database._BUSY_SECONDS", 0)
    sqlite_store.close()
    with sqlite_store.database.write():
        answer = http("POST", json=make())
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_listens_on_either_family_and_stops_cleanly(sqlite_store: Store) -> None:
    with serve_in_thread(create_app(sqlite_store)) as where:
        assert requests.get(f"{where}{PREFIX}/about", timeout=10).ok
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{where}{PREFIX}/about", timeout=10)
    if socket.has_ipv6:
        with listen("::1", 0) as listener:
            assert address(listener).startswith("http://[::1]:")
