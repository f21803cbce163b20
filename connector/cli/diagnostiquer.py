"""`parcours diagnostiquer`: what is wrong with the installation, and how to mend it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from connector.cli.ledger_door import opened
from connector.cli.publishing import say, show, site_option
from connector.language import _
from connector.ledger.instants import now_us, year_of
from connector.moodle.plugin_zip import plugin_version
from connector.obligation.policy import LocalRules
from connector.ops.doctor.finding import left_to_do
from connector.ops.doctor.gather import gather
from connector.ops.doctor.judge import judge
from connector.ops.doctor.wording import findings_json, lines, rights_text
from connector.ops.registre.check import check
from connector.ops.registre.raw import agree
from connector.publish.display import Line

if TYPE_CHECKING:
    from connector.cli.main import Invocation
    from connector.ops.doctor.finding import Finding
    from connector.ops.doctor.wording import Form


@click.command()
@site_option
@click.option("--json", "as_json", is_flag=True, help="Affiche le diagnostic en JSON (diagnostic/1).")
@click.option(
    "--droits",
    type=click.Choice(["texte", "markdown", "json"]),
    is_flag=False,
    flag_value="texte",
    help="Écrit les fonctions et les capacités qu'un administrateur doit donner, par commande, sans rien vérifier.",
)
@click.option(
    "--registre",
    is_flag=True,
    help="Vérifie seulement que le registre est entier : fichier, renvois, empreintes, totaux refaits puis comparés.",
)
@click.pass_context
def diagnostiquer(ctx: click.Context, site: str | None, *, as_json: bool, droits: Form | None, registre: bool) -> None:
    """Vérifie les sites Moodle, les LRS, le registre et la configuration : ce qui ne va pas, et comment y remédier.

    Rien n'est écrit, ni dans Moodle ni dans le LRS. Code de retour : 0 si tout va bien, 2 s'il reste à faire, 1 en cas
    d'erreur.
    """
    if droits is not None:
        click.echo(rights_text(droits))
        return
    invocation: Invocation = ctx.obj
    say(_("Vérification…"))
    findings = (
        _ledger(invocation) if registre else judge(gather(invocation.donnees, site, _now), plugin_version(), _now())
    )
    if as_json:
        click.echo(findings_json(findings))
    else:
        show(Line(text, style) for text, style in lines(findings))
    if left_to_do(findings):
        ctx.exit(2)


def _ledger(invocation: Invocation) -> list[Finding]:
    with opened(invocation, nameless=True) as (settings, ledger):
        found = check(ledger, LocalRules.of(settings), year_of(now_us()))
        return found if ledger.nameless else [*found, *agree(ledger, settings.dsn_brut)]


def _now() -> datetime:
    return datetime.now(UTC)
