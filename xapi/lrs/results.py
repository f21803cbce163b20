"""What a GET on the statements resource gives back: one statement or a page, in the form asked for."""

from __future__ import annotations

from decimal import Decimal
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

import msgspec

from xapi.keys import activities
from xapi.lrs import attachments, formats
from xapi.lrs.exchange import Reply, json_reply

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xapi.lrs.query import Listing, Single
    from xapi.store import Row, Store

PAGE_BYTES = 16 * 2**20
"""What one page holds at most, attachments included; one statement at least."""

_decode = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal).decode
_encode = msgspec.json.Encoder(decimal_format="number").encode


class Results:
    """Reads a store; `path` is where the statements are served, for the `more` addresses."""

    def __init__(self, store: Store, path: str) -> None:
        self._store = store
        self._path = path

    def single(self, asked: Single, keys: tuple[bytes, ...], language: str) -> Reply:
        """Return one statement that answers `keys`, or 404."""
        row = self._store.get(asked.statement_id, voided=asked.voided, keys=keys)
        if row is None:
            return json_reply(404, "no such statement")
        (body,) = self._shown(asked.format, [row.body], language)
        return self._reply(body, [row], {"Last-Modified": formatdate(row.stored_us // 1_000_000, usegmt=True)}, asked)

    def page(self, asked: Listing, keys: tuple[bytes, ...], language: str) -> Reply:
        """Return a page of statements that answer `keys` and their own."""
        found = self._store.page(
            after_us=asked.after_us,
            until_us=asked.until_us,
            ascending=asked.ascending,
            limit=asked.limit + 1,
            keys=(*asked.keys, *keys),
        )
        rows = self._fitting(found[: asked.limit], attached=asked.attachments)
        more = ""
        if len(rows) < len(found):
            more = f"{self._path}?more={asked.following(rows[-1].stored_us).to_token()}"
        statements = b",".join(self._shown(asked.format, [row.body for row in rows], language))
        result = b'{"statements":[' + statements + b'],"more":' + msgspec.json.encode(more) + b"}"
        return self._reply(result, rows, {}, asked)

    def _reply(self, result: bytes, rows: Sequence[Row], headers: Mapping[str, str], asked: Single | Listing) -> Reply:
        if not asked.attachments:
            return Reply(200, result, headers)
        statements = [_decode(row.body) for row in rows]
        kind, body = attachments.with_attachments(self._store.database, result, statements)
        return Reply(200, body, headers, kind)

    def _shown(self, form: str, bodies: list[bytes], language: str) -> list[bytes]:
        if form == "exact":
            return bodies
        statements = [_decode(body) for body in bodies]
        if form == "ids":
            return [_encode(formats.only_ids(statement)) for statement in statements]
        known = self._store.definitions({found["id"] for statement in statements for found in activities(statement)})
        return [_encode(formats.canonical(statement, known, language)) for statement in statements]

    def _fitting(self, rows: Sequence[Row], *, attached: bool) -> Sequence[Row]:
        """As many rows as one answer should hold in bytes, and one at least."""
        held: dict[str, int] = {}
        named: list[list[str]] = [[] for _ in rows]
        if attached:
            named = [[one["sha2"].lower() for one in attachments.listed(_decode(row.body))] for row in rows]
            held = attachments.read_sizes(self._store.database, {sha2 for some in named for sha2 in some})
        size = 0
        for rank, (row, hashes) in enumerate(zip(rows, named, strict=True)):
            size += len(row.body) + sum(held.pop(sha2, 0) for sha2 in hashes)
            if size > PAGE_BYTES and rank:
                return rows[:rank]
        return rows
