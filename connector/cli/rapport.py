"""`parcours rapport`: what an IEN reads."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from connector.cli.ledger_door import author, opened
from connector.cli.school_year import annee_option
from connector.deliver import deliver
from connector.errors import ConfigError
from connector.ledger.instants import now_us
from connector.ledger.journal import record
from connector.reports.circonscription import CirconscriptionReport, count_stale, read
from connector.reports.renderings import FORMATS, TEXT, render

if TYPE_CHECKING:
    from connector.cli.main import Invocation
    from connector.reports.renderings import Format
    from scenarios.calendar import SchoolYear


@click.group()
def rapport() -> None:
    """Les rapports : qui a fait quoi, qui en est où, pourquoi."""


@rapport.command()
@click.argument("uai", metavar="UAI")
@annee_option
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="html", show_default=True, help="La forme du fichier."
)
@click.option("--sortie", type=click.Path(path_type=Path, dir_okay=False), help="Fichier à écrire.")
@click.pass_obj
def circonscription(invocation: Invocation, uai: str, annee: SchoolYear, form: Format, sortie: Path | None) -> None:
    """Tous les enseignants de la circonscription UAI (par exemple 0693456G), et leurs heures.

    Sans --sortie, CSV et JSON vont à l'écran, la page HTML dans le dossier des données.
    """
    with opened(invocation) as (settings, ledger):
        known = settings.circonscription(uai.upper())
        with ledger.read() as connection:
            rows = read(connection, known.uai, str(annee))
            stale = count_stale(connection, known.uai, str(annee))
        if not rows:
            raise ConfigError(
                f"Aucun bilan de {annee} pour la circonscription {known.uai}.",
                remedy="Importez les personnels, collectez, puis « parcours rapprocher ».",
            )
        report = CirconscriptionReport(known.uai, known.nom, str(annee), datetime.now(known.timezone), rows, stale)
        with ledger.write() as connection:
            record(connection, now_us(), author(), "rapport.circonscription", known.uai, annee=str(annee), format=form)
    if stale:
        people = "1 enseignant a" if stale == 1 else f"{stale} enseignants ont"
        click.echo(f"Attention : {people} du nouveau qui n'est pas encore compté : « parcours rapprocher ».", err=True)
    content = render(report, form)
    if sortie is None and form in TEXT:
        sys.stdout.buffer.write(content)
    else:
        click.echo(deliver(content, sortie or invocation.donnees / "rapports" / f"{known.uai}-{annee}.{form}"))
