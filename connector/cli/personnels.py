"""`parcours personnels`: the roster."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from connector.cli.given import read_given
from connector.cli.identites import acteurs, identites
from connector.cli.ledger_door import author, opened
from connector.language import N_, _, ngettext
from connector.ledger.instants import now_us, today
from connector.ledger.people import import_roster
from connector.ledger.removal import remove_person
from connector.ledger.resolve import settle
from connector.ledger.roster import parse_roster
from connector.obligation.rules import regulation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.cli.main import Invocation
    from connector.ledger.people import Imported

_UNSHARE = N_(
    "Pour qu'une adresse ne soit plus qu'à une personne : corrigez le fichier et importez-le "
    "de nouveau (avec --complet si quelqu'un n'y est plus) ; quelqu'un y est par erreur : "
    "parcours personnels retirer IDENTIFIANT ; une déclaration attend déjà sous cette "
    "adresse : parcours file --resoudre NUMÉRO --enseignant IDENTIFIANT."
)


@click.group()
def personnels() -> None:
    """Les personnels : qui enseigne où, à quelle quotité."""


@personnels.command()
@click.argument("fichier", type=click.Path(path_type=Path, dir_okay=False), metavar="FICHIER")
@click.option("--complet", is_flag=True, help="Clôt à hier les services des absents du fichier, et leurs adresses.")
@click.option("--json", "as_json", is_flag=True, help="Affiche le bilan en JSON.")
@click.pass_context
def importer(ctx: click.Context, fichier: Path, *, complet: bool, as_json: bool) -> None:
    """Importe personnels.csv (UTF-8, point-virgule) : remplace les services des personnes listées.

    Importer deux fois le même fichier ne change rien. En cas d'erreur, toutes sont dites et rien n'est importé. Une
    adresse laissée à plusieurs personnes est dite, et finit en code 2.
    """
    roster = parse_roster(read_given(fichier), fichier.name, regulation().situations)
    with opened(ctx.obj) as (_settings, ledger), ledger.write() as connection:
        done = import_roster(connection, roster, author=author(), today=today(), at_us=now_us(), complete=complet)
        settle(connection)
    warnings = (*roster.warnings, *done.shared, *_kept_out(done))
    for warning in warnings:
        click.echo(_("Attention : {warning}", warning=warning), err=True)
    click.echo(json.dumps(_document(done, warnings), ensure_ascii=False, indent=2) if as_json else _sentence(done))
    if done.shared:
        click.echo(_(_UNSHARE), err=True)
        ctx.exit(2)


@personnels.command()
@click.argument("enseignant", metavar="IDENTIFIANT")
@click.pass_obj
def retirer(invocation: Invocation, enseignant: str) -> None:
    """Retire une personne entrée par erreur, qui n'a ni déclaration, ni décision, ni mission du pacte.

    Elle ne doit plus d'heures et n'est plus dans aucun état. Celle qui est partie se clôt : importer --complet.
    """
    with opened(invocation) as (_settings, ledger), ledger.write() as connection:
        remove_person(connection, enseignant, author=author(), at_us=now_us())
        settle(connection)
    click.echo(
        _(
            "{enseignant} est retiré des personnels. Retirez-le aussi du fichier : un import l'y remettrait.",
            enseignant=enseignant,
        )
    )


def _document(done: Imported, warnings: Sequence[str]) -> dict[str, object]:
    return {
        "ajoutees": done.created,
        "modifiees": done.changed,
        "closes": done.closed,
        "inchangees": done.unchanged,
        "avertissements": warnings,
    }


def _kept_out(done: Imported) -> Iterator[str]:
    if done.erased:
        people = ngettext(
            "{n} personne du fichier a été effacée", "{n} personnes du fichier ont été effacées", len(done.erased)
        )
        yield (
            _(
                "{people} et reste dehors : {erased}. Retirez-la du fichier, ou, si elle revient : "
                "parcours rgpd lever IDENTIFIANT ADRESSE.",
                people=people,
                erased=", ".join(done.erased),
            )
        )


def _sentence(done: Imported) -> str:
    if done.nothing:
        return ngettext(
            "Rien n'a changé : {n} personne était déjà à jour.",
            "Rien n'a changé : {n} personnes étaient déjà à jour.",
            done.unchanged,
        )
    figures = [
        ngettext("{n} ajoutée", "{n} ajoutées", len(done.created)),
        ngettext("{n} modifiée", "{n} modifiées", len(done.changed)),
        ngettext("{n} inchangée", "{n} inchangées", done.unchanged),
        *([ngettext("{n} close", "{n} closes", len(done.closed))] if done.closed else []),
    ]
    return _("Personnes importées : {figures}.", figures=", ".join(figures))


personnels.add_command(identites)
personnels.add_command(acteurs)
