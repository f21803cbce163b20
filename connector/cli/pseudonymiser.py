"""`parcours rgpd pseudonymiser`: the names leave the ledger for a file of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from connector.cli.asking import agreed
from connector.cli.ledger_door import operator
from connector.language import N_, _, ngettext
from connector.ops.privacy.pseudonymise import pseudonymise, to_hide
from connector.settings import Settings

if TYPE_CHECKING:
    from connector.cli.main import Invocation

_DOES = N_("répond des données personnelles")


@click.command()
@click.option("--essai", is_flag=True, help="Compte ce qui serait pseudonymisé, et ne change rien.")
@click.option("--oui", is_flag=True, help="Ne demande pas confirmation.")
@click.pass_obj
def pseudonymiser(invocation: Invocation, *, essai: bool, oui: bool) -> None:
    """Ne laisse dans le registre que des pseudonymes ; les noms vont dans le fichier « pseudonymes » de [base].

    Les déclarations brutes du LRS intégré sont scellées. Sans retour. Arrêtez d'abord le tableau, le LRS et la nuit ;
    une sauvegarde d'avant garde les noms.
    """
    settings = Settings.load(invocation.donnees)
    operator(settings, _DOES)
    rows = sum(to_hide(settings).values())
    told = ngettext("{n} ligne qui nomme quelqu'un", "{n} lignes qui nomment quelqu'un", rows)
    if essai:
        click.echo(_("À pseudonymiser : {lignes}.", lignes=told))
        return
    if not (oui or agreed(_("Pseudonymiser le registre ({lignes}), sans retour ?", lignes=told), option="--oui")):
        raise click.Abort
    done = pseudonymise(settings)
    click.echo(
        _(
            "Pseudonymisé : {noms} dans {fichier}.",
            noms=ngettext("{n} nom", "{n} noms", done.names),
            fichier=settings.names_file,
        )
    )
    if done.statements:
        sealed = ngettext("{n} déclaration scellée", "{n} déclarations scellées", done.statements)
        click.echo(_("LRS intégré : {declarations}.", declarations=sealed))
    click.echo(
        _(
            "Gardez ce fichier et la clé {cle}, chacun à part du registre : sans l'un d'eux, plus aucun nom.",
            cle=settings.erasure_key_file,
        )
    )
