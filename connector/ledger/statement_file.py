"""A file of statements, one a line, read as it comes: never more than one bounded line in memory.

A line is a statement, or `{"arrived": …, "statement": {…}}` as a capture keeps it; what the LRS refused in a capture
(`"stored": false`, or an `answer` of 400) is left out. Compressed by gzip or not.
"""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections import Counter
from functools import partial
from io import BufferedReader, RawIOBase
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID, uuid5

from connector.errors import DataError
from connector.language import _
from connector.ledger.reading import Passed, Received, Trace, Unreadable, passed, unreadable
from connector.system_words import why
from xapi.canonical import decode_object
from xapi.errors import StatementError
from xapi.instants import parse_timestamp
from xapi.statement import decode_statement
from xapi.vocabulary import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import FileIO
    from pathlib import Path

    from xapi.statement import Statement

MAX_LINE = 4 * 2**20
"""Bytes. The longest real statement seen has 7 000."""

_READ = 2**20
_GZIP = b"\x1f\x8b"


class Refused(NamedTuple):
    """A record that the LRS did not keep."""

    line: int


class Unordered(NamedTuple):
    """A statement that says no more than its rank about when it arrived."""

    received: Received


Record = Received | Passed | Unordered | Unreadable | Refused


class _Traced(RawIOBase):
    """A stream of which all that is read goes through a trace, by large blocks."""

    def __init__(self, stream: FileIO | gzip.GzipFile, trace: Trace) -> None:
        self._stream = stream
        self._trace = trace

    def readable(self) -> bool:
        return True

    def readinto(self, block: memoryview) -> int:  # type: ignore[override]  # this is what a BufferedReader gives
        number = self._stream.readinto(block)
        self._trace.add(block[:number])
        return number


def read_statements(path: Path, trace: Trace, *, read_us: int) -> Iterator[Record]:
    """Yield a record for each line that is not blank; `read_us` is the time of this reading.

    `trace` is given every byte of the file, once unpacked.

    Order of arrival: the statement's `stored`, else the record's `arrived` and the line's number, else the line's
    number alone, as if it had all arrived now. A statement without an id gets one made of what it says, of that time
    and of how many times the file has said so before: read again, it is known.

    Raises DataError when the file cannot be read at all.
    """
    occurrences: Counter[bytes] = Counter()
    try:
        with path.open("rb") as probe:
            compressed = probe.read(2) == _GZIP
        with gzip.open(path) if compressed else path.open("rb", buffering=0) as stream:
            name = path.name
            for line, raw in _lines(BufferedReader(_Traced(stream, trace), _READ)):
                yield passed(raw) or _record(raw, name, line, read_us, occurrences)
    except (OSError, EOFError, zlib.error) as exc:
        # gzip raises an OSError without a number for what is not gzip all the way.
        damaged = not (isinstance(exc, OSError) and exc.errno)
        reason = _("l'archive gzip est tronquée ou abîmée") if damaged else why(exc)
        raise DataError(
            _("{name} : le fichier ne se lit pas jusqu'au bout : {reason}.", name=path.name, reason=reason)
        ) from exc


def _lines(stream: BufferedReader) -> Iterator[tuple[int, bytes]]:
    """Yield the number and the bytes of each line that is not blank, a too long one cut at MAX_LINE + 1 bytes."""
    for number, raw in enumerate(iter(partial(stream.readline, MAX_LINE + 1), b""), 1):
        rest = raw
        while len(rest) > MAX_LINE and not rest.endswith(b"\n"):
            rest = stream.readline(MAX_LINE + 1)
        if not raw.isspace():
            yield number, raw


def _record(raw: bytes, name: str, line: int, read_us: int, occurrences: Counter[bytes]) -> Record:
    if len(raw) > MAX_LINE:
        return unreadable(raw, f"{name}:{line}", "trop_longue")
    try:
        said = decode_object(raw.removeprefix(b"\xef\xbb\xbf"))
        if "statement" not in said:
            return _received(decode_statement(said), None, line, read_us, occurrences)
        if said.get("stored") is False or said.get("answer") == 400:
            return Refused(line)
        inner = decode_statement(_inner(said))
        return _received(inner, _arrived(said), line, read_us, occurrences)
    except StatementError as exc:
        return unreadable(raw, f"{name}:{line}", exc.reason)


def _inner(wrapped: dict[str, Any]) -> dict[str, Any]:
    inner = wrapped["statement"]
    if not isinstance(inner, dict):
        raise StatementError("not_an_object", "a statement is a JSON object")
    return inner


def _arrived(wrapped: dict[str, Any]) -> int | None:
    written = wrapped.get("arrived")
    if written is None:
        return None
    try:
        return parse_timestamp(written)
    except (ValueError, TypeError, OverflowError):
        raise StatementError("arrived", "not a date and time") from None


def _received(
    statement: Statement, arrived_us: int | None, line: int, read_us: int, occurrences: Counter[bytes]
) -> Received | Unordered:
    order = statement.stored_us if statement.stored_us is not None else arrived_us
    known_by = statement.id or _made_id(statement, order, occurrences)
    if statement.stored_us is not None:
        return Received(known_by, statement, statement.stored_us)
    if arrived_us is not None:
        return Received(known_by, statement, arrived_us, line)
    return Unordered(Received(known_by, statement, read_us, line))


def _made_id(statement: Statement, order: int | None, occurrences: Counter[bytes]) -> UUID:
    said = hashlib.sha256(statement.sha256 + str(order).encode()).digest()
    occurrences[said] += 1
    return uuid5(NAMESPACE, f"{said.hex()}/{occurrences[said]}")
