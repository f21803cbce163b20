"""The five periods of a school year, P1 to P5, cut by the holidays of the académie's zone.

The dates are data (`vocabularies/school_calendar.json`), each with how sure it is. An académie without a zone fixes
its own calendar: the program has none of those, and makes none up.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal

from scenarios.vocabularies import ACADEMIES

if TYPE_CHECKING:
    from scenarios.calendar import SchoolYear

Certainty = Literal["verifie", "a_verifier", "projet"]

_ORDER: tuple[Certainty, ...] = ("verifie", "a_verifier", "projet")


@dataclass(frozen=True, slots=True)
class Period:
    """P`numero`, both days included; `certitude` is that of the less sure of its two bounds.

    A holiday belongs to the period that it ends, and the summer to P5: every day of the year has its period.
    """

    numero: int
    debut: date
    fin: date
    certitude: Certainty

    @property
    def sure(self) -> bool:
        """The dates were read in the decree, or agree between sources."""
        return self.certitude == "verifie"

    def __str__(self) -> str:
        return f"P{self.numero}"


@cache
def periods(year: SchoolYear, academie: str) -> tuple[Period, ...]:
    """Return the periods of a school year in an académie; none where the calendar is not known.

    KeyError for a name that is no académie of the vocabulary.
    """
    zone = ACADEMIES[academie].facts["zone"]
    said = _calendar().get(str(year))
    if not isinstance(zone, str) or said is None:
        return ()
    starts = [year.start, *(date.fromisoformat(said[holiday][zone]) for holiday in _HOLIDAYS)]
    sure = ["verifie", *(_certainty(said, holiday, zone) for holiday in _HOLIDAYS), "verifie"]
    ends = [start - timedelta(days=1) for start in starts[1:]] + [year.end]
    return tuple(
        Period(number, starts[number - 1], ends[number - 1], max(sure[number - 1 : number + 1], key=_ORDER.index))
        for number in range(1, len(starts) + 1)
    )


_HOLIDAYS = ("toussaint", "noel", "hiver", "printemps")


def _certainty(said: dict[str, Any], holiday: str, zone: str) -> Certainty:
    found: Certainty = said["certitude"].get(f"{holiday}/{zone}", said["certitude"][zone])
    return found


@cache
def _calendar() -> dict[str, dict[str, Any]]:
    """Read, by school year: of each holiday and zone the day of return, and the certainty of each zone."""
    text = resources.files("scenarios.vocabularies").joinpath("school_calendar.json").read_text(encoding="utf-8")
    return {entry["annee"]: entry for entry in json.loads(text)["annees"]}
