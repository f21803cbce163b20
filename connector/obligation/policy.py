"""What a circonscription decides for itself, and the due that a person decided for a teacher."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import date  # noqa: TC003 - pydantic reads the annotations of the dataclasses
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from pydantic import TypeAdapter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.obligation.rules import Regulation
    from connector.settings import Settings

Arrondi = Literal["exact", "module_3h_sup"]


@dataclass(frozen=True)
class Policy:
    """Local policy of one circonscription for one school year; minutes for a full due.

    `distance_min` replaces the rule set's when it is not `None`; `themes_min` names minima by theme. `decide_par` and
    `decide_le` say who decided it and when: `None` where nobody did.
    """

    arrondi: Arrondi = "exact"
    distance_min: int | None = None
    themes_min: dict[str, int] = field(default_factory=dict)
    decide_par: str | None = None
    decide_le: date | None = None


@dataclass(frozen=True)
class Derogation:
    """A due decided for one teacher and one school year, in minutes, with a neutral reason code."""

    du_min: int
    motif: str
    decide_par: str | None = None
    decide_le: date | None = None


NATIONAL = Policy()
"""What holds where a circonscription has decided nothing."""

_POLICIES = TypeAdapter(dict[str, Policy])
_DEROGATIONS = TypeAdapter(dict[str, Derogation])


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
                    said.arrondi,
                    said.distance_min,
                    {str(theme): least for theme, least in said.themes_min.items()},
                    said.decide_par,
                    said.decide_le,
                )
                for said in settings.politiques
            },
            {
                (said.identifiant, said.annee_scolaire): Derogation(
                    said.du, said.motif, said.decide_par, said.decide_le
                )
                for said in settings.derogations
            },
        )

    @classmethod
    def from_json(cls, text: str, annee_scolaire: str) -> LocalRules:
        """Read the rules of one year that `as_json` wrote."""
        said = json.loads(text)
        policies = _POLICIES.validate_python(said["politiques"])
        derogations = _DEROGATIONS.validate_python(said["derogations"])
        return cls(
            {(uai, annee_scolaire): policy for uai, policy in policies.items()},
            {(who, annee_scolaire): derogation for who, derogation in derogations.items()},
        )

    def as_json(self, annee_scolaire: str) -> dict[str, Any]:
        """Return the rules of one year as a JSON object."""
        policies = {uai: policy for (uai, year), policy in self.policies.items() if year == annee_scolaire}
        derogations = {who: said for (who, year), said in self.derogations.items() if year == annee_scolaire}
        return {
            "politiques": _POLICIES.dump_python(policies, mode="json"),
            "derogations": _DEROGATIONS.dump_python(derogations, mode="json"),
        }

    def policy(self, circonscription: str, annee_scolaire: str) -> Policy:
        """Return the policy of a circonscription for a school year, the national rule when it has none."""
        return self.policies.get((circonscription, annee_scolaire), NATIONAL)

    def derogation(self, identifiant: str, annee_scolaire: str) -> Derogation | None:
        """Return the due decided for a teacher and a school year, if one was."""
        return self.derogations.get((identifiant, annee_scolaire))


def fingerprint(law: Regulation, policy: Policy, derogation: Derogation | None) -> str:
    """Return what tells whether a balance was made with these rules: their figures, whoever decided them."""
    said = [_figures(policy), _figures(derogation) if derogation else None, law.fingerprint]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def _figures(decided: Policy | Derogation) -> dict[str, Any]:
    return {name: value for name, value in asdict(decided).items() if not name.startswith("decide_")}
