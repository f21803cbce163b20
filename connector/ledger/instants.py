"""Local days and instants of the ledger, which are microseconds since 1970 UTC."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from scenarios.calendar import SchoolYear, school_year_of
from xapi.instants import to_us

if TYPE_CHECKING:
    from collections.abc import Iterator

PARIS = ZoneInfo("Europe/Paris")
"""Where a day is counted when no session or académie says otherwise (RULES.md, section 1)."""

NIGHT_US = 20 * 3600 * 1_000_000
"""What is done once a night is done again after this long, however often the program collects."""


def midnight_us(day: date, zone: ZoneInfo) -> int:
    """Return the instant at which `day` begins in `zone`."""
    return to_us(datetime.combine(day, time.min, tzinfo=zone))


def day_of(instant_us: int, zone: ZoneInfo = PARIS) -> date:
    """Return the local day of an instant."""
    return datetime.fromtimestamp(instant_us // 1_000_000, zone).date()


def year_of(instant_us: int) -> SchoolYear:
    """Return the school year in Paris at an instant."""
    return school_year_of(day_of(instant_us))


def today() -> date:
    """Return the day in Paris by this machine's clock."""
    return day_of(now_us())


def now_us() -> int:
    """Return this machine's clock: for journals and first readings, never for credit."""
    lived = _lived_us.get()
    return to_us(datetime.now(UTC)) if lived is None else lived


def now(zone: ZoneInfo) -> datetime:
    """Return the same as a local time."""
    return datetime.fromtimestamp(now_us() / 1_000_000, zone)


_lived_us: ContextVar[int | None] = ContextVar("lived", default=None)


@contextmanager
def living_at(instant_us: int) -> Iterator[None]:
    """Have everything done inside be done at an instant: the demonstration lives months in a moment."""
    before = _lived_us.set(instant_us)
    try:
        yield
    finally:
        _lived_us.reset(before)
