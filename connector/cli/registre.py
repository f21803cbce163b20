"""`parcours registre`: a copy of the ledger, its way back, another database for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from connector.cli.ledger_door import author, opened
from connector.language import _, ngettext
from connector.ledger.instants import now_us
from connector.ledger.journal import record
from connector.ops.registre.move import move
from connector.ops.registre.saving import restore, save
from connector.settings import FILE, Settings

if TYPE_CHECKING:
    from connector.cli.main import Invocation
    from connector.ops.registre.move import Moved


@click.group()
def registre() -> None:
    """Le registre lui-même : le sauvegarder, le restaurer, le déplacer. Pour le vérifier : diagnostiquer --registre."""


@registre.command()
@click.argument("fichier", type=click.Path(path_type=Path, dir_okay=False), metavar="FICHIER")
@click.pass_obj
def sauvegarder(invocation: Invocation, fichier: Path) -> None:
    """Copie le registre dans FICHIER (SQLite), entier à un instant, pendant que d'autres s'en servent."""
    with opened(invocation, nameless=True) as (settings, ledger):
        done = save(settings.dsn, fichier)
        with ledger.write() as connection:
            record(connection, now_us(), author(), "registre.sauvegarder", fichier.name, lignes=done.total)
    _names_apart(settings)
    click.echo(_("{said} dans {fichier}.", said=_said(done), fichier=fichier))


@registre.command()
@click.argument("fichier", type=click.Path(path_type=Path, dir_okay=False), metavar="FICHIER")
@click.pass_obj
def restaurer(invocation: Invocation, fichier: Path) -> None:
    """Remet une sauvegarde à la place d'un registre vide ou absent ; puis collectez : ce qui suit revient des LRS."""
    settings = Settings.load(invocation.donnees)
    _names_apart(settings)
    click.echo(_("{said} remises en place.", said=_said(restore(fichier, settings.dsn))))


@registre.command()
@click.argument("dsn", metavar="DSN")
@click.pass_obj
def deplacer(invocation: Invocation, dsn: str) -> None:
    """Copie le registre dans une autre base (postgresql+psycopg://… ou sqlite:///…), vide, et compare les deux.

    Comme dans parcours.toml, le fichier de « sqlite:///… » part du dossier des données. L'ancienne base reste comme
    elle est : dites la nouvelle dans parcours.toml, partie [base].
    """
    settings = Settings.load(invocation.donnees)
    _names_apart(settings)
    done = move(settings.dsn, settings.database(dsn))
    click.echo(
        _(
            "{said} et comparées, table par table. Écrivez la nouvelle adresse dans {file}, « dsn ». L'ancienne base "
            "garde tout, noms compris : supprimez-la quand la nouvelle a servi.",
            said=_said(done),
            file=FILE,
        )
    )


def _names_apart(settings: Settings) -> None:
    """Say where the names are that a copy of pseudonyms has not."""
    if settings.names_file is not None:
        click.echo(
            _(
                "Le registre n'a que des pseudonymes : la correspondance {noms} et la clé {cle} se gardent à part.",
                noms=settings.names_file,
                cle=settings.erasure_key_file,
            )
        )


def _said(done: Moved) -> str:
    return _(
        "{lignes} ({tables})",
        lignes=ngettext("{n} ligne copiée", "{n} lignes copiées", done.total),
        tables=ngettext("{n} table", "{n} tables", len(done.rows)),
    )
