"""One table model that every rendering draws: the same figures everywhere."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from connector.language import N_, _, listed
from connector.obligation.wording import day, hours, percentage, tenths
from connector.reports.typography import moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Kind = Literal["text", "minutes", "percent", "number", "tenths", "day", "list"]
NUMERIC: frozenset[Kind] = frozenset({"minutes", "percent", "number", "tenths"})
Value = str | int | date | tuple[str, ...] | None

MASKED = N_("n.\N{NO-BREAK SPACE}c.")
"""« Non communiqué » : what stands for a figure that could point at somebody."""


def share(part: int, whole: int) -> int:
    """Return a part of a whole in thousandths of a percent, rounded half up to a percent; 0 of nothing.

    What is not whole is 99 % at most, what is not nothing 1 % at least: only all is 100 %, and only nothing 0 %.
    """
    percent = (200 * part + whole) // (2 * whole) if whole else 0
    return (min(99, max(1, percent)) if 0 < part < whole else percent) * 1000


@dataclass(frozen=True)
class Column:
    """`key` is the name in JSON, `title` what a reader sees, `kind` how the value is written, `width` in characters.

    A figure that is `None` is masked; a text or a day that is `None` is empty.
    """

    key: str
    title: str
    kind: Kind = "text"
    width: int = 12


@dataclass(frozen=True)
class Table:
    """Rows of raw values, one per column: minutes, tenths, thousandths of a percent are integers, lists are tuples."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]

    def written(self) -> list[list[str]]:
        """Return every cell as a reader sees it."""
        kinds = [column.kind for column in self.columns]
        return [[write(value, kind) for value, kind in zip(row, kinds, strict=True)] for row in self.rows]

    def objects(self) -> list[dict[str, Any]]:
        """Return one object a row for programs: minutes as they are, tenths as decimals, days as ISO 8601."""
        return [
            {column.key: _plain(value, column.kind) for column, value in zip(self.columns, row, strict=True)}
            for row in self.rows
        ]


def table_of(title: str, columns: tuple[Column, ...], things: Iterable[object]) -> Table:
    """Return a table whose cells are the attributes of `things` that the columns name."""
    keys = [column.key for column in columns]
    return Table(title, worded(columns), tuple(tuple(getattr(thing, key) for key in keys) for thing in things))


def worded(columns: Iterable[Column]) -> tuple[Column, ...]:
    """Return columns of ours with their titles in the language being spoken."""
    return tuple(replace(column, title=_(column.title)) for column in columns)


_FIGURES: Mapping[Kind, Callable[[int], str]] = {"minutes": hours, "percent": percentage, "tenths": tenths}


def write(value: Value, kind: Kind) -> str:
    """Return one value in the typography of the language being spoken."""
    if value is None:
        return "" if kind in ("text", "day") else _(MASKED)
    if isinstance(value, int):
        return _FIGURES.get(kind, str)(value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, tuple):
        return listed(value)
    return str(value)


def _plain(value: Value, kind: Kind) -> object:
    if kind == "percent" and isinstance(value, int):
        return value / 1000
    if kind == "tenths" and isinstance(value, int):
        return value / 10
    return value.isoformat() if isinstance(value, date) else value
