"""The regulation as dated data: rule sets by school year, situations, and how sure each figure is.

The figures live in `data/*.toml` with their sources; they are read once and checked as a whole.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from functools import cache, cached_property
from importlib import resources
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, NonNegativeInt, PositiveInt, model_validator

from connector.errors import DataError
from connector.language import _
from scenarios.calendar import SchoolYear


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Frozen):
    """A text, where it was read, and whether that was the text itself or a quotation of it."""

    titre: str
    adresse: str
    fiabilite: str


class _Sourced(_Frozen):
    sources: tuple[str, ...]
    certitude: str


class RuleSet(_Sourced):
    """What a full-time teacher owes, in minutes, for the school years `de` to `a` (`None`: still in force)."""

    id: str
    de: str
    a: str | None = None
    total_min: PositiveInt
    formation_continue_min: NonNegativeInt
    distance_min: NonNegativeInt
    note: str

    def holds(self, year: SchoolYear) -> bool:
        """Tell whether the set is in force in `year`."""
        return SchoolYear.parse(self.de) <= year and (self.a is None or year <= SchoolYear.parse(self.a))


class Rounding(_Sourced):
    """The step, in minutes, that the policy `module_3h_sup` rounds up to."""

    module_min: PositiveInt


class Imputation(_Sourced):
    """The most that authorised imputations may lower the due in one year, in minutes."""

    plafond_min: NonNegativeInt


class Situation(_Sourced):
    """How a situation owes: by its service quotité, a lump for the year (`forfait_min`), or nothing."""

    libelle: str
    du: Literal["quotite", "forfait", "aucun"]
    forfait_min: PositiveInt | None = None

    @model_validator(mode="after")
    def _lump(self) -> Self:
        if (self.du == "forfait") != (self.forfait_min is not None):
            raise ValueError("forfait_min goes with du = forfait, and only with it")
        return self


class Reason(_Sourced):
    """Why a line is what it is: a sentence, the rule of credit (`3.7`), the texts behind it."""

    phrase: str
    regle: str


class DecisionReason(_Frozen):
    """A neutral reason that a person may give for granting or refusing a line."""

    libelle: str
    pour: tuple[Literal["accorder", "refuser"], ...]


class DerogationReason(_Frozen):
    """A neutral reason of a due that was decided for one teacher."""

    libelle: str


class Regulation(_Frozen):
    """All the data: every source named exists, and no school year has two rule sets, or none between two."""

    jeux: tuple[RuleSet, ...]
    arrondi: Rounding
    imputation: Imputation
    situations: dict[str, Situation]
    motifs: dict[str, Reason]
    decisions: dict[str, DecisionReason]
    derogations: dict[str, DerogationReason]
    sources: dict[str, Source]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        sourced = (*self.jeux, self.arrondi, self.imputation, *self.situations.values(), *self.motifs.values())
        unknown = {name for entry in sourced for name in entry.sources} - self.sources.keys()
        if unknown:
            raise ValueError(f"unknown sources: {sorted(unknown)}")
        for one, following in zip(self.jeux, self.jeux[1:], strict=False):
            starts = SchoolYear.parse(following.de)
            if one.a is None or SchoolYear.parse(one.a) >= starts:
                raise ValueError(f"{one.id} and {following.id} are both in force in {following.de}")
            if SchoolYear.parse(one.a).first + 1 < starts.first:
                raise ValueError(f"no rule set is in force between {one.id} and {following.id}")
        return self

    @cached_property
    def fingerprint(self) -> str:
        """What tells one version of the figures from another, whatever is said about them."""
        said = self.model_dump(include={"jeux", "arrondi", "imputation", "situations"}, mode="json")
        return hashlib.sha256(json.dumps(_figures(said), sort_keys=True).encode()).hexdigest()[:16]

    def rules_for(self, year: SchoolYear) -> RuleSet:
        """Return the rule set of a school year; `DataError` where the data has none."""
        for rules in self.jeux:
            if rules.holds(year):
                return rules
        raise DataError(
            _("Aucune règle n'est connue pour l'année scolaire {year}.", year=year),
            remedy=_("Les données commencent en {de}.", de=self.jeux[0].de),
        )

    def situation(self, code: str) -> Situation:
        """Return what a situation code owes; `DataError` for an unknown one."""
        found = self.situations.get(code)
        if found is None:
            known = ", ".join(sorted(self.situations))
            raise DataError(
                _("La situation « {code} » n'existe pas.", code=code),
                remedy=_("Situations connues : {known}.", known=known),
            )
        return found


@cache
def regulation() -> Regulation:
    """Return the regulation that ships with the program."""
    sets = _read("rule_sets.toml")
    return Regulation.model_validate(
        {
            "jeux": sets["jeu"],
            "arrondi": sets["arrondi"],
            "imputation": sets["imputation"],
            "situations": _read("situations.toml"),
            "motifs": _read("reasons.toml"),
            "decisions": _read("decisions.toml"),
            "derogations": _read("derogations.toml"),
            "sources": _read("sources.toml"),
        }
    )


def rules_for(annee_scolaire: str) -> RuleSet:
    """Return the rule set of a school year written `2026-2027`; `DataError` for another form or an unknown year."""
    return regulation().rules_for(school_year(annee_scolaire))


def school_year(text: str) -> SchoolYear:
    """Read a school year that a person wrote; `DataError` in French for anything else."""
    try:
        return SchoolYear.parse(text)
    except ValueError as exc:
        sentence = str(exc)
        raise DataError(f"{sentence[0].upper()}{sentence[1:]}.") from exc


_WORDS = frozenset({"sources", "certitude", "note", "libelle"})


def _figures(said: Any) -> Any:
    """Leave out of the data what only explains it."""
    if isinstance(said, dict):
        return {name: _figures(value) for name, value in said.items() if name not in _WORDS}
    return [_figures(value) for value in said] if isinstance(said, list) else said


def _read(name: str) -> dict[str, object]:
    return tomllib.loads((resources.files("connector.obligation") / "data" / name).read_text("utf-8"))
