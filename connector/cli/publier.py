"""`parcours publier`: brings a Moodle course to what a session says."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

import click

from connector.cli.asking import agreed
from connector.cli.ledger_door import opened
from connector.cli.publier_appel import left_in, roll_of, tell
from connector.cli.publier_stock import StockOrder, mode_for, refuse_unlocking, run, warn_of_lonely_file
from connector.cli.publishing import (
    alone,
    course_option,
    journal_of,
    model_option,
    overwrites,
    remember,
    roles_at,
    say,
    scene_of,
    session_argument,
    show,
    site_option,
    stage_option,
    transport_to,
    wished,
    wishes_for,
)
from connector.language import _, ngettext
from connector.moodle.functions import get_site_info
from connector.publish import wording
from connector.publish.apply import Choices, publish
from connector.publish.display import Line, plan_lines
from connector.publish.uploads import Supply

if TYPE_CHECKING:
    from connector.cli.main import Invocation
    from connector.publish.changes import Plan
    from connector.publish.display import Scene

_ASKED = {"cours", "section", "activite", "evenement", "ordre"}


@click.command()
@session_argument
@site_option
@click.option("--oui", is_flag=True, help="Modifie un cours déjà publié sans demander.")
@click.option("--ecraser", is_flag=True, help="Remet ce que disent vos fichiers là où Moodle a été modifié à la main.")
@click.option(
    "--deverrouiller",
    multiple=True,
    metavar="ACTIVITE",
    help="Change les conditions d'achèvement de cette activité, et efface les achèvements déjà acquis.",
)
@stage_option
@course_option
@model_option
@click.option("--json", "as_json", is_flag=True, help="Affiche le résultat en JSON.")
@click.pass_context
def publier(  # noqa: PLR0913 - one argument an option
    ctx: click.Context,
    session: str,
    site: str | None,
    deverrouiller: tuple[str, ...],
    cours: int | None,
    modele: int | None,
    *,
    opening: bool | None,
    oui: bool,
    ecraser: bool,
    as_json: bool,
) -> None:
    """Publie une session (son fichier, ou le code d'une session connue) dans Moodle : crée le cours ou le met à jour.

    N'envoie que ce qui diffère ; une seconde publication ne change rien. Ce qui a été retiré est masqué, jamais
    supprimé ; ce qui a été modifié à la main dans Moodle y reste, sauf avec --ecraser ou votre accord. Code de retour :
    0 si tout est fait, 1 en cas de refus ou d'échec, 2 si des personnes n'ont pas de compte, si le site garde un ancien
    réglage pour ne rien effacer du travail des participants, ou si des modifications faites dans Moodle y restent.

    Une session s'ouvre à sa première publication. Avec --preparation, son cours reste masqué, d'une publication à
    l'autre, jusqu'à --ouvrir, qui demande ce que la collection du parcours demande (formateur, participants).

    Sur un Moodle sans l'extension, --cours met à jour un cours restauré (« parcours exporter ») et --modele en copie
    un : noms, dates, groupes, inscriptions, calendrier, visibilité ; le reste est dit, à faire à la main (code 2).
    """
    invocation: Invocation = ctx.obj
    with ExitStack() as stack:
        settings, ledger = stack.enter_context(opened(invocation))
        prepared_session, wanted = wished(settings, session)
        stack.enter_context(alone(settings, ledger, wanted.code))
        transport = transport_to(settings, site)
        say(_("Connexion à {address}…", address=transport.address))
        info = get_site_info(transport)
        journal = journal_of(settings, ledger, info.siteurl)
        unlocked = frozenset(_idnumber(wanted.code, one) for one in deverrouiller)
        roles = roles_at(settings, site)
        wishes = wishes_for(prepared_session, opening=opening, overwrite=ecraser, unlock=unlocked, roles=roles)
        order = StockOrder(sure=oui, wishes=wishes, as_json=as_json)
        mode = mode_for(transport, info, ledger, wanted.code, course=cours, model=modele)
        if mode.letter != "P":
            refuse_unlocking(deverrouiller)
            warn_of_lonely_file(settings, session)
            ctx.exit(run(transport, info, mode, order, prepared_session, wanted, journal))
        say(str(mode))
        scene = scene_of(prepared_session, wanted)
        choices = Choices(partial(_accepts, scene, asked=not oui), partial(overwrites, scene, asked=not oui), say)
        supply = Supply.of(prepared_session.sources(), info)
        outcome = publish(transport, wanted, journal, supply, wishes=wishes, choices=choices)
        if outcome is None:
            raise click.Abort
        remember(ledger, info.siteurl, outcome.observation)
        number = outcome.session.course.id
        overwrite, unchanged = outcome.plan.overwrites, not (outcome.plan.changes or outcome.plan.drift)
        roll = roll_of(transport, info, wanted, number, journal, overwrite=overwrite, unchanged=unchanged)
    tell(wording.as_json(outcome) if as_json else wording.said(outcome), roll)
    if outcome.plan.unknown_people or outcome.kept or outcome.left or left_in(roll):
        ctx.exit(2)


def _idnumber(code: str, named: str) -> str:
    return named if named.startswith(f"{code}/") else f"{code}/{named}"


def _accepts(scene: Scene, plan: Plan, *, asked: bool) -> bool:
    """Ask before something that is on the site already is changed; a first publication asks nothing."""
    for one in (plan.publication.unlock if plan.publication else None) or ():
        lost = ngettext(
            "Déverrouiller « {title} » efface {n} achèvement dans Moodle, sans retour.",
            "Déverrouiller « {title} » efface {n} achèvements dans Moodle, sans retour.",
            one.completions,
            title=scene.names.get(one.idnumber, one.idnumber),
        )
        show([Line(lost, "bold red")], err=True)
    existing = [change for change in plan.changes if change.action != "creer" and change.kind in _ASKED]
    if not asked or not existing:
        return True
    show([Line(_("Ce cours est déjà publié. La publication va :")), *plan_lines(plan, scene)], err=True)
    return agreed(_("Publier ces changements ?"), option="--oui")
