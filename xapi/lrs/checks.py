"""Small checks that combine into the description of a JSON document; each refuses with the path and the reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from typing import Any

from xapi.errors import StatementError
from xapi.instants import parse_timestamp
from xapi.names import parse_uuid

Check = Callable[[object, str], None]
"""Takes a value and its path; raises StatementError (`invalid`) or returns."""

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_MBOX = re.compile(r"mailto:[^\s@]+@[^\s@]+")
_SHA1 = re.compile(r"[0-9a-fA-F]{40}")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_UNKNOWN_OFFSET = re.compile(r"T.*-00(:?00)?\Z", re.IGNORECASE)
_DURATION = re.compile(
    r"P(?=.)(?:\d+(?:\.\d+)?W|(?:\d+(?:\.\d+)?Y)?(?:\d+(?:\.\d+)?M)?(?:\d+(?:\.\d+)?D)?"
    r"(?:T(?=.)(?:\d+(?:\.\d+)?H)?(?:\d+(?:\.\d+)?M)?(?:\d+(?:\.\d+)?S)?)?)"
)


def refuse(path: str, reason: str) -> StatementError:
    """Return the error that says where and why."""
    return StatementError("invalid", f"{path or 'statement'}: {reason}")


def is_object(value: object, path: str) -> dict[str, Any]:
    """Return the JSON object that `value` must be."""
    if not isinstance(value, dict):
        raise refuse(path, "must be an object")
    return value


def fields(known: Mapping[str, Check], required: Collection[str] = ()) -> Check:
    """An object with these fields and no other; those `required` must be there."""

    def check(value: object, path: str) -> None:
        data = is_object(value, path)
        for name in required:
            if name not in data:
                raise refuse(_join(path, name), "is missing")
        for name, member in data.items():
            if name not in known:
                raise refuse(_join(path, name), "is not a property known to xAPI 1.0.3")
            known[name](member, _join(path, name))

    return check


def list_of(check_item: Check) -> Check:
    """A list of which every item passes."""

    def check(value: object, path: str) -> None:
        if not isinstance(value, list):
            raise refuse(path, "must be a list")
        for rank, item in enumerate(value):
            check_item(item, f"{path}[{rank}]")

    return check


def one_of(*allowed: str) -> Check:
    """One of these texts."""

    def check(value: object, path: str) -> None:
        if value not in allowed:
            raise refuse(path, f"must be {' or '.join(allowed)}")

    return check


def _matching(pattern: re.Pattern[str], what: str) -> Check:
    def check(value: object, path: str) -> None:
        if not isinstance(value, str) or pattern.fullmatch(value) is None:
            raise refuse(path, f"must be {what}")

    return check


iri = _matching(_IRI, "an IRI")
mbox = _matching(_MBOX, "a mailto: IRI")
sha1 = _matching(_SHA1, "40 hexadecimal digits")
language = _matching(_LANGUAGE, "a language tag (RFC 5646)")
duration = _matching(_DURATION, "an ISO 8601 duration")
version_1 = _matching(re.compile(r"1\.0(\.\d+)?"), "a version 1.0.x")
version_2 = _matching(re.compile(r"(1|2)\.0(\.\d+)?"), "a version 1.0.x or 2.0.x")
sha2 = _matching(
    re.compile(r"[0-9a-fA-F]{56}|[0-9a-fA-F]{64}|[0-9a-fA-F]{96}|[0-9a-fA-F]{128}"), "a SHA-2, in hexadecimal"
)
media_type = _matching(re.compile(r"[!-~]+/[!-~]+( ?[ -~]+)?"), "a media type (RFC 2046)")


def text(value: object, path: str) -> None:
    """Any text."""
    if not isinstance(value, str):
        raise refuse(path, "must be a text")


def boolean(value: object, path: str) -> None:
    """True or false, not their texts."""
    if not isinstance(value, bool):
        raise refuse(path, "must be true or false")


def number(value: object, path: str) -> None:
    """A JSON number."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise refuse(path, "must be a number")


def length(value: object, path: str) -> None:
    """A number of bytes."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise refuse(path, "must be a whole number, 0 or more")


def uuid(value: object, path: str) -> None:
    """A UUID in its standard form."""
    try:
        parse_uuid(value)
    except ValueError:
        raise refuse(path, "must be a UUID") from None


def timestamp(value: object, path: str) -> None:
    """An instant: date, time and offset. An offset of -00:00 says that the offset is not known (RFC 3339, 4.3)."""
    text(value, path)
    if _UNKNOWN_OFFSET.search(str(value)):
        raise refuse(path, "the UTC offset -00:00 says nothing")
    try:
        parse_timestamp(str(value))
    except ValueError as exc:
        raise refuse(path, str(exc)) from None


def language_map(value: object, path: str) -> None:
    """Texts by language tag."""
    for tag, words in is_object(value, path).items():
        language(tag, _join(path, tag))
        text(words, _join(path, tag))


def extensions(value: object, path: str) -> None:
    """Anything, by IRI."""
    for name in is_object(value, path):
        iri(name, _join(path, name))


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
