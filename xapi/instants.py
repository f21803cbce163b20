"""Instants: xAPI timestamps as integers, microseconds since 1970 UTC. Pure, exact, the same everywhere."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import msgspec

_TIMESTAMP = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?:([Zz])|([+-])(\d\d)(?::?(\d\d))?)?",
    re.ASCII,
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS = 20
_USUAL = {_SECONDS, 24, 27}
"""Lengths of `YYYY-MM-DDTHH:MM:SSZ`, alone, with milliseconds, with microseconds: what emitters and LRS write."""


def parse_timestamp(text: str) -> int:
    """Read an ISO 8601 / RFC 3339 date and time with its offset.

    Finer than a microsecond is cut off, towards the past. Raises ValueError, with a reason in English, for
    anything else: a time without an offset says nothing sure about when it was.
    """
    if (usual := _usual(text)) is not None:
        return usual
    found = _TIMESTAMP.fullmatch(text)
    if found is None:
        msg = "not an ISO 8601 date and time"
        raise ValueError(msg)
    *fields, fraction, zulu, sign, hours, minutes = found.groups()
    if zulu is None and sign is None:
        msg = "no UTC offset"
        raise ValueError(msg)
    year, month, day, hour, minute, second = (int(field or 0) for field in fields)
    local = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    offset = int(hours or 0) * 60 + int(minutes or 0)
    if int(minutes or 0) > 59 or offset > 24 * 60:
        msg = "impossible UTC offset"
        raise ValueError(msg)
    micros = int((fraction or "").ljust(6, "0")[:6])
    return to_us(local) + micros - (offset if sign == "+" else -offset) * 60_000_000


def canonical(text: str) -> str:
    """Return the one form of an instant, `format_us(parse_timestamp(text))`; raises ValueError as that does."""
    instant_us = _usual(text)
    if instant_us is None:
        return format_us(parse_timestamp(text))
    if len(text) == _SECONDS:
        return f"{text[:-1]}.000000Z"
    return f"{text[:19]}.{text[20:-1]:0<6}Z"


@lru_cache(maxsize=4096)  # what a statement says of time is asked for its order, its hash and itself
def _usual(text: str) -> int | None:
    """Read the usual forms, several times as fast; None for any other one, right or wrong."""
    if len(text) not in _USUAL or text[-1] != "Z" or text[10] != "T":
        return None
    try:
        since = msgspec.convert(text, datetime) - _EPOCH
    except msgspec.ValidationError:
        return None
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def to_us(instant: datetime) -> int:
    """Microseconds since 1970 UTC of an aware datetime, exactly."""
    return (instant - _EPOCH) // timedelta(microseconds=1)


def format_us(instant_us: int) -> str:
    """ISO 8601 in UTC with six decimals: texts sort as instants do."""
    return (_EPOCH + timedelta(microseconds=instant_us)).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")
