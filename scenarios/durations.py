"""Durations in whole minutes, as authors write them and as reports show them."""

from __future__ import annotations

import re

from scenarios.language import N_, _

MAX_MINUTES = 9_999

_HOURS = re.compile(r"([0-9]{1,3})h([0-5][0-9])?", re.ASCII)
_MINUTES = re.compile(r"([0-9]{1,4})(?:min)?", re.ASCII)

_EXPECTED = N_("écrivez « 45min », « 1h30 », « 3h » ou un nombre entier de minutes")


def parse_duration(value: str | int) -> int:
    """Return the whole minutes that `45min`, `1h30`, `3h`, `90` or 90 says.

    Raise ValueError, with a French sentence, for anything else: negative numbers, booleans, floats,
    minutes above 59 after hours, more than 9,999 minutes.
    """
    minutes = _minutes(value)
    if minutes is None:
        shown = value if isinstance(value, str) else repr(value)
        msg = _("durée « {shown} » incomprise : {expected}", shown=shown, expected=_(_EXPECTED))
        raise ValueError(msg)
    if minutes > MAX_MINUTES:
        msg = _(
            "durée trop longue : {duree}, au plus {prevue}",
            duree=format_duration(minutes),
            prevue=format_duration(MAX_MINUTES),
        )
        raise ValueError(msg)
    return minutes


def _minutes(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if value >= 0 else None
    if not isinstance(value, str):
        return None
    if found := _HOURS.fullmatch(value):
        return int(found[1]) * 60 + int(found[2] or 0)
    if found := _MINUTES.fullmatch(value):
        return int(found[1])
    return None


def format_duration(minutes: int) -> str:
    """Return the shortest text that `parse_duration` reads back: `45min`, `1h30`, `3h`, `0min`."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}min"
    return f"{hours}h{rest:02}" if rest else f"{hours}h"


def format_hours(minutes: int) -> str:
    """Return hours and minutes as in a balance: 90 is `1:30`, -90 is `-1:30`."""
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else ''}{hours}:{rest:02}"
