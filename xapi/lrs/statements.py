"""The statements resource (xAPI 1.0.3, part 3, 2.1), without HTTP: calls in, replies out."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import msgspec

from xapi import vocabulary
from xapi.canonical import decode_object, fingerprint
from xapi.errors import DataError, StatementError
from xapi.index import derive
from xapi.instants import format_us
from xapi.keys import identity, key
from xapi.lrs.attachments import check_attachments, take_apart
from xapi.lrs.contexts import with_lists
from xapi.lrs.exchange import REFUSALS, Call, RefusedError, Reply, json_reply, refusal
from xapi.lrs.query import PARAMETERS, Single, parse_query
from xapi.lrs.results import Results
from xapi.lrs.validate import validate
from xapi.names import parse_uuid
from xapi.store import Incoming

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from xapi.store import Store

_READ = ("statements/read", "all/read")
_WRITTEN_AS = {"1.0.3": "1.0.0", "2.0.0": "2.0.0"}
"""The `version` of a statement that says none, by edition: 1.0.0 for all of 1.0.x (part 1, 2.4.10)."""

_decode_exactly = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal).decode
_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_items = msgspec.json.Decoder(list[msgspec.Raw]).decode


class StatementsResource:
    """The resource over a store; `path` is where it is served, for the `more` addresses."""

    methods = ("GET", "PUT", "POST")

    def __init__(self, store: Store, path: str) -> None:
        self._store = store
        self._results = Results(store, path)

    def answer(self, call: Call) -> Reply:
        """Answer one call; every answer says until when this LRS is complete: a reader is told before it looks."""
        through_us = self._store.consistent_through_us() if call.method == "GET" else None
        answers = {"GET": self._get, "PUT": self._put, "POST": self._post}
        try:
            reply = answers[call.method](call)
        except REFUSALS as exc:
            reply = refusal(exc)
        through = format_us(through_us if through_us is not None else self._store.consistent_through_us())
        return replace(reply, headers={**reply.headers, "X-Experience-API-Consistent-Through": through})

    def _post(self, call: Call) -> Reply:
        """Keep one statement or a list, whole or not at all; answer their ids in order.

        An empty list is a list: logstore_xapi sends one at each run that has nothing to say.
        """
        _may_send(call)
        call.check_parameters(())
        received = take_apart(call.content_type, call.body)
        ids = self._keep(call, _split(received.statements), received.data)
        return json_reply(200, ids)

    def _put(self, call: Call) -> Reply:
        """Keep one statement under the id that `statementId` names."""
        _may_send(call)
        call.check_parameters(("statementId",), required=("statementId",))
        try:
            named = parse_uuid(call.parameters["statementId"])
        except ValueError:
            raise DataError("statementId is not a UUID") from None
        received = take_apart(call.content_type, call.body)
        if self._keep(call, [received.statements], received.data, named) != [named]:
            raise DataError("the id in the statement is not the one in statementId")
        return Reply(204)

    def _keep(self, call: Call, raws: list[bytes], data: Mapping[str, bytes], named: UUID | None = None) -> list[UUID]:
        checked = [validate(decode_object(raw), call.version) for raw in raws]
        check_attachments(checked, data)
        batch = [_incoming(raw, said, call, named) for raw, said in zip(raws, checked, strict=True)]
        ids = [item.statement_id for item in batch]
        if len(set(ids)) < len(ids):
            raise DataError("the same id twice in one batch")
        if named in (None, *ids):
            self._store.add(batch, data)
        return ids

    def _get(self, call: Call) -> Reply:
        """Answer one statement, or a page of them; to a client who may read their own only, those."""
        call.check_parameters(PARAMETERS)
        mine: tuple[bytes, ...] = ()
        if not call.client.may(*_READ):
            if not call.client.may("statements/read/mine"):
                raise RefusedError(403, "this client may not read statements")
            mine = (key("sender", *(identity(call.client.authority) or ())),)
        question = parse_query(call.parameters)
        language = call.headers.get("accept-language", "")
        if isinstance(question, Single):
            return self._results.single(question, mine, language)
        return self._results.page(question, mine, language)


def _may_send(call: Call) -> None:
    if not call.client.may("statements/write"):
        raise RefusedError(403, "this client may not send statements")


def _split(body: bytes) -> list[bytes]:
    if not body.lstrip().startswith(b"["):
        return [body]
    try:
        return [bytes(raw) for raw in _items(body)]
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
        raise StatementError("json", f"not readable as JSON ({exc})") from None


def _incoming(raw: bytes, checked: dict[str, Any], call: Call, named: UUID | None) -> Incoming:
    """Add what an LRS adds to a checked statement; `stored` and a missing `timestamp` are the store's."""
    statement_id = parse_uuid(checked["id"]) if "id" in checked else named or uuid4()
    authority = call.client.authority
    content: dict[str, Any] = {"version": _WRITTEN_AS[call.version], **_members(raw)}
    content |= {"id": str(statement_id), "authority": authority}
    listed = with_lists(checked)
    if listed is not checked:  # the one thing that an LRS writes otherwise than it was sent (part 2, 2.4.6.2)
        exactly = with_lists(_decode_exactly(raw))
        content |= {name: exactly[name] for name in ("object", "context") if name in exactly}
    derived = derive(listed | {"authority": authority})
    voids = derived.refers if checked["verb"]["id"] == vocabulary.VOIDED else None
    return Incoming(statement_id, fingerprint(listed), content, voids, derived)
