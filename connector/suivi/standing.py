"""Whom a proximity trainer sees first: beginners, then those not seen for long. Pure, no clock.

Source: profile of the PEMF (« suivi et assistance aux enseignants débutants »). The roster says who is a stagiaire or
newly tenured (`situation`), else since when each is known to serve: whoever comes from another département may pass for
a beginner, and a day on which more than half of the roster begins says when the file begins, not they.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from connector.language import N_
from scenarios.calendar import school_year_of
from scenarios.folding import folded

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from scenarios.calendar import SchoolYear

Entry = Literal["PES", "T1", "T1_T2", "T2", "T3"]
"""A year of the entry into the trade; T1_T2 is newly tenured, since the roster does not say when."""
ENTRIES: tuple[Entry, ...] = ("PES", "T1", "T1_T2", "T2", "T3")
ENTRY_WORDS: dict[Entry, str] = {
    "PES": N_("stagiaire"),
    "T1": N_("1re année"),
    "T1_T2": N_("néo-titulaire"),
    "T2": N_("2e année"),
    "T3": N_("3e année"),
}
_TRAINEES = frozenset({"PES_50", "PES_100"})
_NEW = "T1_T2"
_TENURED: dict[int, Entry] = {1: "T1", 2: "T2", 3: "T3"}
_NEWLY_TENURED: dict[int, Entry] = {1: "T1", 2: "T2"}


class Served(NamedTuple):
    """One service of the roster; an open bound is None."""

    situation: str
    debut: date | None
    fin: date | None


class Meetings(NamedTuple):
    """How many meetings there were."""

    presence: int = 0
    distance: int = 0

    @property
    def all(self) -> int:
        """In whatever way."""
        return self.presence + self.distance


@dataclass(frozen=True)
class Accompanied:
    """A teacher to accompany; figures are those of the year, `seen` is the last meeting of any year, with anybody."""

    identifiant: str
    nom: str
    prenom: str
    ecole: str
    circonscription: str
    entry: Entry | None
    meetings: Meetings
    minutes: int
    seen: date | None

    @property
    def name(self) -> str:
        """First name then name."""
        return f"{self.prenom} {self.nom}"


def entry_of(services: Iterable[Served], year: SchoolYear, starts: frozenset[date] = frozenset()) -> Entry | None:
    """Return which year of the entry into the trade a school year is for somebody; None past the third, or unknown.

    `starts` are the days on which the roster itself begins.
    """
    there = [one for one in services if _begun_before(one, year.end)]
    now = {one.situation for one in there if one.fin is None or one.fin >= year.start}
    if now & _TRAINEES:
        return "PES"
    trained = [one.fin for one in there if one.situation in _TRAINEES and one.fin is not None]
    if trained:
        return _TENURED.get(year.first - school_year_of(max(trained)).first)
    days = [one.debut for one in there]
    known = [day for day in days if day is not None and day not in starts]
    rank = year.first - school_year_of(min(known)).first + 1 if known and len(known) == len(days) else None
    if _NEW in now:
        return _NEWLY_TENURED.get(rank or 0, "T1_T2")
    return _TENURED.get(rank or 0)


def first_seen(people: Iterable[Accompanied]) -> list[Accompanied]:
    """Return them with the beginners first, in each part those never seen, then those not seen for longest."""
    return sorted(people, key=_priority)


def _begun_before(one: Served, end: date) -> bool:
    return one.debut is None or one.debut <= end


def _priority(one: Accompanied) -> tuple[bool, bool, int, int, str, str, str]:
    rank = ENTRIES.index(one.entry) if one.entry else 0
    seen = one.seen.toordinal() if one.seen else 0
    return one.entry is None, one.seen is not None, seen, rank, folded(one.nom), folded(one.prenom), one.identifiant
