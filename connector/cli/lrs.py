"""`parcours lrs`: serves the embedded LRS and keeps the credentials of those who use it."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from connector.cli.listening import LOCAL, listening
from connector.errors import ConfigError, DataError
from connector.language import _
from connector.ledger.pseudonymised_mode import pseudonyms
from connector.ops.raw_store import raw_store
from connector.settings import Settings
from connector.system_words import why
from xapi import errors as xapi_errors
from xapi.lrs.app import PREFIX, create_app
from xapi.lrs.clients import add_client, list_clients, remove_client
from xapi.lrs.limits import Limits
from xapi.lrs.serve import address, serve

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from connector.cli.main import Invocation
    from xapi.store import Store

_LIMITS = Limits()
_RIGHTS = {
    "tout": "all",
    "tout-lire": "all/read",
    "envoyer": "statements/write",
    "lire": "statements/read",
    "lire-les-siennes": "statements/read/mine",
    "etats": "state",
    "profils": "profile",
}

_base_option = click.option(
    "--base",
    metavar="DSN",
    help="Base des déclarations. Défaut : « dsn_brut » de parcours.toml, lrs.db dans le dossier des données.",
)


@click.group()
def lrs() -> None:
    """Le LRS intégré : reçoit et rend les déclarations xAPI."""


@lrs.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8970, show_default=True, help="0 : un port libre.")
@click.option("--adresse", default="127.0.0.1", show_default=True, help="Adresse d'écoute.")
@click.option(
    "--taille-max",
    type=click.IntRange(1, 1024),
    default=_LIMITS.body // 2**20,
    show_default=True,
    metavar="MO",
    help="Taille d'une demande, en mégaoctets.",
)
@click.option(
    "--debit",
    type=click.IntRange(0),
    default=int(_LIMITS.per_second),
    show_default=True,
    metavar="N",
    help="Demandes par seconde de chaque client, dix fois plus d'affilée. 0 : sans limite.",
)
@_base_option
@click.pass_obj
def servir(invocation: Invocation, port: int, adresse: str, taille_max: int, debit: int, base: str | None) -> None:
    """Sert le LRS jusqu'à Ctrl+C."""
    limits = Limits(body=taille_max * 2**20, per_second=debit, burst=10 * debit)
    with _store(invocation, base) as store, listening(adresse, port) as listener:
        click.echo(
            _("LRS à l'écoute : {address}{prefix}/ (Ctrl+C pour arrêter)", address=address(listener), prefix=PREFIX)
        )
        for warning in _warnings(store, adresse):
            click.echo(warning, err=True)
        serve(create_app(store, limits), listener, limits.connections)
        click.echo(_("LRS arrêté."))


@lrs.group()
def client() -> None:
    """Ceux qui peuvent envoyer et lire des déclarations, et ce que chacun peut faire."""


@client.command()
@click.argument("nom")
@click.option(
    "--droit",
    "droits",
    type=click.Choice(list(_RIGHTS)),
    multiple=True,
    default=["tout"],
    show_default=True,
    help="Ce que ce client peut faire ; à répéter. « envoyer » suffit à Moodle.",
)
@_base_option
@click.pass_obj
def ajouter(invocation: Invocation, nom: str, droits: tuple[str, ...], base: str | None) -> None:
    """Crée le client NOM ; son secret est écrit dans un fichier que vous seul pouvez lire."""
    with _store(invocation, base) as store:
        path = _create_client(store, nom, {_RIGHTS[droit] for droit in droits}, invocation.donnees)
    click.echo(_("Client « {nom} » créé. Son secret est dans {path}.", nom=nom, path=path))
    click.echo(_("Donnez l'un et l'autre à Moodle (logstore_xapi) ou à une partie [[lrs]] de parcours.toml."))


@client.command()
@_base_option
@click.pass_obj
def lister(invocation: Invocation, base: str | None) -> None:
    """Donne le nom et les droits de chaque client."""
    names = {scope: droit for droit, scope in _RIGHTS.items()}
    with _store(invocation, base) as store:
        for found in list_clients(store.database):
            click.echo(
                _(
                    "{name} : {scopes}",
                    name=found.name,
                    scopes=", ".join(sorted(names[scope] for scope in found.scopes)),
                )
            )


@client.command()
@click.argument("nom")
@_base_option
@click.pass_obj
def retirer(invocation: Invocation, nom: str, base: str | None) -> None:
    """Retire l'accès du client NOM, sur-le-champ ; ce qu'il a envoyé reste."""
    with _store(invocation, base) as store:
        try:
            remove_client(store.database, nom)
        except xapi_errors.DataError as exc:
            raise DataError(
                _("Il n'y a pas de client « {nom} ».", nom=nom),
                remedy=_("Voyez leurs noms : « parcours lrs client lister »."),
            ) from exc
    path = _secret_file(nom, invocation.donnees)
    path.unlink(missing_ok=True)
    click.echo(_("Client « {nom} » retiré.", nom=nom))


def _secret_file(name: str, folder: Path) -> Path:
    return folder / f"secret-lrs-{name}"


def _create_client(store: Store, name: str, scopes: Collection[str], folder: Path) -> Path:
    """Create the secret's file first: a client whose secret nobody holds could never be used."""
    path = _secret_file(name, folder)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as exc:
        raise ConfigError(
            _("Le fichier {path} ne peut pas être créé : {raison}.", path=path, raison=why(exc)),
            remedy=_("S'il existe déjà, ce client a déjà un secret : choisissez un autre nom."),
        ) from exc
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(add_client(store.database, name, scopes) + "\n")
    except xapi_errors.DataError as exc:
        path.unlink()
        raise DataError(
            _("Le client « {name} » ne peut pas être créé.", name=name),
            remedy=_("Prenez un nom nouveau, de 1 à 64 lettres sans accent, chiffres, points, tirets ou soulignés."),
        ) from exc
    except BaseException:
        path.unlink()
        raise
    return path


def _warnings(store: Store, host: str) -> Iterator[str]:
    if not list_clients(store.database):
        yield _("Aucun client : toute demande sera refusée. Créez-en un : « parcours lrs client ajouter NOM ».")
    if host not in LOCAL:
        yield _("Attention : les échanges ne sont pas chiffrés. Placez un serveur HTTPS devant cette adresse.")


@contextmanager
def _store(invocation: Invocation, dsn: str | None) -> Iterator[Store]:
    settings = Settings.load(invocation.donnees)
    with (
        pseudonyms(settings.erasure_key(), settings.names_file) as by,
        raw_store(dsn or settings.dsn_brut, by) as store,
    ):
        yield store
