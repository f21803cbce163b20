"""`parcours rapprocher`: credit lines and balances."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from connector.cli.ledger_door import opened
from connector.cli.school_year import annee_option
from connector.obligation.policy import LocalRules
from connector.obligation.reconcile import reconcile

if TYPE_CHECKING:
    from connector.cli.main import Invocation
    from scenarios.calendar import SchoolYear


@click.command()
@click.option("--complet", is_flag=True, help="Refait tout le monde, pas seulement les personnes touchées.")
@annee_option
@click.option("--json", "as_json", is_flag=True, help="Affiche le résultat en JSON.")
@click.pass_obj
def rapprocher(invocation: Invocation, annee: SchoolYear, *, complet: bool, as_json: bool) -> None:
    """Refait les lignes de crédit et les bilans des personnes touchées depuis la dernière fois.

    Après un changement de politique ou de dérogation dans parcours.toml, ajoutez --complet.
    """
    with opened(invocation) as (settings, ledger), ledger.write() as connection:
        done = reconcile(connection, LocalRules.of(settings), annee, complete=complet)
    if as_json:
        names = {"teachers": "enseignants", "lines": "lignes", "balances": "bilans", "without_rules": "sans_regles"}
        click.echo(json.dumps({names[key]: value for key, value in asdict(done).items()}, ensure_ascii=False))
    else:
        click.echo(f"Enseignants rapprochés : {done.teachers} ; lignes : {done.lines} ; bilans : {done.balances}.")
    for name in done.without_rules:
        click.echo(f"Attention : aucune règle n'est connue pour {name}, ses sessions n'ont pas de bilan.", err=True)
