"""A page of statements, cut into the bytes of each: one bad statement never costs its page. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec

from xapi.errors import DataError


class StatementPage(NamedTuple):
    """The statements of a StatementResult, each as received, and `more`: the address of the next page, or None."""

    items: tuple[bytes, ...]
    more: str | None


class _Result(msgspec.Struct):
    statements: list[msgspec.Raw]
    more: str | None = None


_decode = msgspec.json.Decoder(_Result).decode
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[\]{},:]|[^\s\[\]{},:"]+', re.DOTALL)


def decode_page(body: bytes) -> StatementPage:
    """Cut the body of a GET on the statements resource.

    Raises DataError when the page itself is no StatementResult (truncated, HTML…); what is wrong inside one
    statement, even its encoding, escapes or depth, is left for `decode_statement` to refuse.
    """
    try:
        result = _decode(body)
    except msgspec.ValidationError as exc:
        raise DataError(f"not a StatementResult: {exc}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _cut(body)
    return StatementPage(tuple(bytes(raw) for raw in result.statements), result.more or None)


def _cut(body: bytes) -> StatementPage:
    """The slow way, by brackets and quotes alone, for a page of which some statement is no good JSON."""
    fields = _children(body, b"{", b"}")
    keys = fields[::2]
    if fields and len(fields) % 2 == 0:
        members = dict(zip(keys, fields[1::2], strict=True))
        if b'"statements"' in members:
            try:
                more = msgspec.json.decode(members.get(b'"more"', b"null"), type=str | None)
            except msgspec.DecodeError as exc:
                raise DataError(f"not a StatementResult: more: {exc}") from None
            return StatementPage(tuple(_children(members[b'"statements"'], b"[", b"]")), more or None)
    raise _malformed()


def _children(text: bytes, opening: bytes, closing: bytes) -> list[bytes]:
    """The direct members of a JSON array, or the keys and values of an object, each as its bytes."""
    depth, start, found = 0, 0, []
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if depth == 0 and mark != opening:
            break
        if mark in (b"]", b"}"):
            depth -= 1
        if (depth == 1 and mark in (b",", b":")) or (depth == 0 and mark == closing):
            if member := text[start : token.start()].strip():
                found.append(member)
            start = token.end()
        if depth == 0 and mark == closing:
            if text[start:].strip():
                raise _malformed()
            return found
        if mark in (b"[", b"{"):
            depth += 1
            start = token.end() if depth == 1 else start
    raise _malformed()


def _malformed() -> DataError:
    return DataError("not a StatementResult: the JSON is truncated or malformed")
