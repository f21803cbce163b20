"""The client against an LRS that misbehaves; `test_lrs.py` has it against a real one."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
import requests
import responses

from tests.xapi.fake_lrs import ENDPOINT, SECRET, STATEMENTS
from xapi.client import LRSClient
from xapi.errors import (
    CertificateError,
    ConfigError,
    DataError,
    FatalError,
    ProxyError,
    RetriableError,
    XapiError,
)
from xapi.instants import parse_timestamp
from xapi.transport import Route, wait_before_retry

if TYPE_CHECKING:
    from pathlib import Path

KNOWN = UUID("6a1f4a52-7c5a-4c3e-9d64-0f4f5c6c9b10")


def page(*items: int, more: str | None = None) -> str:
    return json.dumps({"statements": [{"n": item} for item in items], "more": more})


def read(client: LRSClient, **question: Any) -> list[int]:
    return [json.loads(item)["n"] for answer in client.pages(**question) for item in answer.items]


def test_asks_as_the_specification_says(client: LRSClient, server: responses.RequestsMock) -> None:
    query = {
        "since": "2026-10-07T12:00:00.000001Z",
        "until": "2026-10-08T12:00:00.000000Z",
        "ascending": "true",
        "limit": "7",
    }
    expected = {"X-Experience-API-Version": "1.0.3", "Authorization": "Basic cGFyY291cnM6dHLDqHMtc2VjcmV0"}
    server.get(
        STATEMENTS,
        body=page(1),
        match=[responses.matchers.query_param_matcher(query), responses.matchers.header_matcher(expected)],
    )
    since = parse_timestamp("2026-10-07T12:00:00.000001Z")
    assert read(client, since_us=since, until_us=since + 86_400_000_000 - 1, limit=7) == [1]


def test_newest_first_and_another_version(server: responses.RequestsMock) -> None:
    client = LRSClient(ENDPOINT.rstrip("/"), "parcours", SECRET, version="2.0.0")
    expected = {"X-Experience-API-Version": "2.0.0"}
    query = responses.matchers.query_param_matcher({"ascending": "false", "limit": "500"})
    server.get(STATEMENTS, body=page(1), match=[query, responses.matchers.header_matcher(expected)])
    assert read(client, ascending=False) == [1]
    client.close()


def test_a_token_in_place_of_a_name_and_a_password(server: responses.RequestsMock) -> None:
    client = LRSClient(ENDPOINT, None, SECRET)
    server.get(STATEMENTS, body=page(1))
    assert read(client) == [1]
    assert server.calls[0].request.headers["Authorization"] == f"Bearer {SECRET}".encode()
    client.close()


def test_authority_and_proxy_win_over_the_environment(
    server: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://autre.exemple.fr:8080")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "autre.pem"))
    route = Route((2, 7), authority=tmp_path / "ca.pem", proxy="http://mandataire.exemple.fr:3128")
    expected = {
        "verify": str(tmp_path / "ca.pem"),
        "timeout": (2, 7),
        "stream": True,
        "proxies": {"http": route.proxy, "https": route.proxy},
    }
    server.get(STATEMENTS, body=page(1), match=[responses.matchers.request_kwargs_matcher(expected)])
    client = LRSClient(ENDPOINT, "parcours", SECRET, route=route)
    assert read(client) == [1]
    client.close()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"body": requests.exceptions.ProxyError("x")}, ProxyError),
        ({"status": 407}, ProxyError),
        ({"body": requests.exceptions.SSLError("x")}, CertificateError),
    ],
)
def test_what_is_wrong_on_the_way(
    client: LRSClient, server: responses.RequestsMock, answer: dict[str, Any], error: type[XapiError]
) -> None:
    server.get(STATEMENTS, **answer)
    with pytest.raises(error):
        read(client)


def test_follows_relative_and_absolute_pages_on_the_same_origin(
    client: LRSClient, server: responses.RequestsMock
) -> None:
    server.get(STATEMENTS, body=page(1, 2, more="/xAPI/more/2"))
    server.get(f"{ENDPOINT}more/2", body=page(3, more="https://lrs.exemple.fr:443/xAPI/more/3"))
    server.get("https://lrs.exemple.fr:443/xAPI/more/3", body=page(4, more=""))
    answers = list(client.pages())
    assert [len(answer.items) for answer in answers] == [2, 1, 1]
    assert [answer.last for answer in answers] == [False, False, True]
    assert answers[1].url == f"{ENDPOINT}more/2"


def test_tells_what_the_lrs_says_about_time(client: LRSClient, server: responses.RequestsMock) -> None:
    headers = {
        "X-Experience-API-Consistent-Through": "2026-10-07T12:00:00.25Z",
        "Date": "Wed, 07 Oct 2026 12:00:01 GMT",
    }
    server.get(STATEMENTS, body=page(1, more="/xAPI/2"), headers=headers)
    unreadable = {"X-Experience-API-Consistent-Through": "hier", "Date": "hier"}
    server.get(f"{ENDPOINT}2", body=page(2), headers=unreadable)
    first, second = client.pages()
    assert first.consistent_through_us == parse_timestamp("2026-10-07T12:00:00.25Z")
    assert first.server_date_us == parse_timestamp("2026-10-07T12:00:01Z")
    assert (second.consistent_through_us, second.server_date_us) == (None, None)


@pytest.mark.parametrize(
    "more", ["https://autre.exemple.fr/xAPI/2", "http://lrs.exemple.fr/xAPI/2", "//x/2", "http://[x"]
)
def test_never_follows_to_another_origin(client: LRSClient, server: responses.RequestsMock, more: str) -> None:
    server.get(STATEMENTS, body=page(1, more=more))
    with pytest.raises(FatalError, match="`more`"):
        read(client)


def test_a_circle_of_pages_ends(client: LRSClient, server: responses.RequestsMock) -> None:
    server.get(STATEMENTS, body=page(1, more="/xAPI/2"))
    server.get(f"{ENDPOINT}2", body=page(2, more="/xAPI/3"))
    server.get(f"{ENDPOINT}3", body=page(3, more="/xAPI/2"))
    server.get(f"{ENDPOINT}2", body=page(2, more="/xAPI/3"))
    with pytest.raises(FatalError, match="circle"):
        read(client)


def test_the_same_page_twice_is_read_on_but_not_for_ever(client: LRSClient, server: responses.RequestsMock) -> None:
    server.get(STATEMENTS, body=page(1, more="/xAPI/0"))
    server.get(f"{ENDPOINT}0", body=page(1, more="/xAPI/1"))
    server.get(f"{ENDPOINT}1", body=page(2, more="/xAPI/2"))
    for number in range(2, 13):
        server.get(f"{ENDPOINT}{number}", body=page(2, more=f"/xAPI/{number + 1}"))
    with pytest.raises(FatalError, match="circle"):
        read(client)
    assert len(server.calls) == 14


def test_empty_pages_are_followed_but_not_for_ever(client: LRSClient, server: responses.RequestsMock) -> None:
    server.get(STATEMENTS, body=page(more="/xAPI/1"))
    server.get(f"{ENDPOINT}1", body=page(7, more="/xAPI/2"))
    for number in range(2, 13):
        server.get(f"{ENDPOINT}{number}", body=page(more=f"/xAPI/{number + 1}"))
    seen = []
    with pytest.raises(FatalError, match="circle"):
        seen.extend(answer.items for answer in client.pages())
    assert len(server.calls) == 13


@pytest.mark.parametrize(
    "trouble",
    [
        {"status": 429, "headers": {"Retry-After": "1"}},
        {"status": 503, "headers": {"Retry-After": "0"}},
        {"status": 500, "body": "oups"},
        {"body": requests.exceptions.ConnectTimeout("x")},
        {"body": requests.exceptions.ChunkedEncodingError("x")},
        {"body": page(1)[:-5]},
        {"body": b'{"statements": [{"n": 1}', "content_type": "application/json"},
        {"body": b"\x1f\x8b\x08\x00tronqu", "headers": {"Content-Encoding": "gzip"}},
        {"body": gzip.compress(page(*range(99)).encode())[:-20], "headers": {"Content-Encoding": "gzip"}},
    ],
    ids=["429", "503", "500", "timeout", "cut", "truncated", "unclosed", "gzip", "truncated gzip"],
)
def test_a_read_is_tried_again(client: LRSClient, server: responses.RequestsMock, trouble: dict[str, Any]) -> None:
    server.get(STATEMENTS, **trouble)
    server.get(STATEMENTS, body=page(1))
    assert read(client) == [1]


def test_gives_up_after_the_last_attempt(client: LRSClient, server: responses.RequestsMock) -> None:
    for _ in range(3):
        server.get(STATEMENTS, status=503, body="en panne")
    with pytest.raises(RetriableError, match=r"503: en panne"):
        read(client)


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        ({"status": 401}, ConfigError, "401"),
        ({"status": 403}, ConfigError, "403"),
        ({"status": 404}, ConfigError, "404"),
        ({"status": 302, "headers": {"Location": "https://autre.fr/"}}, ConfigError, "another address"),
        ({"status": 400, "body": "limit\n is wrong"}, DataError, "400: limit is wrong"),
        ({"status": 422, "body": ""}, DataError, r"422\)"),
        ({"status": 418}, FatalError, "418"),
        ({"body": "<html>Connexion</html>", "content_type": "text/html"}, FatalError, "web page"),
        ({"body": "  <!doctype html>"}, FatalError, "web page"),
        ({"body": page(*range(5000))}, FatalError, "larger than 10000"),
        ({"body": requests.exceptions.SSLError("x")}, ConfigError, "certificate"),
        ({"body": requests.exceptions.InvalidURL("x")}, ConfigError, "address"),
        ({"status": 404, "body": "<p>rien</p>", "content_type": "text/html"}, ConfigError, "404"),
        ({"status": 400, "body": "<p>rien</p>", "content_type": "text/html"}, DataError, r"\(400\)"),
    ],
)
def test_what_no_second_attempt_would_mend(
    client: LRSClient, server: responses.RequestsMock, answer: dict[str, Any], error: type[XapiError], words: str
) -> None:
    server.get(STATEMENTS, **answer)
    with pytest.raises(error, match=words) as failed:
        read(client, since_us=0)
    assert SECRET not in str(failed.value)
    assert "since" not in str(failed.value)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Retry-After": "7"}, timedelta(seconds=7)),
        (
            {"Retry-After": "Wed, 07 Oct 2026 12:00:30 GMT", "Date": "Wed, 07 Oct 2026 12:00:00 GMT"},
            timedelta(seconds=30),
        ),
        ({"Retry-After": "Wed, 07 Oct 1998 12:00:30 GMT"}, timedelta(0)),
        ({"Retry-After": "100000"}, False),
        ({"Retry-After": "bientôt".encode().decode("latin-1")}, True),
        ({}, True),
    ],
)
def test_waits_as_long_as_the_lrs_asks_within_reason(
    client: LRSClient, headers: dict[str, str], expected: timedelta | bool
) -> None:
    with responses.RequestsMock() as server:
        server.get(STATEMENTS, status=429, headers=headers)
        with pytest.raises(RetriableError) as busy:
            read(client)
    assert wait_before_retry(busy.value) == expected


@pytest.mark.parametrize(
    "endpoint",
    [
        "lrs.exemple.fr",
        "ftp://lrs.exemple.fr/",
        "https://",
        "https://a:b@lrs.exemple.fr/",
        "https://x/?a=b",
        "http://[x",
        "https://x:abc/",
    ],
)
def test_refuses_an_address_that_is_none(endpoint: str) -> None:
    with pytest.raises(ConfigError, match="address"):
        LRSClient(endpoint, "parcours", SECRET)


def test_a_new_try_is_not_told_on_standard_output() -> None:
    """In a process of its own: what else is imported here silences stamina too."""
    asked = "import xapi.client, stamina; print(stamina.instrumentation.get_on_retry_hooks())"
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout
    assert said == "()\n"
