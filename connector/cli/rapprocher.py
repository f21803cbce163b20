"""`parcours rapprocher`: credit lines and balances, and the closing of a school year."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from connector.cli.ledger_door import opened, operator
from connector.cli.school_year import annee_option
from connector.errors import ConfigError
from connector.language import N_, _, ngettext
from connector.ledger.instants import PARIS, now_us
from connector.ledger.rebuild import rebuild
from connector.obligation.closed_years import close_year, reopen_year
from connector.obligation.policy import LocalRules
from connector.obligation.reconcile import reconcile
from connector.obligation.rules import school_year

if TYPE_CHECKING:
    from connector.cli.main import Invocation
    from connector.ledger.db import Ledger
    from connector.obligation.differences import Difference
    from connector.obligation.reconcile import Reconciled
    from connector.settings import Settings
    from scenarios.calendar import SchoolYear

_DOES = N_("clôt ou rouvre une année")
_NAMES = {
    "teachers": "enseignants",
    "lines": "lignes",
    "balances": "bilans",
    "without_rules": "sans_regles",
    "unknown": "derogations_inconnues",
    "different": "differences_annees_closes",
    "differences": "differences",
}


@click.command()
@click.option(
    "--complet",
    is_flag=True,
    help="Refait tout à partir des preuves, des publications et des personnels, et dit ce que les années closes "
    "deviendraient.",
)
@annee_option
@click.option("--clore", metavar="AAAA-AAAA", help="Clôt une année finie : ses lignes et bilans ne changent plus.")
@click.option("--rouvrir", metavar="AAAA-AAAA", help="Rouvre une année close.")
@click.option("--json", "as_json", is_flag=True, help="Affiche le résultat en JSON.")
@click.pass_obj
def rapprocher(
    invocation: Invocation, annee: SchoolYear, clore: str | None, rouvrir: str | None, *, complet: bool, as_json: bool
) -> None:
    """Refait les lignes de crédit et les bilans des personnes touchées depuis la dernière fois.

    Une politique ou une dérogation changée dans parcours.toml est vue : les bilans concernés sont refaits. Une année
    close garde ses chiffres et ses règles ; --complet montre ce qui différerait, sans rien y changer.
    """
    if clore and rouvrir:
        raise ConfigError(_("Une année se clôt ou se rouvre."), remedy=_("Donnez --clore ou --rouvrir, pas les deux."))
    with opened(invocation) as (settings, ledger):
        said = _reopened(settings, ledger, school_year(rouvrir)) if rouvrir else ""
        with ledger.write() as connection:
            if complet:
                rebuild(connection)
            done = reconcile(connection, LocalRules.of(settings), annee, complete=complet)
        said = _closed(settings, ledger, school_year(clore)) if clore else said
    if as_json:
        document = {_NAMES[key]: value for key, value in asdict(done).items()}
        click.echo(json.dumps(document | ({"annee": said} if said else {}), ensure_ascii=False))
    else:
        click.echo(_text(done))
        click.echo(said, nl=bool(said))
    for warning in _warnings(done):
        click.echo(_("Attention : {warning}", warning=warning), err=True)


def _closed(settings: Settings, ledger: Ledger, year: SchoolYear) -> str:
    """Close a year once its balances are up to date, in one transaction."""
    author = operator(settings, _DOES).author
    with ledger.write() as connection:
        local = LocalRules.of(settings)
        reconcile(connection, local, year)
        new = close_year(connection, year, local, author=author, at_us=now_us(), zone=PARIS)
    return _("L'année {year} est close.", year=year) if new else _("L'année {year} était déjà close.", year=year)


def _reopened(settings: Settings, ledger: Ledger, year: SchoolYear) -> str:
    """Reopen a year, whose teachers are then reconciled with the others."""
    author = operator(settings, _DOES).author
    with ledger.write() as connection:
        new = reopen_year(connection, year, author=author, at_us=now_us())
    return _("L'année {year} est rouverte.", year=year) if new else _("L'année {year} n'était pas close.", year=year)


def _text(done: Reconciled) -> str:
    lines = [
        _(
            "Enseignants rapprochés : {teachers} ; lignes : {lines} ; bilans : {balances}.",
            teachers=done.teachers,
            lines=done.lines,
            balances=done.balances,
        )
    ]
    if done.different:
        found = ngettext("{n} différence", "{n} différences", done.different)
        lines.append(
            _(
                "Années closes, laissées comme elles sont : {found} avec les règles et les preuves d'aujourd'hui.",
                found=found,
            )
        )
        lines += [f"  {_difference(one)}" for one in done.differences]
        if done.different > len(done.differences):
            lines.append(_("  … et {autres} autres.", autres=done.different - len(done.differences)))
    return "\n".join(lines)


def _difference(one: Difference) -> str:
    where = f"{one.annee_scolaire}, {one.identifiant}, {one.objet or 'bilan'}"
    return _(
        "{where} : {champ} {avant} → {apres}",
        where=where,
        champ=one.champ,
        avant=_shown(one.avant),
        apres=_shown(one.apres),
    )


def _shown(value: int | str | None) -> str:
    return "rien" if value is None else str(value)


def _warnings(done: Reconciled) -> list[str]:
    found = [
        _("aucune règle n'est connue pour {name}, ses sessions n'ont pas de bilan.", name=name)
        for name in done.without_rules
    ]
    return found + [
        _("la dérogation de « {who} » ne s'applique à personne : aucun enseignant ne porte cet identifiant.", who=who)
        for who in done.unknown
    ]
