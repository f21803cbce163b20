"""From the bytes of one statement to what `ingest` takes; shared by all that reads. Pure.

Most statements are no evidence: a glance tells, and no more of them is kept than a count, and their share of the hash
of all that was read (`Trace`).
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from connector.ledger.evidence import concerns, kind_of
from xapi.errors import StatementError
from xapi.instants import parse_timestamp
from xapi.names import has_control, uuid_hex
from xapi.statement import decode_statement, glance

if TYPE_CHECKING:
    from uuid import UUID

    from xapi.statement import Glance, Statement

_KEPT = 64 * 1024
"""Bytes: a longer statement is decoded, so that no page or file of them is held in memory."""


_LIKELY_EVIDENCE = b"course_module_completion_updated"
"""What names this event is most often evidence, for which a glance would be lost time; decoding says."""


class Trace:
    """What one reading has read, whole: what the journal keeps of it.

    `sha256` is that of all bytes in the order received, those that are no evidence included.
    """

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.octets = 0

    @property
    def sha256(self) -> str:
        """In hexadecimal, as `sha256sum` writes it."""
        return self._hash.hexdigest()

    def add(self, raw: bytes | memoryview) -> None:
        """Take in the next bytes."""
        self._hash.update(raw)
        self.octets += len(raw)


class Received(NamedTuple):
    """A statement, the id it is known by, and its place in the order of arrival (`stored_us`, then `rank`)."""

    id: UUID
    statement: Statement
    stored_us: int
    rank: int = 0


class Passed(msgspec.Struct, frozen=True, gc=False):
    """A statement that is no evidence, to be counted under `kind`; `hex` is its id, None where it gave none."""

    hex: str | None
    kind: str
    stored_us: int
    raw: bytes

    def fingerprint(self) -> bytes:
        """Return the hash of what it says, as `Statement.sha256`; of its bytes where they say nothing readable."""
        try:
            return decode_statement(self.raw).sha256
        except StatementError:
            return hashlib.sha256(self.raw).digest()


class Unreadable(NamedTuple):
    """What is no statement: the hash of its bytes, where it was, and a code of `queue.UNREADABLE`."""

    sha256: bytes
    place: str
    reason: str


def passed(raw: bytes) -> Passed | None:
    """Return a statement that a glance shows to be no evidence; None for one that has to be decoded.

    `stored_us` is its `stored`, else its `timestamp`: without either, or with a wrong one, decoding has to say so.
    """
    return None if _LIKELY_EVIDENCE in raw else passes(raw, glance(raw))


def passes(raw: bytes, seen: Glance | None) -> Passed | None:
    """As `passed`, of a statement that was glanced at already."""
    if seen is None or len(raw) > _KEPT:
        return None
    kind = _kind_passed(seen.verb.id, seen.event_name)
    if kind is None:
        return None
    try:
        stored_us = parse_timestamp(seen.stored or seen.timestamp or "")
        return Passed(None if seen.id is None else uuid_hex(seen.id), kind, stored_us, raw)
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=1024)
def _kind_passed(verb: str, event_name: str | None) -> str | None:
    """Return what to count under a statement that is no evidence; None for one to decode."""
    kind = kind_of(verb, event_name)
    return None if concerns(verb, event_name) or not kind or has_control(kind) else kind


def unreadable(raw: bytes, place: str, reason: str) -> Unreadable:
    """Return what cannot be read, known again by its bytes."""
    return Unreadable(hashlib.sha256(raw).digest(), place, reason)
