"""Somebody of a session, and what each activity brought them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from connector.language import _

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


@dataclass(frozen=True)
class Activity:
    """One activity that counts; `duree_min` as planned."""

    id: str
    titre: str
    modalite: str
    duree_min: int


@dataclass(frozen=True)
class Cell:
    """What came of one activity for one person: a credit line, in whole minutes, and the local day that decided it."""

    decision: str
    motif: str | None
    minutes: int
    minutes_prevues: int
    modalite: str
    jour: date | None


@dataclass(frozen=True)
class Participant:
    """Somebody of a session; without the roster, `nom` is the address and the rest is empty.

    `partage`: the address on the list is, in the roster, that of several people. `applied`: the local day on which each
    classroom activity that concerns them was done, None where it is not.
    """

    identifiant: str
    nom: str
    prenom: str
    uai: str
    ecole: str
    circonscription: str
    courriel: str
    groupe: str | None
    inscrit: bool
    partage: bool
    atteste_le: date | None
    cells: Mapping[str, Cell]
    applied: Mapping[str, date | None]

    @property
    def name(self) -> str:
        """First name then name, or the address."""
        return f"{self.prenom} {self.nom}".strip()

    @property
    def remark(self) -> str:
        """Why the roster does not say for sure who this is; empty where it does."""
        if self.partage:
            return _("adresse de plusieurs personnes dans le fichier des personnels")
        return "" if self.identifiant else _("hors du fichier des personnels")

    @cached_property
    def presence_min(self) -> int:
        """Minutes credited in presence."""
        return sum(cell.minutes for cell in self.cells.values() if cell.modalite == "presence")

    @cached_property
    def distance_min(self) -> int:
        """Minutes credited at a distance."""
        return sum(cell.minutes for cell in self.cells.values() if cell.modalite != "presence")

    @property
    def credite_min(self) -> int:
        """All minutes credited in the session."""
        return self.presence_min + self.distance_min

    @property
    def present(self) -> bool:
        """Something was credited: the person took part."""
        return self.credite_min > 0
