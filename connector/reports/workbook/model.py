"""A workbook, before it is XLSX or ODS: pages of titles, a header and typed cells. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.reports.table import Table, Value, write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.reports.table import Kind

_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_LONGEST_NAME = 31
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Choices:
    """What the last column takes, where a page is to be filled in, and what is told of it."""

    among: tuple[str, ...]
    help: str


@dataclass(frozen=True)
class Page:
    """One sheet. Minutes are written as durations and percentages as figures that can be added up; the rest is text.

    With `choices`, the cells of the last column are left to be filled in; the first `frozen` columns stay in view.
    """

    name: str
    titles: tuple[str, ...]
    header: tuple[str, ...]
    widths: tuple[int, ...]
    kinds: tuple[Kind, ...]
    rows: Sequence[Sequence[Value]]
    choices: Choices | None = None
    frozen: int = 0


def page_of(table: Table, titles: tuple[str, ...], taken: set[str]) -> Page:
    """Return the sheet of a table; its name is none of `taken`."""
    return Page(
        name=sheet_name(table.title, taken),
        titles=titles,
        header=tuple(column.title for column in table.columns),
        widths=tuple(column.width for column in table.columns),
        kinds=tuple(column.kind for column in table.columns),
        rows=table.rows,
    )


def sheet_name(wanted: str, taken: set[str]) -> str:
    """Return a name that Excel takes: 31 characters, none of those that it refuses, in no other sheet's case."""
    base = _FORBIDDEN.sub("-", wanted)
    name, number = base[:_LONGEST_NAME], 1
    while name.casefold() in taken:
        number += 1
        suffix = f" {number}"
        name = base[: _LONGEST_NAME - len(suffix)] + suffix
    return name


def figure(value: Value, kind: Kind) -> float | None:
    """Return what a spreadsheet computes with (days for minutes, a share for a percentage); None for a text."""
    if not isinstance(value, int):
        return None
    if kind == "minutes":
        return value / 1440
    if kind == "percent":
        return value / 100_000
    if kind == "tenths":
        return value / 10
    return value if kind == "number" else None


def text(value: Value, kind: Kind) -> str:
    """Return a cell's text; what XML cannot hold (control characters, lone surrogates) is left out."""
    return _UNPRINTABLE.sub("", write(value, kind))
