"""How the obligation writes minutes, percentages and days in French."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.durations import format_hours as hours

if TYPE_CHECKING:
    from datetime import date

__all__ = ["NBSP", "day", "hours", "percentage"]

NBSP = "\u00a0"


def percentage(thousandths: int) -> str:
    """Return thousandths of a percent as French text (`62500` gives `62,5 %`)."""
    whole, rest = divmod(thousandths, 1000)
    decimals = f",{rest:03d}".rstrip("0") if rest else ""
    return f"{whole}{decimals}{NBSP}%"


def day(value: date) -> str:
    """Return a date as JJ/MM/AAAA."""
    return value.strftime("%d/%m/%Y")
