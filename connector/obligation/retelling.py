"""What the ledger keeps in French, retold in the language being spoken. Pure.

A balance is stored with its sentences: each is found again by the message that it was made from.
"""

from __future__ import annotations

import re
from functools import cache

from connector.language import SOURCE, _, language
from connector.obligation.balance import ALERTS, THRESHOLDS
from connector.obligation.wording import NBSP, percentage

_PLACE = re.compile(r"\\{(\w+)\\}")
_UNMET = re.compile(r"(?P<name>.+) (?P<hours>\d+:\d\d/\d+:\d\d)")
_PERCENTAGE = re.compile(rf"(\d+)(?:,(\d+))?{NBSP}%")


def retold(sentence: str) -> str:
    """Return an alert or an unmet threshold of a balance; one that today's program would not write is left as it is."""
    if language() == SOURCE:
        return sentence
    unmet = _UNMET.fullmatch(sentence)
    if unmet and unmet["name"] in THRESHOLDS:
        return f"{_(unmet['name'])} {unmet['hours']}"
    for message, pattern in _patterns().items():
        if found := pattern.fullmatch(sentence):
            return _(message, **{name: _figure(value) for name, value in found.groupdict().items()})
    return sentence


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {message: re.compile(_PLACE.sub(r"(?P<\1>.+)", re.escape(message))) for message in ALERTS}


def _figure(value: str) -> str:
    """Return a percentage in the language being spoken; anything else as it is."""
    found = _PERCENTAGE.fullmatch(value)
    return percentage(int(found[1]) * 1000 + int((found[2] or "").ljust(3, "0"))) if found else value
