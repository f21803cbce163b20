"""What the catalogue holds: the parcours that ship with the program, then those of the data folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Literal

from connector.errors import DataError
from connector.language import N_, _
from scenarios import catalogue
from scenarios.checks.parcours import minutes_by_place
from scenarios.errors import ScenarioError
from scenarios.folding import folded
from scenarios.load import load_parcours
from scenarios.vocabularies import COLLECTIONS, CYCLES, ORIGINES, PUBLICS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from scenarios.load import Loaded
    from scenarios.model import Offre, Parcours

FOLDER = "catalogue"
"""Where the data folder keeps the parcours of its own: a folder each, with its `parcours.yaml`."""

FILE = "parcours.yaml"

OFFERS: Mapping[Offre, str] = {"nationale": N_("Offre nationale"), "academique": N_("Offre académique mutualisée")}
Band = Literal["moins-3h", "3h-6h", "6h-9h", "plus-9h"]
BANDS: Mapping[Band, str] = {
    "moins-3h": N_("Moins de 3 h"),
    "3h-6h": N_("Entre 3 h et 6 h"),
    "6h-9h": N_("Entre 6 h et 9 h"),
    "plus-9h": N_("Plus de 9 h"),
}
"""Those of m@gistère (`local_magistere_offers`), whose bounds belong to both bands that they part."""


def band_name(code: str) -> str:
    """Return a band of duration in the language being spoken; KeyError for another code."""
    names: dict[str, str] = dict(BANDS.items())
    return _(names[code])


@dataclass(frozen=True)
class Entry:
    """A parcours of the catalogue, under the name of its folder; minutes are those of its credited activities."""

    nom: str
    loaded: Loaded
    presence_min: int
    distance_min: int

    @property
    def parcours(self) -> Parcours:
        """The parcours itself."""
        return self.loaded.parcours

    @property
    def matricule(self) -> str:
        """`AA_CODE_INTITULE_VERSION`."""
        return self.parcours.matricule

    @property
    def titre(self) -> str:
        """The title."""
        return self.parcours.titre

    @property
    def offer(self) -> Offre:
        """The offer that the author wrote; else the académie's for its own parcours, the national one for others."""
        return self.parcours.offre or ("academique" if self.parcours.origine == "academie" else "nationale")

    @property
    def offre(self) -> str:
        """The offer, as it is read."""
        return OFFERS[self.offer]

    @property
    def collection(self) -> str:
        """The collection, as it is read."""
        return COLLECTIONS[self.parcours.collection].label

    @property
    def domaine(self) -> str:
        """The domain, empty where nobody said it."""
        return self.parcours.domaine or ""

    @property
    def public(self) -> tuple[str, ...]:
        """Whom it is for."""
        return self.parcours.public

    @property
    def cycles(self) -> tuple[str, ...]:
        """The cycles that it is for, as they are read; none where nobody said it."""
        return tuple(CYCLES[code].label for code in self.parcours.cycles)

    @property
    def origine(self) -> str:
        """Who made it: `Académie de Lyon`, `DGESCO`…"""
        label = ORIGINES[self.parcours.origine].label
        of = " d’" if (self.parcours.academie or "")[:1] in "AEIOU" else " de "
        return f"{label}{of}{self.parcours.academie}" if self.parcours.academie else label

    @property
    def auteurs(self) -> tuple[str, ...]:
        """Who wrote it."""
        return self.parcours.auteurs

    @property
    def licence(self) -> str:
        """Under which licence, empty where nobody said it."""
        return self.parcours.licence or ""

    @property
    def date_version(self) -> date | None:
        """When this version was published, where somebody said it."""
        return self.parcours.date_version

    @property
    def total_min(self) -> int:
        """All its minutes."""
        return self.presence_min + self.distance_min

    @property
    def bands(self) -> tuple[Band, ...]:
        """The bands of duration where people look for it: two at 6 h, as the words say."""
        hours = self.total_min / 60
        within = {"moins-3h": hours < 3, "3h-6h": 3 <= hours <= 6, "6h-9h": 6 <= hours <= 9, "plus-9h": hours > 9}
        return tuple(band for band in BANDS if within[band])

    def words(self) -> str:
        """Return what a search looks into, folded."""
        one = self.parcours
        texts = (self.nom, one.matricule, one.titre, self.domaine, self.collection, self.origine, one.description or "")
        return folded(" ".join((*texts, *one.objectifs, *one.public, *one.auteurs)))


@dataclass(frozen=True)
class Wanted:
    """Which parcours are wanted: each filter that says something narrows; words are all to be found."""

    offre: Offre | None = None
    public: str | None = None
    domaine: str | None = None
    cycle: str | None = None
    collection: str | None = None
    duree: Band | None = None
    mots: tuple[str, ...] = field(default=())

    def among(self, entries: Iterable[Entry]) -> tuple[Entry, ...]:
        """Return the entries that are wanted, in their order; DataError for a public that nobody is."""
        publics = _publics(self.public)
        return tuple(entry for entry in entries if self._keeps(entry) and publics & set(entry.public))

    def _keeps(self, entry: Entry) -> bool:
        return (
            self.offre in (None, entry.offer)
            and self.collection in (None, entry.parcours.collection)
            and (self.cycle is None or self.cycle in entry.parcours.cycles)
            and (self.duree is None or self.duree in entry.bands)
            and folded(self.domaine or "") in folded(entry.domaine)
            and all(word in entry.words() for said in self.mots for word in folded(said).split())
        )


def _publics(said: str | None) -> set[str]:
    """Return the publics whose name holds what was said, all of them where nothing was."""
    found = {code for code in PUBLICS if folded(said or "") in folded(code)}
    if not found:
        refusal = PUBLICS.refusal(said or "")
        raise DataError(f"{refusal[:1].upper()}{refusal[1:]}.")
    return found


def entry_of(loaded: Loaded, nom: str) -> Entry:
    """Return a parcours as an entry of that name."""
    credited = ((one.modalite, one.duree) for one in loaded.parcours.activites if one.credite)
    return Entry(nom, loaded, *minutes_by_place(credited))


def read_catalogue(home: Path) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """Return the entries, by offer then title, and a French sentence for each parcours that cannot be read.

    `home` is the data folder: its own `catalogue` comes beside what ships with the program.
    """
    entries = list(_shipped())
    problems: list[str] = []
    own = sorted(path.parent for path in (home / FOLDER).glob(f"*/{FILE}"))
    for folder in (folder for folder in own if not folder.name.startswith(".")):
        try:
            entries.append(entry_of(load_parcours(folder / FILE), folder.name))
        except ScenarioError as exc:
            problems.append(
                _(
                    "{name} n'est pas dans la liste, parce qu'il n'est pas valide : {problem}",
                    name=folder.name,
                    problem=exc.problems[0],
                )
            )
    offers = list(OFFERS)
    entries.sort(key=lambda entry: (offers.index(entry.offer), folded(entry.titre), entry.matricule))
    return tuple(entries), tuple(problems)


@cache
def _shipped() -> tuple[Entry, ...]:
    """Return the parcours of the program: read once, they are as unchanging as it is."""
    return tuple(entry_of(load_parcours(catalogue.folder(name) / FILE), name) for name in catalogue.names())
