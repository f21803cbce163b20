"""`parcours lrs`: serves the embedded LRS and creates the credentials of those who use it."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from connector.errors import ConfigError, DataError, RetriableError
from connector.system_words import why
from xapi import errors as xapi_errors
from xapi.lrs.app import PREFIX, create_app
from xapi.lrs.clients import add_client, has_clients
from xapi.lrs.serve import address, listen, serve
from xapi.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from connector.cli.main import Invocation

_LOCAL = ("127.0.0.1", "localhost", "::1")

_base_option = click.option(
    "--base",
    metavar="DSN",
    help="Base des déclarations. Défaut : lrs.db dans le dossier des données (SQLite).",
)


@click.group()
def lrs() -> None:
    """Le LRS intégré : reçoit et rend les déclarations xAPI."""


@lrs.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8970, show_default=True, help="0 : un port libre.")
@click.option("--adresse", default="127.0.0.1", show_default=True, help="Adresse d'écoute.")
@_base_option
@click.pass_obj
def servir(invocation: Invocation, port: int, adresse: str, base: str | None) -> None:
    """Sert le LRS jusqu'à Ctrl+C."""
    with _store(invocation, base) as store:
        try:
            listener = listen(adresse, port)
        except OSError as exc:
            raise ConfigError(
                f"Impossible d'écouter sur {adresse}, port {port} : {why(exc)}.",
                remedy="Choisissez une autre adresse (--adresse) ou un autre port (--port).",
            ) from exc
        with listener:
            click.echo(f"LRS à l'écoute : {address(listener)}{PREFIX}/ (Ctrl+C pour arrêter)")
            for warning in _warnings(store, adresse):
                click.echo(warning, err=True)
            try:
                serve(create_app(store), listener)
            except KeyboardInterrupt:
                click.echo("LRS arrêté.")


@lrs.group()
def client() -> None:
    """Ceux qui peuvent envoyer et lire des déclarations."""


@client.command()
@click.argument("nom")
@_base_option
@click.pass_obj
def ajouter(invocation: Invocation, nom: str, base: str | None) -> None:
    """Crée le client NOM ; son secret est écrit dans un fichier que vous seul pouvez lire."""
    with _store(invocation, base) as store:
        path = _create_client(store, nom, invocation.donnees)
    click.echo(f"Client « {nom} » créé. Son secret est dans {path}.")
    click.echo("Donnez l'un et l'autre à Moodle (logstore_xapi) ou à une partie [[lrs]] de parcours.toml.")


def _create_client(store: Store, name: str, folder: Path) -> Path:
    """Create the secret's file first: a client whose secret nobody holds could never be used."""
    path = folder / f"secret-lrs-{name}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as exc:
        raise ConfigError(
            f"Le fichier {path} ne peut pas être créé : {why(exc)}.",
            remedy="S'il existe déjà, ce client a déjà un secret : choisissez un autre nom.",
        ) from exc
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(add_client(store.database, name) + "\n")
    except xapi_errors.DataError as exc:
        path.unlink()
        raise DataError(
            f"Le client « {name} » ne peut pas être créé.",
            remedy="Prenez un nom nouveau, de 1 à 64 lettres sans accent, chiffres, points, tirets ou soulignés.",
        ) from exc
    except BaseException:
        path.unlink()
        raise
    return path


def _warnings(store: Store, host: str) -> Iterator[str]:
    if not has_clients(store.database):
        yield "Aucun client : toute demande sera refusée. Créez-en un : « parcours lrs client ajouter NOM »."
    if host not in _LOCAL:
        yield "Attention : les échanges ne sont pas chiffrés. Placez un serveur HTTPS devant cette adresse."


@contextmanager
def _store(invocation: Invocation, dsn: str | None) -> Iterator[Store]:
    """Open the statements' database for one command; its refusals become sentences."""
    try:
        store = Store.open(dsn or f"sqlite:///{invocation.donnees / 'lrs.db'}")
    except xapi_errors.ConfigError as exc:
        raise ConfigError(
            f"La base des déclarations ne s'ouvre pas ({exc}).",
            remedy="Vérifiez --base, les droits sur le fichier et la version du programme.",
        ) from exc
    except xapi_errors.RetriableError as exc:
        raise RetriableError(
            "La base des déclarations est occupée par une autre commande.", remedy="Relancez dans un instant."
        ) from exc
    try:
        yield store
    finally:
        store.close()
