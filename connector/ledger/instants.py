"""Local days as instants of the ledger: microseconds since 1970 UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from xapi.instants import to_us

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

NIGHT_US = 20 * 3600 * 1_000_000
"""What is done once a night is done again after this long, however often the program collects."""


def midnight_us(day: date, zone: ZoneInfo) -> int:
    """Return the instant at which `day` begins in `zone`."""
    return to_us(datetime.combine(day, time.min, tzinfo=zone))


def now_us() -> int:
    """Return this machine's clock: for journals and first readings, never for credit."""
    return to_us(datetime.now(UTC))
