"""`parcours catalogue`: what there is to run, to read, to give and to take."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from connector.catalogue.entries import BANDS, OFFERS, Wanted, entry_of, read_catalogue
from connector.catalogue.install import install
from connector.catalogue.listing import FORMS, Form, render
from connector.catalogue.package import files_of, pack
from connector.catalogue.site import write_site
from connector.catalogue.unpack import open_package
from connector.deliver import deliver
from connector.errors import DataError
from connector.language import N_, _, ngettext
from scenarios.errors import ScenarioError
from scenarios.load import load_parcours
from scenarios.vocabularies import COLLECTIONS, CYCLES, perhaps

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.catalogue.entries import Entry
    from connector.cli.main import Invocation

_FILTERS = (
    click.option("--offre", type=click.Choice(list(OFFERS)), help="L'offre nationale, ou l'offre académique."),
    click.option("--public", metavar="PUBLIC", help="Pour ce public : un mot suffit, « formateurs »."),
    click.option("--domaine", metavar="DOMAINE", help="Dans ce domaine : un mot suffit, « langues »."),
    click.option("--cycle", type=click.Choice(list(CYCLES)), help="Pour ce cycle : C2 est le CP, le CE1 et le CE2."),
    click.option("--collection", type=click.Choice(list(COLLECTIONS)), help="Dans cette collection."),
    click.option("--duree", type=click.Choice(list(BANDS)), help="De cette durée, présence et distance ensemble."),
    click.option("--mot", "mots", multiple=True, metavar="MOT", help="Qui parle de cela. Répétable."),
)
_adresse = click.option(
    "--adresse", metavar="URL", default="", help="Adresse web du site du catalogue, pour les liens du XML."
)

_CHANGE_VERSION = N_("Un parcours modifié change de version : augmentez celle de son matricule.")


def _filters(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add what narrows a catalogue."""
    for option in reversed(_FILTERS):
        command = option(command)
    return command


@click.group(invoke_without_command=True)
@_filters
@click.option("--format", "form", type=click.Choice(FORMS), default="texte", show_default=True, help="La forme.")
@click.option("--json", "as_json", is_flag=True, help="Comme « --format json ».")
@_adresse
@click.option("--sortie", type=click.Path(path_type=Path, dir_okay=False), help="Fichier à écrire.")
@click.pass_context
def catalogue(
    ctx: click.Context, /, form: Form, sortie: Path | None, adresse: str, *, as_json: bool, **filters: Any
) -> None:
    """Le catalogue des parcours : ceux du programme, et ceux que vous avez importés.

    Sans commande, les liste. « site » en fait des pages, « exporter » et « importer » échangent des parcours entre
    académies.
    """
    if ctx.invoked_subcommand is not None:
        return
    content = render(_wanted(ctx.obj, **filters), "json" if as_json else form, adresse)
    if sortie is None:
        sys.stdout.buffer.write(content)
    else:
        click.echo(deliver(content, sortie))


@catalogue.command()
@_filters
@_adresse
@click.option(
    "--sortie", type=click.Path(path_type=Path, file_okay=False), help="Dossier à remplir. Défaut : catalogue-web."
)
@click.pass_obj
def site(invocation: Invocation, /, adresse: str, sortie: Path | None, **filters: Any) -> None:
    """Écrit le catalogue en pages web : à ouvrir du disque, ou à déposer sur n'importe quel serveur.

    Une page par parcours, une recherche, le XML de m@gistère et les paquets à importer. Rien n'y est demandé à un autre
    site, et tout se lit sans JavaScript.
    """
    entries = _wanted(invocation, **filters)
    first = write_site(entries, sortie or invocation.donnees / "catalogue-web", adresse)
    click.echo(ngettext("{first} : {n} parcours.", "{first} : {n} parcours.", len(entries), first=first))


@catalogue.command()
@click.argument("noms", nargs=-1, required=True, metavar="PARCOURS…")
@click.option(
    "--sortie", type=click.Path(path_type=Path, file_okay=False), help="Dossier des paquets. Défaut : paquets."
)
@click.option("--json", "as_json", is_flag=True, help="Affiche les paquets en JSON.")
@click.pass_obj
def exporter(invocation: Invocation, noms: tuple[str, ...], sortie: Path | None, *, as_json: bool) -> None:
    """Écrit chaque parcours (son nom au catalogue, son matricule ou son fichier) en un paquet qu'un autre site importe.

    Le paquet contient le parcours et les fichiers qu'il nomme, avec ses auteurs et sa licence. Rien d'une session n'y
    est : ni liste, ni date, ni adresse. Un parcours qui a changé depuis qu'il est au catalogue, ou exporté, change de
    version : sinon il est refusé.
    """
    entries = _read(invocation)
    packed = [(entry, pack(entry.loaded)) for entry in (_one(nom, entries) for nom in noms)]
    folder = sortie or invocation.donnees / "paquets"
    for entry, content in packed:
        _refuse_another(folder / f"{entry.matricule}.zip", content)
    written = [
        {
            "paquet": str(deliver(content, folder / f"{entry.matricule}.zip")),
            "matricule": entry.matricule,
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        for entry, content in packed
    ]
    if as_json:
        click.echo(json.dumps(written, ensure_ascii=False, indent=2))
        return
    for one in written:
        click.echo(_("{paquet} (SHA-256 {sha256})", paquet=one["paquet"], sha256=one["sha256"]))


@catalogue.command()
@click.argument("paquets", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False), metavar="PAQUET…")
@click.option("--json", "as_json", is_flag=True, help="Affiche le résultat en JSON.")
@click.pass_obj
def importer(invocation: Invocation, paquets: tuple[Path, ...], *, as_json: bool) -> None:
    """Ajoute au catalogue du dossier des données les parcours de ces paquets, auteurs et licence gardés.

    Chaque paquet est vérifié en entier avant que rien soit écrit ; s'il y en a un mauvais, aucun n'est importé.
    Importer deux fois le même ne change rien.
    """
    packages = [open_package(path) for path in paquets]
    placed = install(packages, _read(invocation), invocation.donnees)
    if as_json:
        rows = [
            {
                "matricule": one.package.manifest.matricule,
                "dossier": str(one.folder),
                "nouveau": one.new,
                "version": one.misstep,
            }
            for one in placed
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for one in placed:
        said = one.package.manifest
        whose = f"{', '.join(said.auteurs)}, {said.licence}"
        state = _("importé") if one.new else _("déjà au catalogue, rien n'a changé")
        click.echo(
            _(
                "{folder} : « {titre} » ({whose}), {state}.",
                folder=one.folder,
                titre=said.titre,
                whose=whose,
                state=state,
            )
        )
        if one.misstep:
            click.echo(_("Attention : {dit}.", dit=one.misstep), err=True)


def _wanted(invocation: Invocation, **filters: Any) -> tuple[Entry, ...]:
    return Wanted(**filters).among(_read(invocation))


def _read(invocation: Invocation) -> tuple[Entry, ...]:
    """Return the entries, after a word on those that cannot be read."""
    entries, problems = read_catalogue(invocation.donnees)
    for problem in problems:
        click.echo(_("Attention : {problem}", problem=problem), err=True)
    return entries


def _one(name: str, entries: tuple[Entry, ...]) -> Entry:
    """Return an entry by its name or matricule, or that of the parcours in a file."""
    for entry in entries:
        if name in (entry.nom, entry.matricule):
            return entry
    path = Path(name)
    if not path.is_file():
        known = [entry.nom for entry in entries]
        raise DataError(
            _(
                "Ni le catalogue ni le disque n'ont de parcours « {name} »{perhaps}.",
                name=name,
                perhaps=perhaps(name, known),
            ),
            remedy=_("Les voir : parcours catalogue."),
        )
    try:
        entry = entry_of(load_parcours(path), path.parent.name)
    except ScenarioError as exc:
        raise DataError(str(exc), remedy=_("Corrigez ce fichier : « parcours verifier » en dit autant.")) from exc
    there = next((one for one in entries if one.matricule == entry.matricule), entry)
    if files_of(there.loaded) != files_of(entry.loaded):
        raise DataError(
            _("Le catalogue a déjà {nom}, avec un autre contenu que {fichier}.", nom=entry.matricule, fichier=path),
            remedy=_(_CHANGE_VERSION),
        )
    return entry


def _refuse_another(target: Path, content: bytes) -> None:
    """Refuse to take the place of a package of the same version that holds something else."""
    if target.is_file() and target.read_bytes() != content:
        raise DataError(
            _("{fichier} a été exporté avec un autre contenu, sous la même version.", fichier=target),
            remedy=_(_CHANGE_VERSION),
        )
