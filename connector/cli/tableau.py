"""`parcours tableau`: serves the pages of an intranet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from connector.cli.ledger_door import opened
from connector.cli.listening import LOCAL, listening
from connector.language import _
from connector.tableau.app import create_app
from connector.tableau.place import Place
from xapi.lrs.serve import address, serve

if TYPE_CHECKING:
    from connector.cli.main import Invocation

_CONNECTIONS = 200


@click.command()
@click.option("--adresse", default="127.0.0.1", show_default=True, help="Adresse d'écoute.")
@click.option("--port", type=click.IntRange(0, 65535), default=8900, show_default=True, help="0 : un port libre.")
@click.option("--url", metavar="URL", help="Adresse publique des pages, si un serveur HTTPS est devant (https://…).")
@click.pass_obj
def tableau(invocation: Invocation, adresse: str, port: int, url: str | None) -> None:
    """Sert les pages du quotidien jusqu'à Ctrl+C : circonscriptions, sessions, relevés, chacun dans son périmètre.

    Chacun y entre par un lien personnel (parcours acces lien IDENTIFIANT), puis par le mot de passe qu'il choisit.
    """
    with opened(invocation) as (settings, ledger), listening(adresse, port) as listener:
        place = Place(settings.folder, ledger, url or address(listener))
        click.echo(_("Tableau : {adresse}/ (Ctrl+C pour arrêter)", adresse=place.address))
        if not settings.acces:
            click.echo(_("Personne n'a d'accès : parcours acces ajouter, puis parcours acces lien."), err=True)
        if adresse not in LOCAL and not place.secure:
            click.echo(
                _(
                    "Attention : les échanges ne sont pas chiffrés. Placez un serveur HTTPS devant cette adresse, et"
                    " dites la sienne par --url."
                ),
                err=True,
            )
        serve(create_app(place), listener, _CONNECTIONS)
        click.echo(_("Tableau arrêté."))
