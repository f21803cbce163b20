"""Attachments over real HTTP: what comes in with a statement goes out with it, and signatures are about it."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from xapi.lrs import results
from xapi.lrs.multipart import Part, join_parts, split_parts
from xapi.lrs.signatures import SIGNATURE

if TYPE_CHECKING:
    import requests
    from conftest import Http, Make

ID = "6f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9"
DATA = b"%PDF\r\n--\0\xff"


def described(data: bytes, **changes: Any) -> dict[str, Any]:
    return {
        "usageType": "urn:attestation",
        "display": {"fr": "Attestation"},
        "contentType": "application/pdf",
        "length": len(data),
        "sha2": hashlib.sha256(data).hexdigest(),
    } | changes


def part(data: bytes, **headers: str) -> Part:
    said = {
        "Content-Type": "application/pdf",
        "Content-Transfer-Encoding": "binary",
        "X-Experience-API-Hash": hashlib.sha256(data).hexdigest(),
    }
    return Part({name: value for name, value in (said | headers).items() if value}, data)


def send(http: Http, statements: Any, *parts: Part, first: str = "application/json") -> requests.Response:
    kind, body = join_parts([Part({"Content-Type": first}, json.dumps(statements).encode()), *parts])
    return http("POST", data=body, headers={"Content-Type": kind})


def test_data_comes_back_with_its_statement_once(http: Http, make: Make) -> None:
    batch = [make(id=ID, attachments=[described(DATA)]), make(attachments=[described(DATA)]), make()]
    assert send(http, batch, part(DATA)).status_code == 200
    answer = http("GET", params={"attachments": "true", "ascending": "true"})
    first, *others = split_parts(answer.headers["Content-Type"], answer.content)
    assert len(json.loads(first.body)["statements"]) == 3
    expected = {name.lower(): value for name, value in part(DATA).headers.items()}
    assert others == [Part(expected, DATA)]
    alone = http("GET", params={"statementId": ID, "attachments": "true"})
    assert [found.body for found in split_parts(alone.headers["Content-Type"], alone.content)][1:] == [DATA]
    assert http("GET", params={"statementId": ID}).headers["Content-Type"] == "application/json"
    assert http("PUT", params={"statementId": ID}, json=batch[0]).status_code == 400


def test_a_page_counts_its_attachments(http: Http, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    data = [bytes([rank]) * 5000 for rank in range(3)]
    batch = [make(attachments=[described(each)]) for each in data]
    assert send(http, batch, *(part(each) for each in data)).status_code == 200
    monkeypatch.setattr(results, "PAGE_BYTES", 12_000)
    assert len(http("GET").json()["statements"]) == 3
    answer = http("GET", params={"attachments": "true"})
    page = json.loads(split_parts(answer.headers["Content-Type"], answer.content)[0].body)
    assert (len(page["statements"]), bool(page["more"])) == (2, True)


def test_data_by_reference_needs_no_part(http: Http, make: Make) -> None:
    by_reference = described(DATA, fileUrl="https://exemple.fr/a.pdf")
    assert http("POST", json=make(attachments=[by_reference])).status_code == 200
    answer = http("GET", params={"attachments": "true"})
    assert len(split_parts(answer.headers["Content-Type"], answer.content)) == 1


def test_a_sub_statement_has_attachments_too(http: Http, make: Make) -> None:
    sub = make(timestamp=None, attachments=[described(DATA)], objectType="SubStatement")
    assert send(http, make(object=sub)).status_code == 400
    assert send(http, make(object=sub), part(DATA)).status_code == 200


@pytest.mark.parametrize(
    ("attachment", "parts", "words"),
    [
        (described(DATA), [], "is missing, and it has no fileUrl"),
        (None, [part(DATA)], "that no attachment of the statements names"),
        (described(DATA), [part(DATA), part(b"x")], "that no attachment of the statements names"),
        (described(DATA), [part(DATA, **{"Content-Transfer-Encoding": "base64"})], "must be binary"),
        (described(DATA), [part(DATA, **{"X-Experience-API-Hash": ""})], "is not the SHA-2"),
        (described(DATA), [part(DATA, **{"X-Experience-API-Hash": "0" * 64})], "is not the SHA-2"),
    ],
)
def test_parts_that_do_not_belong(
    http: Http, make: Make, attachment: dict[str, Any] | None, parts: list[Part], words: str
) -> None:
    refused = send(http, make(attachments=[attachment] if attachment else None), *parts)
    assert refused.status_code == 400
    assert words in refused.json()
    assert http("GET").json()["statements"] == []


def test_the_statements_are_the_first_part(http: Http, make: Make) -> None:
    assert send(http, make(), first="text/plain").status_code == 400
    assert send(http, make(attachments=[described(DATA)]), part(DATA), first="text/json").status_code == 400


@pytest.mark.parametrize("algorithm", ["sha224", "sha384", "sha512"])
def test_other_lengths_of_sha2(http: Http, make: Make, algorithm: str) -> None:
    sha2 = hashlib.new(algorithm, DATA).hexdigest()
    said = make(attachments=[described(DATA, sha2=sha2.upper())])
    assert send(http, said, part(DATA, **{"X-Experience-API-Hash": sha2})).status_code == 200


def jws(payload: bytes, algorithm: object = "RS256") -> bytes:
    header = json.dumps({"alg": algorithm}).encode()
    return b".".join(base64.urlsafe_b64encode(piece).rstrip(b"=") for piece in (header, payload, b"signature"))


def sign(http: Http, said: dict[str, Any], signature: bytes, **changes: Any) -> requests.Response:
    attachment = described(signature, usageType=SIGNATURE, contentType="application/octet-stream") | changes
    return send(http, said | {"attachments": [attachment]}, part(signature))


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512"])
def test_a_signature_of_the_statement(http: Http, make: Make, algorithm: str) -> None:
    said = make(id=ID)
    assert sign(http, said, jws(json.dumps(said).encode(), algorithm)).status_code == 200


@pytest.mark.parametrize(
    ("signature", "words"),
    [
        (b"x.y", "compact form"),
        (b"..", "compact form"),
        (b"*.e30.x", "base64url"),
        (jws(b"{"), "header and a statement"),
        (jws(b"[]"), "header and a statement"),
        (jws(b"{}", "HS256"), "RS256, RS384 or RS512"),
        (jws(b"{}", ["RS256"]), "RS256, RS384 or RS512"),
        (jws(b"{}"), "another statement"),
        (jws(b'{"attachments": 1}'), "another statement"),
        (jws(b'{"attachments": [1]}'), "another statement"),
    ],
)
def test_a_signature_that_is_none(http: Http, make: Make, signature: bytes, words: str) -> None:
    refused = sign(http, make(), signature)
    assert (refused.status_code, words in refused.json()) == (400, True)
    said = make()
    good = jws(json.dumps(said).encode())
    assert sign(http, said, good, contentType="text/plain").status_code == 400
    assert sign(http, said, good).status_code == 200
