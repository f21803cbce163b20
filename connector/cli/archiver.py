"""`parcours archiver`: closes a session, and loses nothing of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from connector.cli.ledger_door import opened
from connector.cli.publishing import agreed, journal_of, session_argument, site_option, transport_to
from connector.publish.apply import check_site
from connector.publish.archive import archive
from connector.publish.files import session_code

if TYPE_CHECKING:
    from connector.cli.main import Invocation
    from connector.moodle.observation import ObservedSession


@click.command()
@session_argument
@site_option
@click.option("--oui", is_flag=True, help="Ferme sans demander.")
@click.option("--json", "as_json", is_flag=True, help="Affiche le résultat en JSON.")
@click.pass_obj
def archiver(invocation: Invocation, session: str, site: str | None, *, oui: bool, as_json: bool) -> None:
    """Ferme une session publiée (son fichier ou son code) : son cours est masqué aux participants, rien n'est supprimé.

    Inscriptions, achèvements et statistiques restent, et les heures aussi. La publier de nouveau la rouvre.
    """
    with opened(invocation) as (settings, ledger):
        transport = transport_to(settings, site)
        home = check_site(transport).siteurl
        accept = _always if oui else _asks
        done = archive(transport, session_code(session), journal_of(ledger, home), accept)
    if done is None:
        raise click.Abort
    place = done.session
    if as_json:
        course = {"id": place.course.id, "url": place.course.url}
        click.echo(json.dumps({"session": place.code, "cours": course, "ferme": done.changed}, ensure_ascii=False))
    elif done.changed:
        click.echo(f"{place.code} est archivé : le cours est masqué aux participants. {place.course.url}")
    else:
        click.echo(f"{place.code} était déjà archivé : {place.course.url}")


def _always(session: ObservedSession) -> bool:  # noqa: ARG001 - accepted unread
    return True


def _asks(session: ObservedSession) -> bool:
    click.echo(f"Le cours « {session.course.fullname} » sera masqué à ses participants.", err=True)
    return agreed("Fermer cette session ?", option="--oui")
