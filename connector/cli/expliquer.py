"""`parcours expliquer`: every line of a teacher, and the due."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from connector.cli.ledger_door import asker, en_tant_que_option, opened
from connector.cli.school_year import annee_option
from connector.language import SOURCE, language, speaking
from connector.obligation.dossier import UnknownTeacherError, read_explanation
from connector.obligation.explain_views import as_document, as_text
from connector.obligation.policy import LocalRules

if TYPE_CHECKING:
    from connector.cli.main import Invocation
    from scenarios.calendar import SchoolYear


@click.command()
@click.argument("enseignant", metavar="ENSEIGNANT")
@annee_option
@en_tant_que_option
@click.option("--json", "as_json", is_flag=True, help="Affiche l'explication en JSON.")
@click.pass_obj
def expliquer(
    invocation: Invocation, enseignant: str, annee: SchoolYear, en_tant_que: str | None, *, as_json: bool
) -> None:
    """Explique chaque ligne d'ENSEIGNANT (identifiant ou adresse électronique), et ce qui est dû.

    Chaque ligne, créditée ou refusée, est donnée avec ses déclarations, sa règle et le texte.
    """
    with opened(invocation, nameless=True) as (settings, ledger):
        who = asker(settings, en_tant_que)
        try:
            with speaking(SOURCE if as_json else language()), ledger.read() as connection:
                found = read_explanation(connection, enseignant, annee, LocalRules.of(settings), who.scope)
        except UnknownTeacherError:
            who.refuse(ledger, enseignant, demande="expliquer", annee=str(annee))
            raise
        who.note(ledger, "personnes.expliquer", found.identifiant, annee=str(annee))
    click.echo(json.dumps(as_document(found), ensure_ascii=False, indent=2) if as_json else as_text(found))
