"""`parcours publier`: brings a Moodle course to what a session says."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from connector.cli.ledger_door import author, opened
from connector.errors import ConfigError
from connector.ledger.instants import now_us
from connector.ledger.journal import record
from connector.ledger.resolve import settle
from connector.ledger.session_files import prepared
from connector.ledger.sessions import absorb_observation
from connector.moodle.connect import connect
from connector.publish import wording
from connector.publish.apply import check_site, publish
from connector.publish.desired import desired
from connector.publish.files import session_file

if TYPE_CHECKING:
    from connector.cli.main import Invocation
    from connector.ledger.db import Ledger
    from connector.moodle.transport import Transport
    from connector.publish.apply import Outcome
    from connector.publish.plan import Plan
    from connector.settings import Settings

_ASKED = {"cours", "section", "activite", "evenement"}


@click.command()
@click.argument("session", metavar="SESSION")
@click.option("--site", metavar="ADRESSE", help="Le site Moodle, quand parcours.toml en déclare plusieurs.")
@click.option("--oui", is_flag=True, help="Modifie un cours déjà publié sans demander.")
@click.option("--json", "as_json", is_flag=True, help="Affiche le résultat en JSON.")
@click.pass_context
def publier(ctx: click.Context, session: str, site: str | None, *, oui: bool, as_json: bool) -> None:
    """Publie une session (son fichier, ou le code d'une session connue) dans Moodle : crée le cours ou le met à jour.

    N'envoie que ce qui diffère ; une seconde publication ne change rien. Ce qui a été retiré est masqué, jamais
    supprimé. Code de retour : 0 si tout est fait, 1 en cas de refus ou d'échec, 2 si des personnes n'ont pas de compte
    ou si le site a gardé un ancien réglage pour ne rien effacer du travail des participants.
    """
    invocation: Invocation = ctx.obj
    with opened(invocation) as (settings, ledger):
        prepared_session = prepared(session_file(settings, session), settings)
        wanted = desired(prepared_session, settings.circonscription(prepared_session.session.circonscription))
        transport = _transport(settings, site)
        _say(f"Connexion à {transport.address}…")
        home = check_site(transport).siteurl
        outcome = publish(transport, wanted, accept=_always if oui else _asks, say=_say)
        if outcome is None:
            raise click.Abort
        _remember(ledger, home, outcome)
    click.echo(json.dumps(wording.as_json(outcome), ensure_ascii=False, indent=2) if as_json else wording.said(outcome))
    if outcome.plan.unknown_people or outcome.kept:
        ctx.exit(2)


def _transport(settings: Settings, address: str | None) -> Transport:
    site = settings.moodle_site(address)
    return connect(site, settings.moodle_token(site))


def _always(plan: Plan) -> bool:  # noqa: ARG001 - the plan is accepted unread
    return True


def _asks(plan: Plan) -> bool:
    """Ask before something that is on the site already is changed; a first publication asks nothing."""
    existing = [change for change in plan.changes if change.action != "creer" and change.kind in _ASKED]
    if not existing:
        return True
    click.echo(wording.planned(existing), err=True)
    if not sys.stdin.isatty():
        raise ConfigError("Rien n'a été publié : ceci demande votre accord.", remedy="Relancez avec --oui.")
    answer = click.prompt("Publier ces changements ? (oui ou non)", default="non", show_default=False, err=True)
    return str(answer).strip().lower() in {"o", "oui"}


def _say(line: str) -> None:
    """Show a step to a person who watches; a pipe gets none."""
    if sys.stderr.isatty():
        click.echo(line, err=True)


def _remember(ledger: Ledger, site: str, outcome: Outcome) -> None:
    """Keep in the ledger what the site now says: snapshot, course, modules, accounts."""
    with ledger.write() as connection:
        absorbed = absorb_observation(connection, site, outcome.observation, at_us=now_us())
        settle(connection)
        if outcome.plan.changes:
            record(connection, now_us(), author(), "session.publier", outcome.session.code, site=site)
    for problem in absorbed.problems:
        click.echo(f"Attention : {problem}", err=True)
