"""What a circonscription decides for itself, and the due that a person decided for a teacher."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.settings import Settings

Arrondi = Literal["exact", "module_3h_sup"]


@dataclass(frozen=True)
class Policy:
    """Local policy of one circonscription for one school year; minutes for a full due.

    `distance_min` replaces the rule set's when it is not `None`; `themes_min` names minima by theme.
    """

    arrondi: Arrondi = "exact"
    distance_min: int | None = None
    themes_min: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Derogation:
    """A due decided for one teacher and one school year, in minutes, with a neutral reason code."""

    du_min: int
    motif: str


NATIONAL = Policy()
"""What holds where a circonscription has decided nothing."""


@dataclass(frozen=True)
class LocalRules:
    """All that was decided locally: policies by (circonscription, school year), derogations by (identifiant, year)."""

    policies: Mapping[tuple[str, str], Policy] = field(default_factory=lambda: MappingProxyType({}))
    derogations: Mapping[tuple[str, str], Derogation] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def of(cls, settings: Settings) -> LocalRules:
        """Take them from `[[politique]]` and `[[derogation]]`."""
        return cls(
            {
                (said.circonscription, said.annee_scolaire): Policy(
                    said.arrondi, said.distance_min, {str(theme): least for theme, least in said.themes_min.items()}
                )
                for said in settings.politiques
            },
            {(said.identifiant, said.annee_scolaire): Derogation(said.du, said.motif) for said in settings.derogations},
        )

    def policy(self, circonscription: str, annee_scolaire: str) -> Policy:
        """Return the policy of a circonscription for a school year, the national rule when it has none."""
        return self.policies.get((circonscription, annee_scolaire), NATIONAL)

    def derogation(self, identifiant: str, annee_scolaire: str) -> Derogation | None:
        """Return the due decided for a teacher and a school year, if one was."""
        return self.derogations.get((identifiant, annee_scolaire))
