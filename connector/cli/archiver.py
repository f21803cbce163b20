"""`parcours archiver`: closes a session, and loses nothing of it."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from connector.cli.ledger_door import opened
from connector.cli.publishing import agreed, alone, journal_of, session_argument, site_option, transport_to, warn
from connector.ledger.sessions import course_of
from connector.moodle.functions import get_site_info
from connector.publish.archive import Closing, archive
from connector.publish.files import session_code

if TYPE_CHECKING:
    from connector.cli.main import Invocation


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
    with ExitStack() as stack:
        settings, ledger = stack.enter_context(opened(invocation))
        code = session_code(session)
        stack.enter_context(alone(settings, ledger, code))
        transport = transport_to(settings, site)
        info = get_site_info(transport)
        with ledger.read() as connection:
            linked = course_of(connection, info.siteurl, code)
        closing = Closing(_always if oui else _asks, warn)
        done = archive(transport, info, code, journal_of(ledger, info.siteurl), linked, closing)
    if done is None:
        raise click.Abort
    if as_json:
        course = {"id": done.course_id, "url": done.url}
        click.echo(json.dumps({"session": done.code, "cours": course, "ferme": done.changed}, ensure_ascii=False))
    elif done.changed:
        click.echo(f"{done.code} est archivé : le cours est masqué aux participants. {done.url}")
    else:
        click.echo(f"{done.code} était déjà archivé : {done.url}")


def _always(name: str) -> bool:  # noqa: ARG001 - accepted unread
    return True


def _asks(name: str) -> bool:
    click.echo(f"Le cours « {name} » sera masqué à ses participants.", err=True)
    return agreed("Fermer cette session ?", option="--oui")
