"""One author's file verified: its problems, and what it comes to when it is valid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scenarios.checks.parcours import minutes_by_place
from scenarios.errors import ScenarioError
from scenarios.load import LoadedGabarit, LoadedSession, load_any

if TYPE_CHECKING:
    from pathlib import Path

    from scenarios.errors import Problem


@dataclass(frozen=True, slots=True)
class Summary:
    """What a valid file comes to; minutes are those of its credited activities."""

    nature: Literal["parcours", "gabarit", "session"]
    titre: str
    presence_min: int
    distance_min: int
    activites: int
    creneaux: int
    participants: int


@dataclass(frozen=True, slots=True)
class Verification:
    """`summary` is None where the file is refused; a valid file may still have warnings among its problems."""

    path: Path
    problems: tuple[Problem, ...]
    summary: Summary | None


def verify(path: Path) -> Verification:
    """Load a parcours or a session offline and say what was found; raises nothing for a bad file."""
    try:
        loaded = load_any(path)
    except ScenarioError as exc:
        return Verification(path, exc.problems, None)
    activites = loaded.parcours.activites
    presence, distance = minutes_by_place((one.modalite, one.duree) for one in activites if one.credite)
    if isinstance(loaded, LoadedSession):
        slots = sum(len(slots) for slots in loaded.session.creneaux.values())
        people = len(loaded.participants)
        summary = Summary("session", loaded.parcours.titre, presence, distance, len(activites), slots, people)
    else:
        nature: Literal["parcours", "gabarit"] = "gabarit" if isinstance(loaded, LoadedGabarit) else "parcours"
        summary = Summary(nature, loaded.parcours.titre, presence, distance, len(activites), 0, 0)
    return Verification(path, loaded.warnings, summary)
