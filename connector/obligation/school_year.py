"""The school year, 1 September to 31 August (RULES.md section 1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from connector.errors import DataError

_FORM = re.compile(r"(\d{4})-(\d{4})")


@dataclass(frozen=True, order=True)
class SchoolYear:
    """The year that starts on 1 September of `start`; ordered by time, written `2026-2027`."""

    start: int

    @classmethod
    def parse(cls, text: str) -> SchoolYear:
        """Read `2026-2027`; anything else is a `DataError` that shows the right form."""
        found = _FORM.fullmatch(text)
        if not found or int(found[2]) != int(found[1]) + 1:
            raise DataError(f"« {text} » n'est pas une année scolaire.", remedy="Écrivez par exemple 2026-2027.")
        return cls(int(found[1]))

    @classmethod
    def of(cls, day: date) -> SchoolYear:
        """Return the school year that a local day belongs to."""
        return cls(day.year if day.month >= 9 else day.year - 1)

    @property
    def first(self) -> date:
        """1 September."""
        return date(self.start, 9, 1)

    @property
    def last(self) -> date:
        """31 August, included."""
        return date(self.start + 1, 8, 31)

    @property
    def days(self) -> int:
        """365, or 366 when the year holds a 29 February."""
        return days_between(self.first, self.last)

    def clip(self, first: date | None, last: date | None) -> tuple[date, date] | None:
        """Return the part of an interval (bounds included, `None` is open) inside the year, if there is one."""
        start, end = max(first or self.first, self.first), min(last or self.last, self.last)
        return (start, end) if start <= end else None

    def __str__(self) -> str:
        return f"{self.start}-{self.start + 1}"


def days_between(first: date, last: date) -> int:
    """Return the number of days from `first` to `last`, both included."""
    return (last - first + timedelta(days=1)).days
