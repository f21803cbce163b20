"""How far a mission is, and whether its bilan is due on a given day. Pure, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from connector.pacte.missions import Degre, Mission
    from scenarios.calendar import SchoolYear

Bilan = Literal["aucun", "a_venir", "du", "remis"]


@dataclass(frozen=True)
class Engagement:
    """A mission that somebody was given for a year; `done_min` minutes are entered, `bilan_le` when its bilan was."""

    identifiant: str
    nom: str
    prenom: str
    degre: Degre
    circonscription: str
    year: SchoolYear
    mission: Mission
    demi_part: bool
    done_min: int
    bilan_le: date | None

    @property
    def owed_min(self) -> int | None:
        """Minutes of the part or half part; None for a lump."""
        return self.mission.owed(half=self.demi_part)

    @property
    def left_min(self) -> int | None:
        """Minutes still to do, never below 0; None for a lump."""
        return None if self.owed_min is None else max(0, self.owed_min - self.done_min)

    @property
    def recipients(self) -> tuple[str, ...]:
        """Who receives the bilan, by the teacher's degree."""
        return self.mission.bilan_destinataires.get(self.degre, ())


def last_day(year: SchoolYear, owed_min: int, done_min: int) -> date:
    """Return until when hours may be done: 31 October once half of them are, else 31 August."""
    return date(year.first + 1, 10, 31) if 2 * done_min >= owed_min else year.end


def bilan(engagement: Engagement, on: date) -> Bilan:
    """Return where the bilan stands on a day: it is due once the hours are done, or the year is over.

    A bilan for the conseil de classe has no date of its own here: it is due at the end of the year like the others.
    """
    if engagement.bilan_le is not None:
        return "remis"
    if engagement.mission.bilan_quand is None:
        return "aucun"
    return "du" if engagement.left_min == 0 or on > engagement.year.end else "a_venir"
