"""The nomenclature of the pacte's missions, as data with its source (`data/missions.json`)."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, PositiveInt, model_validator

from connector.errors import DataError
from connector.language import _
from scenarios.outside import refusal_by_name
from scenarios.vocabularies import perhaps

Degre = Literal["1D", "2D"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Mission(_Frozen):
    """One mission; minutes of a part and of half a part, None where it is a lump for the year.

    `bilan_destinataires` says, by degree, who receives the bilan: nobody where the text names nobody.
    """

    code: str
    voie: str
    degres: tuple[Degre, ...]
    mission: str
    action: str | None
    nature: Literal["horaire", "forfait_annuel"]
    minutes: PositiveInt | None
    demi_part_min: PositiveInt | None
    periode_fixee_par: tuple[str, ...]
    bilan_destinataires: dict[Degre, tuple[str, ...]]
    bilan_quand: str | None
    note: str | None = None

    @model_validator(mode="after")
    def _hours_go_with_their_nature(self) -> Self:
        if (self.nature == "horaire") != (self.minutes is not None) or (self.minutes is None) != (
            self.demi_part_min is None
        ):
            raise ValueError("minutes and half parts go with hourly missions, and only with them")
        return self

    @property
    def titre(self) -> str:
        """The mission, with its action where the nomenclature tells several apart."""
        return _("{mission} : {action}", mission=self.mission, action=self.action) if self.action else self.mission

    def owed(self, *, half: bool) -> int | None:
        """Return the minutes of a part, or of half a part; None for a lump."""
        return self.demi_part_min if half else self.minutes


class Nomenclature(_Frozen):
    """All the missions, by their order in the text, and what is said of them together."""

    source: str
    certitude: str
    regle: str
    report: str
    missions: tuple[Mission, ...]

    def mission(self, code: str) -> Mission:
        """Return a mission; DataError for another code, naming what is never a mission where it is that."""
        for known in self.missions:
            if known.code == code:
                return known
        codes = [known.code for known in self.missions]
        other = refusal_by_name(code)
        if other is not None:
            raise DataError(f"{other}.", remedy=_("Ce n'est pas non plus une mission du pacte."))
        raise DataError(
            _("La mission « {code} » n'existe pas{perhaps}.", code=code, perhaps=perhaps(code, codes)),
            remedy=_("Les voir : parcours pacte missions."),
        )


@cache
def nomenclature() -> Nomenclature:
    """Return the nomenclature that ships with the program."""
    text = (resources.files("connector.pacte") / "data" / "missions.json").read_text("utf-8")
    return Nomenclature.model_validate_json(text)
