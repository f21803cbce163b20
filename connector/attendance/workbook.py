"""Reading a workbook in a process of its own, with bounds on its memory and its time.

calamine lays a sheet out as a rectangle: one cell that says to be in XFD1048576 makes it ask for hundreds of gigabytes,
and its process ends there, which no `except` prevents. So that process is not ours.
"""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Sheets = list[tuple[str, list[tuple[int, list[str]]]]]
"""The title of each sheet, and its rows that are not blank, with their numbers."""

MEMORY, SECONDS, ROWS = 1 << 30, 20, 50_000
"""Bytes of address space, Python's own included: a few million cells; seconds of processor; rows that are not blank."""

_CHILD = "import json, sys; sys.path = json.loads(sys.argv[1]); from connector.attendance.workbook import tell; tell()"


class UnreadableError(Exception):
    """What was given is no workbook, or does not fit in the bounds."""


def read_sheets(data: bytes) -> Sheets:
    """Return the sheets of a workbook, cells as they were typed. Raises UnreadableError."""
    command = [sys.executable, "-I", "-c", _CHILD, json.dumps(sys.path)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=3 * SECONDS, check=True)  # noqa: S603
    except subprocess.SubprocessError as exc:
        raise UnreadableError from exc
    return [(title, [(line, cells) for line, cells in rows]) for title, rows in json.loads(done.stdout)]


def tell() -> None:
    """In the child: read the workbook that comes and tell its sheets as JSON; or end, in whatever way."""
    import io  # noqa: PLC0415 - here and below: only the child needs them

    import python_calamine  # noqa: PLC0415

    _keep_within()
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    sheets: Sheets = []
    left = ROWS
    for title in book.sheet_names:
        rows = list(islice(_filled(book.get_sheet_by_name(title).iter_rows()), left + 1))
        left -= len(rows)
        if left < 0:  # a row may say that it is there a million times
            sys.exit(1)
        sheets.append((title, rows))
    json.dump(sheets, sys.stdout)


def _filled(rows: Iterable[Iterable[object]]) -> Iterator[tuple[int, list[str]]]:
    for line, row in enumerate(rows, 1):
        cells = [_cell(value) for value in row]
        if any(map(str.strip, cells)):
            yield line, cells


def _keep_within() -> None:
    try:
        import resource  # noqa: PLC0415
    except ModuleNotFoundError:  # on Windows: what asks for too much still ends this process and no other
        return
    for kind, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(kind, (most, most))


def _cell(value: object) -> str:
    """Return a cell as it was typed: a code made of digits comes back as a number."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
