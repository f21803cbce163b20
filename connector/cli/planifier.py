"""`parcours planifier`: what publishing a session would change, without changing anything."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

import click

from connector.cli.ledger_door import opened
from connector.cli.publier_stock import mode_for
from connector.cli.publishing import (
    course_option,
    journal_of,
    model_option,
    roles_at,
    say,
    scene_of,
    session_argument,
    show,
    site_option,
    stage_option,
    staged_at,
    transport_to,
    wished,
    wishes_for,
)
from connector.errors import ConfigError
from connector.language import _
from connector.moodle.functions import get_site_info
from connector.moodle.roll import has_rolls
from connector.publish.display import Line, plan_lines
from connector.publish.hours import credited, touched
from connector.publish.plan_json import plan_json
from connector.publish.planned import planned_from, planned_into, planned_offline, planned_with_plugin, with_roll
from connector.publish.stock.wording import LIMITS, to_do_by_hand
from connector.publish.uploads import Supply, needed, refuse_untaken

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.cli.main import Invocation
    from connector.ledger.db import Ledger
    from connector.moodle.document import Publication
    from connector.moodle.transport import Transport
    from connector.publish.display import Scene
    from connector.publish.hours import Touched
    from connector.publish.plan import Wishes
    from connector.publish.planned import Planned
    from connector.settings import Settings
    from scenarios.prepare import PreparedSession


@click.command()
@session_argument
@site_option
@click.option("--hors-ligne", is_flag=True, help="Planifie comme si le site était vide, sans réseau.")
@click.option("--ecraser", is_flag=True, help="Montre ce que ferait « publier --ecraser ».")
@stage_option
@course_option
@model_option
@click.option("--json", "as_json", is_flag=True, help="Affiche le plan en JSON (plan/1).")
@click.pass_context
def planifier(  # noqa: PLR0913 - one argument an option
    ctx: click.Context,
    session: str,
    site: str | None,
    cours: int | None,
    modele: int | None,
    *,
    opening: bool | None,
    hors_ligne: bool,
    ecraser: bool,
    as_json: bool,
) -> None:
    """Montre ce que publier une session (son fichier, ou le code d'une session connue) changerait, sans rien changer.

    Ce que quelqu'un a modifié dans Moodle depuis la dernière publication est montré à part. Sans l'extension, --cours
    et --modele planifient comme ils publient. Code de retour : 0 s'il n'y a rien à faire, 2 s'il y a des différences,
    1 en cas d'erreur.
    """
    invocation: Invocation = ctx.obj
    with opened(invocation) as (settings, ledger):
        prepared_session, wanted = wished(settings, session)
        roles = {} if hors_ligne else roles_at(settings, site)
        wishes = wishes_for(prepared_session, opening=opening, overwrite=ecraser, roles=roles)
        if hors_ligne:
            _refuse_places({"--site": site, "--cours": cours, "--modele": modele})
            planned = planned_offline(wanted, wishes)
        else:
            asked = _Asked(prepared_session, wanted, wishes, cours, modele)
            planned = _planned(transport_to(settings, site), settings, ledger, asked)
        with ledger.read() as connection:
            hours = touched(planned.plan, wanted, planned.observation, credited(connection, wanted.code))
    if as_json:
        click.echo(json.dumps(plan_json(planned, wanted.code, hours), ensure_ascii=False, indent=2))
    else:
        show(_lines(planned, wanted.code, scene_of(prepared_session, wanted), hours))
    if not planned.nothing:
        ctx.exit(2)


class _Asked(NamedTuple):
    """What to plan: a session, what a site must hold for it, how, into which course or from which model."""

    session: PreparedSession
    wanted: Publication
    wishes: Wishes
    course: int | None
    model: int | None


def _planned(transport: Transport, settings: Settings, ledger: Ledger, asked: _Asked) -> Planned:
    """Plan in the mode that the site and the course or the model asked for make; check what would be uploaded."""
    say(_("Lecture de {address}…", address=transport.address))
    session, wanted, wishes, course, model = asked
    info = get_site_info(transport)
    steps = journal_of(settings, ledger, info.siteurl).steps("cours")
    mode = mode_for(transport, info, ledger, wanted.code, course=course, model=model)
    if mode.letter != "P":
        wanted = staged_at(ledger, info.siteurl, wanted, wishes)
    if mode.letter == "M":
        planned = planned_into(transport, wanted, mode, mode.number, steps, wishes)
    elif mode.letter == "S":
        planned = planned_from(transport, wanted, mode, steps, wishes)
    else:
        planned = planned_with_plugin(transport, wanted, mode, wishes)
    if planned.plan.publication is not None:
        contents = needed(planned.plan.publication, planned.observation.session(wanted.code))
        refuse_untaken(contents, Supply.of(session.sources(), info))
    return with_roll(planned, transport, wanted, wishes) if has_rolls(info) else planned


def _refuse_places(given: Mapping[str, object]) -> None:
    """Raise `ConfigError` when a place was named that planning without any site does not read."""
    named = [name for name, value in given.items() if value is not None]
    if named:
        raise ConfigError(
            _("{named} : --hors-ligne ne lit aucun site.", named=_(" et ").join(named)),
            remedy=_("Retirez l'un ou l'autre."),
        )


def _lines(planned: Planned, code: str, scene: Scene, hours: Sequence[Touched]) -> list[Line]:
    where = planned.course.url if planned.course else _("rien n'est encore publié")
    lines = [Line(_("{code} : {where}", code=code, where=where), "bold")]
    if planned.mode and planned.mode.letter != "P":
        lines += [Line(str(planned.mode)), Line(_(LIMITS))]
    by_hand = [Line(line) for line in to_do_by_hand(planned.by_hand)]
    return [*lines, *plan_lines(planned.plan, scene, hours, complete=not by_hand), *by_hand]
