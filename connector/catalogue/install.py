"""A package taken into the catalogue of the data folder: whole, or not at all."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from connector.catalogue.entries import FILE, FOLDER
from connector.catalogue.package import files_of
from connector.errors import ConfigError, DataError
from connector.language import _
from connector.system_words import why
from scenarios.errors import ScenarioError
from scenarios.load import load_parcours
from scenarios.versions import identity, misstep

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from connector.catalogue.entries import Entry
    from connector.catalogue.unpack import Package
    from scenarios.load import Loaded


@dataclass(frozen=True)
class Placed:
    """Where a package is in the catalogue, and whether it has just come.

    `misstep`: why its version does not follow the newest one that was there, None where it does.
    """

    package: Package
    folder: Path
    new: bool
    misstep: str | None = None


def install(packages: Sequence[Package], entries: Iterable[Entry], home: Path) -> list[Placed]:
    """Put packages into the catalogue of the data folder `home`, beside what `entries` says is there.

    Every one is checked as its author would (`parcours verifier`) and laid beside its place before the first one takes
    it: a bad one, and none is imported. One that is there already, the same, is left alone. DataError for a bad
    package, and for a matricule that the catalogue knows with another content.
    """
    shelf = home / FOLDER
    known = {entry.matricule: entry.loaded for entry in entries}
    homes = {matricule: loaded.path.parent for matricule, loaded in known.items()}
    try:
        shelf.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=shelf, prefix=".import-") as workshop:
            laid: list[tuple[Path, Placed]] = []
            for rank, package in enumerate(packages):
                loaded = _lay(package, Path(workshop) / str(rank))
                matricule = loaded.parcours.matricule
                _refuse_another(package, known.setdefault(matricule, loaded))
                new = matricule not in homes
                wrong = _misstep(matricule, homes) if new else None
                folder = homes.setdefault(matricule, shelf / matricule.lower().replace("_", "-"))
                laid.append((loaded.path.parent, Placed(package, folder, new, wrong)))
            for source, placed in laid:
                if placed.new:
                    source.rename(placed.folder)
    except OSError as exc:
        raise ConfigError(_("{shelf} ne peut pas être écrit : {raison}.", shelf=shelf, raison=why(exc))) from exc
    return [placed for _, placed in laid]


def _lay(package: Package, folder: Path) -> Loaded:
    """Write a package in `folder` and load it; DataError where it is not the valid parcours that it says it is."""
    for name, data in package.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    try:
        loaded = load_parcours(folder / FILE)
    except ScenarioError as exc:
        first = str(exc.problems[0]).removeprefix(f"{folder}/")
        raise DataError(
            _("{name} : le parcours de ce paquet n'est pas valide : {first}.", name=package.name, first=first)
        ) from exc
    said, one = package.manifest, loaded.parcours
    facts = ("matricule", "titre", "auteurs", "licence")
    wrong = next((fact for fact in facts if getattr(said, fact) != getattr(one, fact)), None)
    if wrong:
        raise DataError(
            _(
                "{name} : le paquet et son parcours ne disent pas la même chose ({wrong}).",
                name=package.name,
                wrong=wrong,
            )
        )
    stray = sorted(package.files.keys() - files_of(loaded).keys())
    if stray:
        raise DataError(
            _(
                "{name} : le parcours ne se sert pas de « {stray} » ; rien n'a été importé.",
                name=package.name,
                stray=stray[0],
            )
        )
    return loaded


def _misstep(matricule: str, there: Iterable[str]) -> str | None:
    """Return why a version does not follow the newest one of its parcours, None where it does."""
    others = [one for one in there if identity(one) == identity(matricule)]
    return misstep(max(others), matricule, changed=True) if others else None


def _refuse_another(package: Package, there: Loaded) -> None:
    """Refuse to have two contents under one matricule."""
    if files_of(there) != package.files:
        raise DataError(
            _(
                "{name} : le catalogue a déjà {matricule}, avec un autre contenu ; rien n'a été importé.",
                name=package.name,
                matricule=package.manifest.matricule,
            ),
            remedy=_("Un parcours modifié change de version : demandez un paquet à jour."),
        )
