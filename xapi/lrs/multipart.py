"""multipart/mixed, in and out (RFC 2046, xAPI 1.0.3, part 3, 1.5.2): a JSON part, then attachments. Pure.

The data of an attachment is any bytes: parts are cut at their delimiters and nothing in them is decoded.
"""

from __future__ import annotations

import itertools
import re
import secrets
from typing import TYPE_CHECKING, NamedTuple

from xapi.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_BOUNDARY = re.compile(r";\s*boundary=(?:\"([^\"]{1,70})\"|([^\s;\"]{1,70}))\s*(?:;|$)", re.IGNORECASE)
_BLANK_LINE = re.compile(rb"\r?\n\r?\n|\A\r?\n")


class Part(NamedTuple):
    """One part: its headers by lower-case name, and its bytes."""

    headers: Mapping[str, str]
    body: bytes


def is_multipart(content_type: str) -> bool:
    """Tell whether a body of this type is made of parts."""
    return content_type.partition(";")[0].strip().lower() == "multipart/mixed"


def split_parts(content_type: str, body: bytes) -> list[Part]:
    """Cut a body into its parts. Raises DataError where it is not made of them."""
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise DataError("multipart/mixed without a boundary")
    # A delimiter is a line of its own; only the end of the line before it belongs to it.
    delimiter = re.compile(
        rb"(?:\A|\r?\n)--" + re.escape((found[1] or found[2]).encode()) + rb"(--)?[ \t]*(?=\r?\n|\Z)"
    )
    marks = list(delimiter.finditer(body))
    closing = next((rank for rank, mark in enumerate(marks) if mark[1]), None)
    if not closing:
        raise DataError("the parts of multipart/mixed do not follow its boundary, or do not end")
    return [_part(body[left.end() : right.start()]) for left, right in itertools.pairwise(marks[: closing + 1])]


def _part(raw: bytes) -> Part:
    text = raw[2:] if raw.startswith(b"\r\n") else raw[1:]
    blank = _BLANK_LINE.search(text)
    if blank is None:
        raise DataError("a part has no blank line between its headers and its content")
    headers: dict[str, str] = {}
    for line in text[: blank.start()].splitlines():
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon or name.lower() in headers:
            raise DataError("a part has a header that cannot be read, or twice the same")
        headers[name.strip().lower()] = value.strip()
    return Part(headers, text[blank.end() :])


def join_parts(parts: Iterable[Part]) -> tuple[str, bytes]:
    """Return the content type and the body of these parts."""
    boundary = secrets.token_hex(24)  # cannot occur by chance in what it separates
    pieces: list[bytes] = []
    for part in parts:
        headers = "".join(f"{name}: {value}\r\n" for name, value in part.headers.items())
        pieces += [f"--{boundary}\r\n{headers}\r\n".encode("latin-1"), part.body, b"\r\n"]
    pieces.append(f"--{boundary}--\r\n".encode())
    return f"multipart/mixed; boundary={boundary}", b"".join(pieces)
