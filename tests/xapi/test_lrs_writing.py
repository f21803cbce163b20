"""What is sent to the embedded LRS: kept whole, once, in order, or refused with a reason."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
import requests

from xapi import vocabulary
from xapi.emit import attendance, void
from xapi.errors import ConflictError, DataError
from xapi.instants import format_us
from xapi.statement import Actor, decode_statement

if TYPE_CHECKING:
    from conftest import Clock, Http, Make, Read

    from xapi.client import LRSClient

ID = "6f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9"
MAIL = {"mbox": "mailto:lea.martin@ac-exemple.fr"}
JSON = {"Content-Type": "application/json; charset=utf-8"}
LEA = Actor("mbox", "lea.martin@ac-exemple.fr")


def test_takes_the_batches_of_a_real_moodle_and_gives_them_back_in_order(
    everything: Read,
    http: Http,
    batches: list[list[dict[str, Any]]],
) -> None:
    ids = []
    for batch in batches:
        answer = http("POST", json=batch)
        assert answer.status_code == 200
        ids += answer.json()
    sent = [statement for batch in batches for statement in batch]
    read = everything(limit=30)
    assert [statement["id"] for statement in read] == ids
    added = {"id", "stored", "authority", "version"}
    assert [{key: said[key] for key in said if key not in added} for said in read] == sent
    stored = [statement["stored"] for statement in read]
    assert stored == sorted(set(stored))
    hashes = [decode_statement(json.dumps(statement).encode()).sha256 for statement in sent]
    assert [decode_statement(json.dumps(statement).encode()).sha256 for statement in read] == hashes


def test_an_empty_list_is_a_list(http: Http) -> None:
    answer = http("POST", json=[])
    assert (answer.status_code, answer.json()) == (200, [])


def test_adds_what_an_lrs_adds(http: Http, make: Make, clock: Clock) -> None:
    lied = {"stored": "1999-01-01T00:00:00Z", "authority": {"mbox": "mailto:autre@ac-exemple.fr"}}
    answer = http("POST", json=make(timestamp=None, **lied))
    (identifier,) = answer.json()
    said = http("GET", params={"statementId": identifier}).json()
    assert said["stored"] == said["timestamp"] == format_us(clock.now_us)
    assert said["authority"]["account"] == {"homePage": vocabulary.LRS_HOMEPAGE, "name": "essai"}
    assert said["version"] == "1.0.0"
    assert UUID(identifier).version == 4


def test_keeps_each_property_as_it_was_written(http: Http, make: Make) -> None:
    """Numbers, blanks and escapes: what the LRS adds goes around them."""
    said = json.dumps(make(id=ID, result={"score": {"raw": 0}}, actor=MAIL | {"name": "L\u00e9a"}))
    body = said.replace('"raw": 0', '"raw"  :  12345678901234567890.10')
    assert http("POST", data=body, headers=JSON).status_code == 200
    read = http("GET", params={"statementId": ID}).text
    assert '{"score": {"raw"  :  12345678901234567890.10}}' in read
    assert "L\\u00e9a" in read


def test_what_we_emit_is_taken_once_and_voided(lrs: LRSClient, everything: Read, http: Http) -> None:
    signed = attendance(LEA, code="C", activity_id="presence-1", slot_id="a1", end_us=10**15, present=True)
    assert lrs.post([signed]) == lrs.post([signed]) == [UUID(signed["id"])]
    assert len(everything()) == 1
    lrs.post([void(LEA, UUID(signed["id"]), timestamp_us=10**15)])
    assert [said["verb"]["id"] for said in everything()] == [vocabulary.VOIDED]
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
    lrs: LRSClient,
    everything: Read,
    http: Http,
    make: Make,
) -> None:
    assert http("POST", json=make(id=ID)).json() == [ID]
    read = http("GET", params={"statementId": ID.upper()}).json()
    assert http("POST", json=read).status_code == 200
    assert http("POST", json=make(id=ID.upper())).json() == [ID]
    with pytest.raises(ConflictError):
        lrs.post([make(id=str(uuid4())), make(id=ID, result={"completion": True})])
    assert len(everything()) == 1
    assert http("POST", json=[make(id=ID), make(id=ID.upper())]).status_code == 400


def test_put(http: Http, make: Make) -> None:
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
    lrs: LRSClient,
    everything: Read,
    http: Http,
    make: Make,
) -> None:
    answer = http("POST", json=[make(), make(verb={"id": "completed"})])
    assert (answer.status_code, answer.json()) == (400, "invalid: verb.id: must be an IRI")
    assert everything() == []
    with pytest.raises(DataError, match="must be an IRI"):
        lrs.post([make(id=ID, verb={"id": "completed"})])


@pytest.mark.parametrize("body", [b"", b"[", b'[{"a": "\\q"}]', b'{"a": "\xff"}', b"[1]", b"[" * 9000 + b"]" * 9000])
def test_a_body_that_cannot_be_read(http: Http, body: bytes) -> None:
    assert http("POST", data=body, headers={"Content-Type": "application/json"}).status_code == 400


def test_other_kinds_of_body_and_too_large_ones(http: Http, make: Make) -> None:
    for kind in ("multipart/form-data; boundary=x", "text/plain", ""):
        refused = http("POST", data=b"x", headers={"Content-Type": kind})
        assert (refused.status_code, "application/json" in refused.text) == (400, True)
    large = http("POST", json=make(result={"response": "x" * 250_000}))
    assert (large.status_code, large.json()) == (413, "a request has at most 200000 bytes")
    assert http("POST", json=make()).status_code == 200
    assert http("POST", params={"x": "y"}, json=make()).status_code == 400


def test_many_senders_at_once(
    lrs: LRSClient,
    everything: Read,
    http: Http,
    make: Make,
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
    read = everything(limit=7)
    assert len({said["object"]["id"] for said in read}) == len(read) == 120
    stored = [said["stored"] for said in read]
    assert stored == sorted(set(stored))
