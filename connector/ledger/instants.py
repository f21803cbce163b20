"""Local days and instants of the ledger, which are microseconds since 1970 UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from scenarios.calendar import SchoolYear, school_year_of
from xapi.instants import to_us

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
    return to_us(datetime.now(UTC))
