"""`parcours archiver`: closes a session, and loses nothing of it."""

from __future__ import annotations

import json
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

import click

from connector.cli.asking import agreed
from connector.cli.ledger_door import opened
from connector.cli.publishing import alone, journal_of, session_argument, site_option, transport_to, warn
from connector.language import _, ngettext
from connector.ledger.instants import now_us
from connector.ledger.scope import EVERYTHING
from connector.ledger.sessions import course_of
from connector.ledger.stage import note_stage, standing
from connector.moodle.functions import get_site_info
from connector.publish.archive import Closing, archive
from connector.publish.session_named import session_code
from connector.reports.session import read_session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.cli.main import Invocation
    from connector.publish.stock.closing import Archived
    from connector.reports.participant import Participant


@click.command()
@session_argument
@site_option
@click.option("--oui", is_flag=True, help="Ferme sans demander, même si des personnes restent sans attestation.")
@click.option("--json", "as_json", is_flag=True, help="Affiche le résultat en JSON.")
@click.pass_obj
def archiver(invocation: Invocation, session: str, site: str | None, *, oui: bool, as_json: bool) -> None:
    """Ferme une session publiée (son fichier ou son code) : son cours est masqué aux participants, rien n'est supprimé.

    Inscriptions, achèvements et statistiques restent, et les heures aussi. La publier de nouveau la rouvre. Si la
    session se valide par attestation, les personnes qui n'en ont pas sont nommées avant de fermer.
    """
    with ExitStack() as stack:
        settings, ledger = stack.enter_context(opened(invocation))
        code = session_code(session)
        stack.enter_context(alone(settings, ledger, code))
        transport = transport_to(settings, site)
        info = get_site_info(transport)
        journal = journal_of(settings, ledger, info.siteurl)
        with ledger.read() as connection:
            linked = course_of(connection, info.siteurl, code)
            known = standing(connection, code, info.siteurl)
            report = read_session(connection, EVERYTHING, code)
        left = report.unattested if report else ()
        prepared = known is not None and known.stage == "preparation"
        closing = Closing(partial(_accepts, left, asked=not oui), warn, prepared=prepared)
        done = archive(transport, info, code, journal, linked, closing)
        if done is not None:
            with ledger.write() as connection:
                note_stage(connection, info.siteurl, code, "archivee", now_us())
    if done is None:
        raise click.Abort
    if as_json:
        click.echo(json.dumps(_document(done, left), ensure_ascii=False))
    elif done.changed:
        click.echo(_("{code} est archivé : le cours est masqué aux participants. {url}", code=done.code, url=done.url))
    else:
        click.echo(_("{code} était déjà archivé : {url}", code=done.code, url=done.url))


def _document(done: Archived, left: Sequence[Participant]) -> dict[str, object]:
    return {
        "session": done.code,
        "cours": {"id": done.course_id, "url": done.url},
        "ferme": done.changed,
        "sans_attestation": [person.identifiant or person.courriel for person in left],
    }


def _accepts(left: Sequence[Participant], name: str, *, asked: bool) -> bool:
    """Name whoever closing leaves without an attestation, and ask."""
    if left:
        people = ngettext("{n} personne n'a pas d'attestation", "{n} personnes n'ont pas d'attestation", len(left))
        click.echo(_("{people}, d'après le dernier rapprochement :", people=people), err=True)
        for person in left:
            click.echo(f"  {person.name}", err=True)
    if not asked:
        return True
    click.echo(_("Le cours « {name} » sera masqué à ses participants.", name=name), err=True)
    return agreed(_("Fermer cette session ?"), option="--oui")
