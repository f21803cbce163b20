"""The canonical form of a statement and its hash: the same fact read again, anywhere, hashes equal.

Canonical form: the statement without what an LRS writes itself (`id`, `stored`, `authority`, `version`), its
`timestamp` in UTC with microseconds, as JSON with keys sorted, no blanks, UTF-8, and whole numbers written without
a fraction (1.0 is 1). Everything else, names and extensions included, is part of what was said.
"""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from xapi.errors import StatementError
from xapi.instants import canonical

_ADDED_BY_LRS = ("id", "stored", "authority", "version")
_EXACT = 2**53  # beyond it a float no longer says which whole number was meant


def _number(literal: str) -> float:
    value = float(literal)
    return int(value) if value.is_integer() and abs(value) < _EXACT else value


_decoder = msgspec.json.Decoder(float_hook=_number)
_encoder = msgspec.json.Encoder(order="sorted")


def decode_object(raw: bytes | dict[str, Any]) -> dict[str, Any]:
    """Decode one statement. Raises StatementError (`json`, `not_an_object`), never anything else."""
    if isinstance(raw, dict):
        return raw
    try:
        value = _decoder.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
        raise StatementError("json", f"not readable as JSON ({exc})") from None
    if not isinstance(value, dict):
        raise StatementError("not_an_object", "a statement is a JSON object")
    return value


def fingerprint(statement: dict[str, Any]) -> bytes:
    """SHA-256 (32 bytes) of the canonical form. Raises StatementError (`json`) when it has none."""
    said = statement.copy()
    for added in _ADDED_BY_LRS:
        said.pop(added, None)
    timestamp = said.get("timestamp")
    if isinstance(timestamp, str):
        said["timestamp"] = _in_utc(timestamp)
    try:
        return hashlib.sha256(_encoder.encode(said)).digest()
    except (TypeError, ValueError, OverflowError, RecursionError) as exc:
        raise StatementError("json", f"not writable as JSON ({exc})") from None


def _in_utc(timestamp: str) -> str:
    """Return what is no timestamp as it was said: it is refused where one is needed."""
    try:
        return canonical(timestamp)
    except (ValueError, OverflowError):
        return timestamp
