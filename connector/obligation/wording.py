"""How the obligation writes minutes, percentages and days in French."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

NBSP = "\u00a0"


def hours(minutes: int) -> str:
    """Return whole, non-negative minutes as H:MM (`810` gives `13:30`)."""
    return f"{minutes // 60}:{minutes % 60:02d}"


def percentage(thousandths: int) -> str:
    """Return thousandths of a percent as French text (`62500` gives `62,5 %`)."""
    whole, rest = divmod(thousandths, 1000)
    decimals = f",{rest:03d}".rstrip("0") if rest else ""
    return f"{whole}{decimals}{NBSP}%"


def day(value: date) -> str:
    """Return a date as JJ/MM/AAAA."""
    return value.strftime("%d/%m/%Y")
