"""What the embedded LRS gives back: pages, bounds, and until when it is complete."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from xapi.instants import format_us, parse_timestamp
from xapi.lrs import results

if TYPE_CHECKING:
    from conftest import Clock, Http, Make, Read

    from xapi.client import LRSClient

ID = "6f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9"


def test_pages_both_ways_and_by_stored(
    everything: Read,
    http: Http,
    make: Make,
    clock: Clock,
) -> None:
    start = clock.now_us
    http("POST", json=[make(object={"id": f"urn:n:{number}"}) for number in range(7)])

    def numbers(**question: Any) -> list[str]:
        return [said["object"]["id"][-1] for said in everything(**question)]

    assert numbers(limit=3) == list("0123456")
    assert numbers(limit=3, ascending=False) == list("6543210")
    assert numbers(limit=7) == list("0123456")
    assert numbers(limit=2, since_us=start + 1, until_us=start + 4) == list("234")
    assert numbers(limit=2, since_us=start + 1, until_us=start + 4, ascending=False) == list("432")
    assert numbers(since_us=start + 6) == []
    newest_first = http("GET").json()
    assert [said["object"]["id"][-1] for said in newest_first["statements"]] == list("6543210")
    assert newest_first["more"] == ""


def test_a_page_started_before_others_write_ends_with_what_they_wrote(lrs: LRSClient, http: Http, make: Make) -> None:
    http("POST", json=[make(object={"id": f"urn:n:{number}"}) for number in range(3)])
    pages = lrs.pages(limit=2)
    first = next(pages)
    http("POST", json=make(object={"id": "urn:n:3"}))
    rest = [json.loads(item)["object"]["id"] for page in pages for item in page.items]
    assert (len(first.items), rest) == (2, ["urn:n:2", "urn:n:3"])


def test_a_page_is_bounded_in_bytes_and_holds_one_statement_at_least(
    lrs: LRSClient,
    http: Http,
    make: Make,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    http("POST", json=[make(result={"response": "x" * size}) for size in (10, 3000, 10, 10)])
    monkeypatch.setattr(results, "PAGE_BYTES", 1500)
    assert [len(page.items) for page in lrs.pages()] == [1, 1, 2]


def test_says_until_when_it_is_complete(lrs: LRSClient, http: Http, make: Make, clock: Clock) -> None:
    http("POST", json=[make(), make()])
    answer = http("GET")
    assert answer.headers["X-Experience-API-Consistent-Through"] == format_us(clock.now_us + 1)
    assert answer.headers["X-Experience-API-Version"] == "1.0.3"
    (page,) = lrs.pages()
    assert page.consistent_through_us == parse_timestamp(json.loads(page.items[-1])["stored"])
    assert page.server_date_us is not None


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
        ({"format": "ids"}, 200),
        ({"format": "court"}, 400),
        ({"attachments": "true"}, 200),
        ({"attachments": "oui"}, 400),
        ({"agent": "{}"}, 400),
        ({"agent": "{"}, 400),
        ({"agent": '{"objectType": "Group", "member": [{"mbox": "mailto:a@ac-exemple.fr"}]}'}, 400),
        ({"verb": "urn:v"}, 200),
        ({"verb": "fini"}, 400),
        ({"activity": "urn:a", "related_activities": "true"}, 200),
        ({"activity": "12"}, 400),
        ({"related_agents": "1"}, 400),
        ({"registration": "12"}, 400),
        ({"statementId": ID, "verb": "urn:v"}, 400),
        ({"tri": "date"}, 400),
        ({"more": "x"}, 400),
        ({"more": base64.urlsafe_b64encode(b'{"limit": 100000}').decode()}, 400),
        ({"more": base64.urlsafe_b64encode(b'{"limit": "a"}').decode()}, 400),
        ({"more": base64.urlsafe_b64encode(b'{"after_us": 9223372036854775808}').decode()}, 400),
        ({"more": base64.urlsafe_b64encode(b'{"keys": ["", "", "", "", ""]}').decode()}, 400),
    ],
)
def test_queries(http: Http, query: dict[str, Any], status: int) -> None:
    answer = http("GET", params=query)
    assert answer.status_code == status
    assert answer.content
    assert answer.headers["X-Experience-API-Consistent-Through"]


def test_an_offset_sent_without_percent_encoding_is_understood(http: Http) -> None:
    assert http("GET", "statements?since=2026-10-07T12:00:00+02:00").status_code == 200


def test_head_and_other_methods(http: Http, make: Make) -> None:
    http("POST", json=make(id=ID))
    head = http("HEAD", params={"statementId": ID})
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["Content-Length"]) == len(http("GET", params={"statementId": ID}).content)
    assert http("DELETE").status_code == 405
