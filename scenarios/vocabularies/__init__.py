"""Closed lists of words, as data with their source: collections, origines, publics, cycles, académies."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import resources

from scenarios.language import N_, _


@dataclass(frozen=True, slots=True)
class Term:
    """One accepted value: what authors write, what people read, and what else is known of it."""

    code: str
    label: str
    facts: Mapping[str, object] = field(default_factory=dict, hash=False)


class Vocabulary(Mapping[str, Term]):
    """The terms of one list, by code, in their official order."""

    def __init__(self, title: str, terms: Iterable[Term]) -> None:
        self.title = title
        self._terms = {term.code: term for term in terms}

    def __getitem__(self, code: str) -> Term:
        return self._terms[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._terms)

    def __len__(self) -> int:
        return len(self._terms)

    def refusal(self, value: str) -> str:
        """Return the French sentence that refuses `value`, with what was perhaps meant and what is accepted."""
        return unknown_value(self.title, value, self)


def unknown_value(what: str, value: str, accepted: Iterable[str]) -> str:
    """Return the French sentence that refuses `value`, proposes the nearest accepted one and lists them all."""
    values = list(accepted)
    return _(
        "{what} « {value} » inconnue{perhaps} ; valeurs admises : {values}",
        what=_(what),
        value=value,
        perhaps=perhaps(value, values),
        values=", ".join(values),
    )


def perhaps(value: str, accepted: Iterable[str]) -> str:
    """Return ` (vouliez-vous dire « … » ?)` for the nearest accepted value, or nothing."""
    by_folded = {candidate.casefold(): candidate for candidate in accepted}
    near = difflib.get_close_matches(value.casefold(), by_folded, n=1)
    return _(" (vouliez-vous dire « {near} » ?)", near=by_folded[near[0]]) if near else ""


def _load(name: str, title: str) -> Vocabulary:
    text = resources.files(__name__).joinpath(f"{name}.json").read_text(encoding="utf-8")
    return Vocabulary(title, (_term(entry) for entry in json.loads(text)["valeurs"]))


def _term(entry: dict[str, object]) -> Term:
    facts = {key: value for key, value in entry.items() if key not in {"code", "libelle"}}
    return Term(str(entry["code"]), str(entry.get("libelle", entry["code"])), facts)


COLLECTIONS = _load("collections", "collection")
ORIGINES = _load("origines", "origine")
PUBLICS = _load("publics", N_("valeur de public"))
CYCLES = _load("cycles", N_("valeur de cycle"))
ACADEMIES = _load("academies", N_("académie"))
THEMES = _load("themes", N_("valeur de thème"))
HORS_OBLIGATION = _load("hors_obligation", N_("activité hors des 18 heures"))
