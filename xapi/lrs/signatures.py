"""Signed statements (xAPI 1.0.3, part 2, 2.6): the signature is a JWS of the very statement that it comes with. Pure.

What is checked is that the signature is well formed and is about this statement. Whose key it is, nobody tells an
LRS: whoever relies on it reads the certificate themselves.
"""

from __future__ import annotations

import base64
from typing import Any

import msgspec

from xapi.canonical import decode_object, fingerprint
from xapi.errors import DataError, StatementError

SIGNATURE = "http://adlnet.gov/expapi/attachments/signature"
"""The `usageType` of an attachment that is a signature."""

_ALGORITHMS = frozenset({"RS256", "RS384", "RS512"})


def check_signature(statement: dict[str, Any], attachment: dict[str, Any], jws: bytes) -> None:
    """Raise DataError unless `jws` is a compact JWS by RSA whose payload is this statement, before it was signed."""
    if attachment["contentType"] != "application/octet-stream":
        raise DataError("a signature is application/octet-stream")
    pieces = jws.split(b".")
    if len(pieces) != 3 or not all(pieces):
        raise DataError("a signature is a JWS in its compact form")
    header, payload, _ = (_decode(piece) for piece in pieces)
    try:
        algorithm = msgspec.json.decode(header, type=dict[str, Any]).get("alg")
        signed = decode_object(payload)
    except (msgspec.MsgspecError, StatementError, UnicodeDecodeError):
        raise DataError("a signature holds a header and a statement, as JSON") from None
    if not isinstance(algorithm, str) or algorithm not in _ALGORITHMS:
        raise DataError("a signature is made with RS256, RS384 or RS512")
    if _unsigned(signed) != _unsigned(statement):
        raise DataError("a signature is about another statement")


def _unsigned(statement: dict[str, Any]) -> bytes:
    others = statement.get("attachments")
    if isinstance(others, list):  # what is signed was checked by nobody: another shape makes it another statement
        others = [item for item in others if not (isinstance(item, dict) and item.get("usageType") == SIGNATURE)]
    bare = {name: value for name, value in statement.items() if name != "attachments"}
    return fingerprint(bare | ({"attachments": others} if others else {}))


def _decode(piece: bytes) -> bytes:
    try:
        return base64.b64decode(piece + b"=" * (-len(piece) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise DataError("a signature is written in base64url") from None
