"""What reports write beyond hours and percentages (those are `connector.obligation.wording`'s)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.obligation.wording import NBSP, day

if TYPE_CHECKING:
    from datetime import date, datetime


_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip


def long_day(value: date) -> str:
    """Return `mercredi 7 octobre 2026`, the number and its month kept together; the first of a month is `1er`."""
    number = "1er" if value.day == 1 else str(value.day)
    return f"{_DAYS[value.weekday()]} {number}{NBSP}{_MONTHS[value.month - 1]} {value.year}"


def clock(value: datetime) -> str:
    """Return `13 h 30`, or `15 h` on the hour, unbreakable."""
    minutes = f"{NBSP}{value.minute:02d}" if value.minute else ""
    return f"{value.hour}{NBSP}h{minutes}"


def count(number: int, singular: str, plural: str) -> str:
    """Return a number with its noun agreed (`0` and `1` take the singular in French)."""
    return f"{number}{NBSP}{singular if abs(number) < 2 else plural}"


def moment(value: datetime) -> str:
    """Return `22/11/2026 à 8 h 30`."""
    return f"{day(value)} à{NBSP}{clock(value)}"


def session_dates(debut: date, fin: date | None) -> str:
    """Return `du 05/10/2026 au 18/12/2026`, or since when where there is no end."""
    return f"du {day(debut)} au {day(fin)}" if fin else f"à partir du {day(debut)}"
