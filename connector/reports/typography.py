"""What reports write beyond hours and percentages (those are `connector.obligation.wording`'s)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from connector.obligation.wording import NBSP

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


def local_day(instant_us: int, zone: ZoneInfo) -> date:
    """Return the local calendar day of an instant in microseconds since 1970 UTC."""
    return datetime.fromtimestamp(instant_us / 1_000_000, UTC).astimezone(zone).date()


def count(number: int, singular: str, plural: str) -> str:
    """Return a number with its noun agreed (`0` and `1` take the singular in French)."""
    return f"{number}{NBSP}{singular if abs(number) < 2 else plural}"
