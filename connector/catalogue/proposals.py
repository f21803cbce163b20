"""Which parcours of the catalogue meet a training need, best first, and why. Pure.

A parcours meets a need when it is of its theme, for its cycle (or when nobody has said for which cycles it is) and for
teachers of primary schools. The rest ranks: the words of the need, the cycle said, the duration, the public.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.acts.needs import Choices
from connector.catalogue.entries import BANDS, band_name, read_catalogue
from connector.language import _, listed
from connector.obligation.wording import hours
from scenarios.folding import folded
from scenarios.vocabularies import CYCLES, THEMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from connector.catalogue.entries import Entry
    from connector.ledger.needs import Need, Wording
    from connector.reports.coverage import Answering

TEACHERS = "Enseignants 1er degré"
"""The public of the needs that an IEN records: those who owe the 18 hours."""
MOST_NEAR = 3
"""How many parcours are told as near, where none meets the need."""

_LEAST = 4
"""Letters of a word that says something."""


@dataclass(frozen=True)
class Proposal:
    """A parcours for a need: why it fits, sentence by sentence, and in what it does not."""

    entry: Entry
    reasons: tuple[str, ...]
    lacks: tuple[str, ...]


@dataclass(frozen=True)
class Proposals:
    """The parcours that meet a need, best first; where there is none, the nearest of the others."""

    meeting: tuple[Proposal, ...]
    nearest: tuple[Proposal, ...]


def choices(entries: Iterable[Entry]) -> Choices:
    """Return what a need may ask for: the themes of the vocabulary, then the other domains of the catalogue."""
    by_name = {folded(theme): theme for theme in THEMES}
    for entry in entries:
        if entry.domaine:
            by_name.setdefault(folded(entry.domaine), entry.domaine)
    return Choices(tuple(by_name.values()), tuple(BANDS))


def propose(need: Wording, entries: Sequence[Entry]) -> Proposals:
    """Return what the catalogue has for a need."""
    views = sorted((_View.of(need, entry) for entry in entries), key=lambda view: view.rank)
    meeting = tuple(view.proposal() for view in views if view.meets)
    if meeting:
        return Proposals(meeting, ())
    near = [view for view in views if view.theme or view.words]
    near.sort(key=lambda view: (-view.theme - view.cycle - view.public, view.rank))
    return Proposals((), tuple(view.proposal() for view in near[:MOST_NEAR]))


def meets(need: Wording, entry: Entry) -> bool:
    """Tell whether a parcours meets a need."""
    return _View.of(need, entry).meets


def answering(needs: Iterable[Need], entries: Sequence[Entry]) -> dict[int, frozenset[str]]:
    """Return, by number of need, the matricules without their version of the parcours that meet it."""
    return {
        need.numero: frozenset(entry.matricule.rpartition("_")[0] for entry in entries if meets(need.wording, entry))
        for need in needs
    }


def catalogue_answers(home: Path) -> Answering:
    """Return what says which parcours of the data folder's catalogue meet needs; the catalogue is read when asked."""

    def answers(needs: Sequence[Need]) -> dict[int, frozenset[str]]:
        return answering(needs, read_catalogue(home)[0]) if needs else {}

    return answers


def themes_of(entries: Iterable[Entry]) -> dict[str, str]:
    """Return the theme of each parcours that says its domain, by matricule without its version, as `choices` has it."""
    entries = tuple(entries)
    by_name = {folded(theme): theme for theme in choices(entries).themes}
    return {one.matricule.rpartition("_")[0]: by_name[folded(one.domaine)] for one in entries if one.domaine}


@dataclass(frozen=True)
class _View:
    """A parcours seen from a need: each thing that was asked, met or not."""

    need: Wording
    entry: Entry
    theme: bool
    cycle: bool
    public: bool
    words: tuple[str, ...]

    @classmethod
    def of(cls, need: Wording, entry: Entry) -> _View:
        cycles = entry.parcours.cycles
        said = [word for word in re.findall(r"\w+", need.precision) if len(word) >= _LEAST]
        there = entry.words()
        return cls(
            need,
            entry,
            theme=folded(entry.domaine) == folded(need.theme),
            cycle=not cycles or need.cycle in cycles,
            public=TEACHERS in entry.public,
            words=tuple(word for word in dict.fromkeys(said) if folded(word) in there),
        )

    @property
    def meets(self) -> bool:
        return self.theme and self.cycle and self.public

    @property
    def in_band(self) -> bool:
        return self.need.duree in self.entry.bands

    @property
    def rank(self) -> tuple[object, ...]:
        """What sorts parcours: most words, a cycle that is said, the duration, for these teachers alone; the title."""
        unsaid = not self.entry.parcours.cycles
        others = len(self.entry.public)
        return (-len(self.words), unsaid, not self.in_band, others, folded(self.entry.titre), self.entry.matricule)

    def proposal(self) -> Proposal:
        lines = [*self._asked(), *self._duration()]
        return Proposal(
            self.entry, tuple(text for holds, text in lines if holds), tuple(text for holds, text in lines if not holds)
        )

    def _asked(self) -> list[tuple[bool, str]]:
        """Say of the theme, the words, the cycle and the public whether they are those of the need, in a sentence."""
        cycles, label = self.entry.parcours.cycles, _(CYCLES[self.need.cycle].label)
        entry, found = self.entry, bool(self.words)
        if not cycles:
            cycle = _("Cycle non précisé par ses auteurs")
        elif self.cycle:
            cycle = _("Pour le {cycle}", cycle=label[:1].lower() + label[1:])
        else:
            cycle = _("Pour d’autres cycles : {cycles}", cycles=listed(_(CYCLES[code].label) for code in cycles))
        domain = _(entry.domaine) if entry.domaine else _("non précisé")
        theme = _("Thème : {theme}", theme=domain) if self.theme else _("Autre thème : {theme}", theme=domain)
        public = _("Public : {public}", public=", ".join(entry.public))
        words = [(True, _("Il parle de : {mots}", mots=", ".join(self.words)))] if found else []
        return [(self.theme, theme), *words, (self.cycle, cycle), (self.public, public)]

    def _duration(self) -> list[tuple[bool, str]]:
        entry, wanted = self.entry, self.need.duree
        said = _(
            "{duree}, dont {presence} en présence", duree=hours(entry.total_min), presence=hours(entry.presence_min)
        )
        if not wanted:
            return [(True, said)]
        asked = band_name(wanted)
        if self.in_band:
            return [(True, _("{duree} : dans la durée souhaitée ({tranche})", duree=said, tranche=asked))]
        return [(False, _("{duree} : hors de la durée souhaitée ({tranche})", duree=said, tranche=asked))]
