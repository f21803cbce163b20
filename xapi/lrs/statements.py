"""The statements resource (xAPI 1.0.3, part 3, 2.1), without HTTP: questions and bytes in, replies out."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID, uuid4

import msgspec

from xapi import vocabulary
from xapi.canonical import decode_object, fingerprint
from xapi.errors import DataError, StatementError
from xapi.instants import format_us
from xapi.lrs.query import Listing, Single, parse_query
from xapi.lrs.validate import validate
from xapi.names import parse_uuid
from xapi.store import Incoming, Row

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xapi.store import Store

VERSION = "1.0.3"
_PAGE_BYTES = 16 * 2**20

_decode_exactly = msgspec.json.Decoder(float_hook=Decimal).decode
_decode_batch = msgspec.json.Decoder(list[msgspec.Raw]).decode


class Reply(NamedTuple):
    """What to answer: the status, the JSON if any, and headers of the specification."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = {}


class StatementsResource:
    """The resource over a store; `path` is where it is served, for the `more` addresses."""

    def __init__(self, store: Store, path: str) -> None:
        self._store = store
        self._path = path

    def post(self, body: bytes, client: str) -> Reply:
        """Keep one statement or a list, whole or not at all; answer their ids in order.

        An empty list is a list: logstore_xapi sends one at each run that has nothing to say.
        """
        batch = [_incoming(raw, client) for raw in _split(body)]
        ids = [item.statement_id for item in batch]
        if len(set(ids)) < len(ids):
            raise DataError("the same id twice in one batch")
        self._store.add(batch)
        return Reply(200, msgspec.json.encode(ids))

    def put(self, parameters: Mapping[str, str], body: bytes, client: str) -> Reply:
        """Keep one statement under the id that `statementId` names."""
        if set(parameters) != {"statementId"}:
            raise DataError("PUT takes exactly the parameter statementId")
        try:
            named = parse_uuid(parameters["statementId"])
        except ValueError:
            raise DataError("statementId is not a UUID") from None
        item = _incoming(body, client, named)
        if item.statement_id != named:
            raise DataError("the id in the statement is not the one in statementId")
        self._store.add([item])
        return Reply(204)

    def get(self, parameters: Mapping[str, str]) -> Reply:
        """Answer one statement, or a page of them."""
        question = parse_query(parameters)
        through = {"X-Experience-API-Consistent-Through": format_us(self._store.consistent_through_us())}
        if isinstance(question, Single):
            row = self._store.get(question.statement_id, voided=question.voided)
            if row is None:
                return Reply(404, b'"no such statement"', through)
            return Reply(200, row.body, through)
        return Reply(200, self._page(question), through)

    def _page(self, question: Listing) -> bytes:
        found = self._store.page(
            after_us=question.after_us,
            until_us=question.until_us,
            ascending=question.ascending,
            limit=question.limit + 1,
        )
        rows = _fitting(found[: question.limit])
        more = ""
        if len(rows) < len(found):
            more = f"{self._path}?more={question.following(rows[-1].stored_us).to_token()}"
        statements = b",".join(row.body for row in rows)
        return b'{"statements":[' + statements + b'],"more":' + msgspec.json.encode(more) + b"}"


def _fitting(rows: Sequence[Row]) -> Sequence[Row]:
    """As many rows as one answer should hold in bytes, and one at least."""
    size = 0
    for rank, row in enumerate(rows):
        size += len(row.body)
        if size > _PAGE_BYTES and rank:
            return rows[:rank]
    return rows


def _split(body: bytes) -> list[bytes]:
    if not body.lstrip().startswith(b"["):
        return [body]
    try:
        return [bytes(raw) for raw in _decode_batch(body)]
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
        raise StatementError("json", f"not readable as JSON ({exc})") from None


def _incoming(raw: bytes, client: str, named: UUID | None = None) -> Incoming:
    """Check one statement and add what an LRS adds; `stored` and a missing `timestamp` are the store's."""
    checked = validate(decode_object(raw))
    content: dict[str, Any] = _decode_exactly(raw)
    statement_id = parse_uuid(checked["id"]) if "id" in checked else named or uuid4()
    content["id"] = str(statement_id)
    content["authority"] = {
        "objectType": "Agent",
        "account": {"homePage": vocabulary.LRS_HOMEPAGE, "name": client},
    }
    content.setdefault("version", "1.0.0")
    voids = parse_uuid(checked["object"]["id"]) if checked["verb"]["id"] == vocabulary.VOIDED else None
    return Incoming(statement_id, fingerprint(checked), content, voids)
