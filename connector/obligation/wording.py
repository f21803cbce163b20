"""How the obligation writes minutes, percentages and days, in the language being spoken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.language import N_, Language, _, language
from scenarios.durations import format_hours as hours

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

__all__ = ["NBSP", "day", "decimal", "hours", "month", "percentage", "tenths"]

NBSP = "\u00a0"
_POINT_AND_PERCENT: Mapping[Language, tuple[str, str]] = {"fr": (",", f"{NBSP}%"), "en": (".", "%")}
_MONTHS = (
    N_("janvier"), N_("février"), N_("mars"), N_("avril"), N_("mai"), N_("juin"), N_("juillet"), N_("août"),
    N_("septembre"), N_("octobre"), N_("novembre"), N_("décembre"),
)  # fmt: skip


def percentage(thousandths: int) -> str:
    """Return thousandths of a percent as text (`62500` gives `62,5 %`, in English `62.5%`)."""
    point, percent = _POINT_AND_PERCENT[language()]
    whole, rest = divmod(thousandths, 1000)
    decimals = f"{point}{rest:03d}".rstrip("0") if rest else ""
    return f"{whole}{decimals}{percent}"


def decimal(value: float) -> str:
    """Return a number with two decimals."""
    return f"{value:.2f}".replace(".", _POINT_AND_PERCENT[language()][0])


def tenths(value: int) -> str:
    """Return tenths as a number with one decimal (`125` gives `12,5`, in English `12.5`)."""
    whole, rest = divmod(value, 10)
    return f"{whole}{_POINT_AND_PERCENT[language()][0]}{rest}"


def month(value: date) -> str:
    """Return the name of a date's month."""
    return _(_MONTHS[value.month - 1])


def day(value: date) -> str:
    """Return a date as JJ/MM/AAAA, in English as `3 March 2027`."""
    if language() == "fr":
        return value.strftime("%d/%m/%Y")
    return f"{value.day} {month(value)} {value.year}"
