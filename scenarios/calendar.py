"""School years, relative dates and the time zone of an académie."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scenarios.language import _
from scenarios.vocabularies import ACADEMIES

_YEAR = re.compile(r"(20[0-9]{2})-(20[0-9]{2})", re.ASCII)
_RELATIVE = re.compile(r"J\+([0-9]{1,3})", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class SchoolYear:
    """1 September of `first` to 31 August of the next year, both included."""

    first: int

    @property
    def start(self) -> date:
        """1 September."""
        return date(self.first, 9, 1)

    @property
    def end(self) -> date:
        """31 August, included."""
        return date(self.first + 1, 8, 31)

    @property
    def days(self) -> int:
        """365, or 366 when the February inside has 29 days."""
        return (self.end - self.start).days + 1

    def __str__(self) -> str:
        return f"{self.first}-{self.first + 1}"

    @classmethod
    def parse(cls, text: str) -> SchoolYear:
        """Read `2026-2027`; raise ValueError (French) for another form or years that do not follow each other."""
        found = _YEAR.fullmatch(text)
        if not found or int(found[2]) != int(found[1]) + 1:
            msg = _(
                "année scolaire « {text} » incomprise : écrivez deux années qui se suivent, par exemple « 2026-2027 »",
                text=text,
            )
            raise ValueError(msg)
        return cls(int(found[1]))


def school_year_of(day: date) -> SchoolYear:
    """Return the school year that holds a local date."""
    return SchoolYear(day.year if day.month >= 9 else day.year - 1)


@dataclass(frozen=True, slots=True)
class RelativeDay:
    """`J+21`: a number of days after the first day of the session."""

    days: int

    @classmethod
    def parse(cls, text: str) -> RelativeDay | None:
        """Read `J+21`; None for anything else."""
        found = _RELATIVE.fullmatch(text)
        return cls(int(found[1])) if found else None

    def after(self, start: date) -> date:
        """Return the day that this is in a session that starts on `start`."""
        return start + timedelta(days=self.days)

    def __str__(self) -> str:
        return f"J+{self.days}"


def day_of(said: date | RelativeDay, start: date) -> date:
    """Return the day that a session which starts on `start` means."""
    return said.after(start) if isinstance(said, RelativeDay) else said


def start_of_day(day: date, timezone: ZoneInfo) -> datetime:
    """Return 0:00 local: from when something is open on that day."""
    return datetime.combine(day, time(), timezone)


def end_of_day(day: date, timezone: ZoneInfo) -> datetime:
    """Return 23:59 local: until when something due on that day may be handed in."""
    return datetime.combine(day, time(23, 59), timezone)


def timezone_of(academie: str) -> ZoneInfo:
    """Return the time zone of an académie of the vocabulary; KeyError for another name."""
    return ZoneInfo(str(ACADEMIES[academie].facts["fuseau"]))
