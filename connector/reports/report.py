"""What all reports have in common: what they are about, when they were made, their tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from connector.reports.table import Table

Kind = Literal[
    "circonscription",
    "ecole",
    "session",
    "enseignant",
    "academie",
    "departement",
    "tous",
    "formateur",
    "reseau",
    "numerique",
    "statistiques",
    "conception",
    "besoins",
]


@dataclass(frozen=True)
class About:
    """What a report is about: `code` (UAI, session, identifiant, académie) and `nom`, at a local instant.

    `stale` is how many of its teachers have news that no reconciliation has judged yet.
    """

    kind: Kind
    code: str
    nom: str
    annee_scolaire: str
    made_at: datetime
    stale: int = 0


class Report(Protocol):
    """What every rendering takes. The first table is what a CSV holds; `document` is the JSON."""

    @property
    def about(self) -> About:
        """What it is about."""

    def tables(self) -> tuple[Table, ...]:
        """Return its tables, the main one first."""

    def document(self) -> object:
        """Return what JSON says, for programs."""
