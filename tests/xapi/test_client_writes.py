"""What the client sends, and statements found by their id."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
import responses

from tests.xapi.fake_lrs import STATEMENTS
from xapi.client import Found, LRSClient
from xapi.errors import (
    ConflictError,
    DataError,
    FatalError,
    XapiError,
)

KNOWN = UUID("6a1f4a52-7c5a-4c3e-9d64-0f4f5c6c9b10")


def page(*items: int, more: str | None = None) -> str:
    return json.dumps({"statements": [{"n": item} for item in items], "more": more})


def read(client: LRSClient, **question: Any) -> list[int]:
    return [json.loads(item)["n"] for answer in client.pages(**question) for item in answer.items]


def test_posts_in_batches_under_our_ids(client: LRSClient, server: responses.RequestsMock) -> None:
    statements = [{"id": f"6f1e2d3c-4b5a-4978-8695-{number:012d}"} for number in range(201)]
    server.post(STATEMENTS, status=503)
    server.post(STATEMENTS, json=[], match=[responses.matchers.json_params_matcher(statements[:200])])
    server.post(STATEMENTS, status=204, match=[responses.matchers.json_params_matcher(statements[200:])])
    assert [str(identifier) for identifier in client.post(statements)] == [said["id"] for said in statements]


def test_a_post_that_nobody_stored_is_not_taken_for_one(client: LRSClient, server: responses.RequestsMock) -> None:
    server.post(STATEMENTS, body="<html>Portail</html>", content_type="text/html")
    with pytest.raises(FatalError, match="nothing says"):
        client.post([{"id": "6f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9"}])


@pytest.mark.parametrize(("status", "error"), [(409, ConflictError), (400, DataError), (413, DataError)])
def test_a_refused_post(client: LRSClient, server: responses.RequestsMock, status: int, error: type[XapiError]) -> None:
    server.post(STATEMENTS, status=status)
    with pytest.raises(error, match=str(status)):
        client.post([{"id": "6f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9"}])


def test_never_posts_what_could_not_be_sent_again(client: LRSClient) -> None:
    with pytest.raises(DataError, match="without an id"):
        client.post([{"verb": {}}])


def by_id(name: str) -> Any:
    return responses.matchers.query_param_matcher({name: str(KNOWN)})


def test_finds_a_statement_by_its_id_in_force_or_voided(client: LRSClient, server: responses.RequestsMock) -> None:
    held = json.dumps({"id": str(KNOWN).upper()})
    server.get(STATEMENTS, body=held, match=[by_id("statementId")])
    assert client.find(KNOWN) == Found(held.encode(), voided=False)
    server.get(STATEMENTS, status=404, match=[by_id("statementId")])
    server.get(STATEMENTS, body=held, match=[by_id("voidedStatementId")])
    assert client.find(KNOWN) == Found(held.encode(), voided=True)


def test_says_when_no_statement_has_that_id(client: LRSClient, server: responses.RequestsMock) -> None:
    server.get(STATEMENTS, status=404)
    server.get(STATEMENTS, status=404)
    assert client.find(KNOWN) is None


@pytest.mark.parametrize("name", ["statementId", "voidedStatementId"])
def test_finds_it_in_a_list_where_the_lrs_gives_one(
    client: LRSClient, server: responses.RequestsMock, name: str
) -> None:
    held = json.dumps({"id": str(KNOWN)})
    if name == "voidedStatementId":
        server.get(STATEMENTS, status=404, match=[by_id("statementId")])
    server.get(STATEMENTS, body=f'{{"statements": [{held}]}}', match=[by_id(name)])
    assert client.find(KNOWN) == Found(held.encode(), voided=name == "voidedStatementId")


def test_an_empty_list_is_no_statement(client: LRSClient, server: responses.RequestsMock) -> None:
    server.get(STATEMENTS, body=page())
    assert client.find(KNOWN) is None


@pytest.mark.parametrize("body", [page(1), json.dumps({"id": "autre"}), "<html>", "[]"])
def test_an_answer_that_is_not_the_statement_asked_for_is_no_answer(
    client: LRSClient, server: responses.RequestsMock, body: str
) -> None:
    server.get(STATEMENTS, body=body)
    with pytest.raises(FatalError, match="something else"):
        client.find(KNOWN)
