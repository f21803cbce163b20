"""What somebody typed of a training need, in a form, a command or a file, read against what the program knows. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector.errors import DataError
from connector.language import _
from connector.ledger.needs import Wording
from scenarios.fields import CONTROL
from scenarios.folding import folded
from scenarios.vocabularies import CYCLES, perhaps

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from connector.ledger.schools import School

COLUMNS = ("ecole", "cycle", "theme", "precision", "duree", "effectif", "enseignants")
"""Of a file of needs; the last four may be left empty."""
MOST_WORDS = 120
"""Characters of `precision`."""

_CYCLE = re.compile(r"(?:cycle ?|c)?([1-4])")
_NUMBER = re.compile(r"[1-9][0-9]{0,2}", re.ASCII)


@dataclass(frozen=True)
class Typed:
    """A need as it was typed; `place` says where, as `fichier:ligne`, and is empty outside a file.

    `enseignants` are identifiants or addresses, parted by commas or blanks.
    """

    ecole: str
    cycle: str
    theme: str
    precision: str = ""
    duree: str = ""
    effectif: str = ""
    enseignants: str = ""
    place: str = ""


@dataclass(frozen=True)
class Known:
    """What a need may name: schools by UAI, who serves in each (ids by identifiant and address), themes, durations."""

    annee_scolaire: str
    schools: Mapping[str, School]
    people: Mapping[str, Mapping[str, int]]
    themes: Sequence[str]
    durees: Sequence[str]


class UnfitNeedsError(DataError):
    """Needs that cannot be recorded: `problems` are sentences, one for each thing that is wrong.

    `strangers` are the schools, as they were typed, that are not theirs.
    """

    def __init__(self, problems: Sequence[str], strangers: Sequence[str] = ()) -> None:
        super().__init__("\n".join(problems), remedy=_("\nRien n'a été enregistré : corrigez et recommencez."))
        self.problems = tuple(problems)
        self.strangers = tuple(strangers)


def read_typed(typed: Iterable[Typed], known: Known) -> list[Wording]:
    """Return what all of them say; UnfitNeedsError tells everything that is wrong in any of them, and where."""
    readings = [_Reading(one, known) for one in typed]
    problems = [problem for reading in readings for problem in reading.problems]
    if problems:
        raise UnfitNeedsError(problems, [one.typed.ecole for one in readings if one.school is None])
    return [reading.wording() for reading in readings]


def theme_named(said: str, themes: Sequence[str]) -> str:
    """Return the theme that somebody typed, whatever its accents and capitals; ValueError with a sentence for none."""
    typed = said.strip()
    for theme in themes:
        if folded(theme) == folded(typed):
            return theme
    near, known = _near(typed, themes), ", ".join(themes)
    raise ValueError(
        _(
            "« {theme} » n'est pas un thème connu{peut_etre} ; thèmes : {themes}",
            theme=typed,
            peut_etre=near,
            themes=known,
        )
    )


@dataclass
class _Reading:
    """One need being read: what each field comes to, and what is wrong."""

    typed: Typed
    known: Known
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.school = self._school()
        self.cycle = self._cycle()
        self.theme = self._theme()
        self.duree = self._duree()
        self.precision = self._precision()
        self.effectif = self._effectif()
        self.people = self._people()

    def wording(self) -> Wording:
        """Return what was read; only where there was no problem."""
        if self.school is None:
            raise ValueError(self.problems)
        return Wording(
            self.known.annee_scolaire, self.school.uai, self.school.circonscription, self.cycle, self.theme,
            self.precision, self.duree, self.effectif, self.people,
        )  # fmt: skip

    def _wrong(self, name: str, sentence: str) -> None:
        said = _("{champ} : {raison}.", champ=name, raison=sentence)
        place = self.typed.place
        self.problems.append(_("{endroit} : {erreur}", endroit=place, erreur=said) if place else said)

    def _school(self) -> School | None:
        said, schools = self.typed.ecole.strip(), self.known.schools
        same = [one for one in schools.values() if folded(said) == folded(one.nom)]
        found = schools.get(said.upper()) or (same[0] if len(same) == 1 else None)
        if found is None and same:
            codes = ", ".join(one.uai for one in same)
            self._wrong(
                "ecole", _("« {nom} » est le nom de plusieurs écoles ; donnez l'UAI ({uai})", nom=said, uai=codes)
            )
        elif found is None:
            near = _near(said, [*schools, *(one.nom for one in schools.values())])
            self._wrong(
                "ecole",
                _(
                    "« {ecole} » n'est pas une école de votre périmètre en {annee}{peut_etre}",
                    ecole=said,
                    annee=self.known.annee_scolaire,
                    peut_etre=near,
                ),
            )
        return found

    def _cycle(self) -> str:
        said = self.typed.cycle.strip()
        found = _CYCLE.fullmatch(folded(said))
        if found is None:
            labels = ", ".join(_(term.label) for term in CYCLES.values())
            self._wrong("cycle", _("« {cycle} » n'est pas un cycle ; cycles : {cycles}", cycle=said, cycles=labels))
        return f"C{found[1]}" if found else ""

    def _theme(self) -> str:
        try:
            return theme_named(self.typed.theme, self.known.themes)
        except ValueError as exc:
            self._wrong("theme", str(exc))
            return ""

    def _duree(self) -> str:
        said = self.typed.duree.strip()
        if said and said not in self.known.durees:
            self._wrong(
                "duree",
                _(
                    "« {duree} » n'est pas une durée{peut_etre} ; durées : {durees}",
                    duree=said,
                    peut_etre=perhaps(said, self.known.durees),
                    durees=", ".join(self.known.durees),
                ),
            )
        return said

    def _precision(self) -> str:
        said = " ".join(self.typed.precision.split())
        if len(said) > MOST_WORDS:
            self._wrong("precision", _("{n} caractères, pour {limite} au plus", n=len(said), limite=MOST_WORDS))
        if "@" in said or CONTROL.search(said):
            self._wrong("precision", _("quelques mots neutres sont attendus, sans nommer personne"))
        return said

    def _effectif(self) -> int | None:
        said = self.typed.effectif.strip()
        if said and not _NUMBER.fullmatch(said):
            self._wrong("effectif", _("« {effectif} » n'est pas un nombre d'enseignants, de 1 à 999", effectif=said))
            return None
        if said and self.typed.enseignants.strip():
            self._wrong("effectif", _("donnez le nombre des enseignants concernés ou leurs noms, pas les deux"))
        return int(said) if said else None

    def _people(self) -> frozenset[int]:
        """Return the teachers who are named; nobody is looked for in a school that is not known."""
        if self.school is None:
            return frozenset()
        here = self.known.people.get(self.school.uai, {})
        found = set()
        for word in re.split(r"[,;\s]+", self.typed.enseignants.strip()):
            number = here.get(word, here.get(word.lower()))
            if number is not None:
                found.add(number)
            elif word:
                self._wrong(
                    "enseignants",
                    _(
                        "« {qui} » n'enseigne pas à {ecole} en {annee}{peut_etre}",
                        qui=word,
                        ecole=self.school.nom,
                        annee=self.known.annee_scolaire,
                        peut_etre=perhaps(word, here),
                    ),
                )
        return frozenset(found)


def _near(said: str, values: Sequence[str]) -> str:
    """Return ` (vouliez-vous dire …)` for the nearest value, or for the only one that holds what was said."""
    holding = [value for value in values if said and folded(said) in folded(value)]
    return perhaps(holding[0] if len(holding) == 1 else said, values)
