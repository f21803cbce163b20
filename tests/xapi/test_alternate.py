from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
import requests

from xapi.lrs.alternate import FORM, Request, unfold
from xapi.lrs.exchange import RefusedError

if TYPE_CHECKING:
    from conftest import Http, Make

    from xapi.client import LRSClient

HEADERS = {"content-type": FORM, "accept": "*/*"}


def form(method: str, body: bytes, **more: str) -> Request:
    return Request("POST", {"method": method, **more}, HEADERS, body)


def test_a_form_says_method_headers_parameters_and_body() -> None:
    fields = {"statementId": "x", "Authorization": "Basic abc", "If-Match": "*", "content": '{"é": "a&b"}'}
    assert unfold(form("PUT", urlencode(fields).encode())) == Request(
        "PUT",
        {"statementId": "x"},
        {"content-type": "application/json", "accept": "*/*", "authorization": "Basic abc", "if-match": "*"},
        '{"é": "a&b"}'.encode(),
    )
    assert unfold(form("GET", b"limit=1")).parameters == {"limit": "1"}
    assert unfold(form("PUT", b"content=x&Content-Type=+text%2Fplain+")).headers["content-type"] == "text/plain"


def test_any_other_request_stays_what_it_is() -> None:
    for request in (
        Request("POST", {}, HEADERS, b"content=x"),
        Request("PUT", {"method": "POST"}, HEADERS, b"content=x"),
    ):
        assert unfold(request) is request


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (form("PATCH", b"content=x"), "one parameter"),
        (form("PUT", b"content=x", statementId="x"), "one parameter"),
        (form("PUT", b"statementId=x"), "named content"),
        (form("GET", b"content=x"), "named content"),
        (form("PUT", b"content=x&content=y"), "twice"),
        (form("PUT", b"content=%FF"), "cannot be read"),
        (form("PUT", b"content=x&Content-Type=text/plain%0D%0AX-A:%201"), "line of ASCII"),
        (form("PUT", b"content=x&Content-Type=text/%E2%82%AC"), "line of ASCII"),
        (form("PUT", b"\xff"), "cannot be read"),
        (form("PUT", b"&".join(b"a%d=1" % rank for rank in range(200))), "cannot be read"),
        (Request("POST", {"method": "PUT"}, {"content-type": "application/json"}, b"{}"), "is a form"),
        (Request("POST", {"method": "PUT"}, {}, b"content=x"), "is a form"),
    ],
)
def test_what_is_no_such_form(request_: Request, words: str) -> None:
    with pytest.raises(RefusedError, match=words) as refused:
        unfold(request_)
    assert refused.value.reply.status == 400


def test_a_browser_without_headers_writes_and_reads(lrs: LRSClient, http: Http, make: Make) -> None:
    """Its credentials are in the form: nothing is let in before they are read."""
    sent = requests.Request("GET", lrs.endpoint, auth=lrs._session.auth).prepare()
    fields = {"X-Experience-API-Version": "1.0.3", "Authorization": sent.headers["Authorization"]}
    address = lrs.endpoint + "statements?method="
    content = {"content": json.dumps(make())}
    assert requests.post(address + "POST", data=fields | content, timeout=10).status_code == 200
    read = requests.post(address + "GET", data=fields | {"limit": "1"}, timeout=10)
    assert len(read.json()["statements"]) == 1
    assert requests.post(address + "GET", data=fields | {"Authorization": "Basic eDp5"}, timeout=10).status_code == 401
    assert requests.post(address + "GET", data={"limit": "1"}, timeout=10).status_code == 401
    assert http("POST", "statements?method=PUT", data=b"{}").status_code == 400
