"""`parcours planifier`: what publishing a session would change, without changing anything."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from connector.cli.ledger_door import opened
from connector.cli.publishing import say, scene_of, session_argument, show, site_option, transport_to, wished
from connector.moodle.observation import Observation
from connector.publish.apply import check_site, observe
from connector.publish.display import Line, plan_lines
from connector.publish.hours import credited, touched
from connector.publish.plan import Wishes, make_plan
from connector.publish.plan_json import plan_json

if TYPE_CHECKING:
    from connector.cli.main import Invocation
    from connector.moodle.document import Publication
    from connector.settings import Settings


@click.command()
@session_argument
@site_option
@click.option("--hors-ligne", is_flag=True, help="Planifie comme si le site était vide, sans réseau.")
@click.option("--ecraser", is_flag=True, help="Montre ce que ferait « publier --ecraser ».")
@click.option("--json", "as_json", is_flag=True, help="Affiche le plan en JSON (plan/1).")
@click.pass_context
def planifier(
    ctx: click.Context, session: str, site: str | None, *, hors_ligne: bool, ecraser: bool, as_json: bool
) -> None:
    """Montre ce que publier une session (son fichier, ou le code d'une session connue) changerait, sans rien changer.

    Ce que quelqu'un a modifié dans Moodle depuis la dernière publication est montré à part. Code de retour : 0 s'il n'y
    a rien à faire, 2 s'il y a des différences, 1 en cas d'erreur.
    """
    invocation: Invocation = ctx.obj
    with opened(invocation) as (settings, ledger):
        prepared_session, wanted = wished(settings, session)
        observation = _empty(wanted) if hors_ligne else _observed(settings, site, wanted)
        plan = make_plan(wanted, observation, Wishes(overwrite=ecraser))
        with ledger.read() as connection:
            hours = touched(plan, wanted, observation, credited(connection, wanted.code))
    if as_json:
        click.echo(json.dumps(plan_json(plan, observation, wanted.code, hours), ensure_ascii=False, indent=2))
    else:
        found = observation.session(wanted.code)
        head = f"{wanted.code} : {found.course.url}" if found else f"{wanted.code} : rien n'est encore publié"
        show([Line(head, "bold"), *plan_lines(plan, scene_of(prepared_session, wanted), hours)])
    if plan.changes or plan.drift:
        ctx.exit(2)


def _observed(settings: Settings, site: str | None, wanted: Publication) -> Observation:
    transport = transport_to(settings, site)
    say(f"Lecture de {transport.address}…")
    check_site(transport)
    return observe(transport, wanted)


def _empty(wanted: Publication) -> Observation:
    """Return what a site says where everybody has an account and nothing was ever published."""
    return Observation(accounts=tuple(dict.fromkeys(one.email for one in wanted.enrolments or ())))
