"""`parcours attester`: a trainer's word on a session."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from connector.acts.attest import prepare
from connector.acts.leading import refuse_followers
from connector.attendance.attest import check_author
from connector.attendance.session_named import session_named
from connector.cli.asking import says_yes, watched
from connector.cli.ledger_door import asker, author, opened
from connector.errors import ConfigError
from connector.language import _, ngettext
from connector.ledger.instants import now

if TYPE_CHECKING:
    from datetime import datetime

    from connector.attendance.declare import Declared
    from connector.cli.main import Invocation


@click.command()
@click.argument("session", metavar="SESSION")
@click.option("--enseignant", "enseignants", multiple=True, metavar="ID", help="Identifiant ou adresse. Répétable.")
@click.option("--date", "jour", type=click.DateTime(["%Y-%m-%d"]), metavar="AAAA-MM-JJ", help="Défaut : aujourd'hui.")
@click.option("--retirer", is_flag=True, help="Retire l'attestation.")
@click.option("--formateur", metavar="COURRIEL", help="Le formateur de la session qui atteste. Défaut : l'opérateur.")
@click.option("--oui", is_flag=True, help="Atteste sans demander ceux dont il n'y a aucune déclaration.")
@click.option("--json", "as_json", is_flag=True, help="Affiche le résultat en JSON.")
@click.pass_obj
def attester(  # noqa: PLR0913 - one for each option
    invocation: Invocation,
    session: str,
    enseignants: tuple[str, ...],
    jour: datetime | None,
    formateur: str | None,
    *,
    retirer: bool,
    oui: bool,
    as_json: bool,
) -> None:
    """Atteste SESSION (son fichier ou son code) pour tous ses participants, ou pour les personnes nommées.

    Une fois attestée, une session « validation: attestation » crédite ses durées prévues, moins les absences. Attester
    deux fois ne change rien ; une autre date remplace la première.
    """
    with opened(invocation) as (settings, ledger):
        refuse_followers(asker(settings))
        snapshot = session_named(settings, ledger, session)
        trainer = check_author(settings, snapshot, author(), formateur)
        attesting = prepare(
            ledger,
            snapshot,
            enseignants,
            trainer=trainer,
            day=jour.date() if jour else None,
            withdraw=retirer,
        )
        bare = list(attesting.bare)
        if bare and not oui:
            _ask(snapshot.code, bare)
        if not retirer and attesting.early(now(ZoneInfo(snapshot.fuseau)).date()):
            told = _("{code} n'est pas finie : ses heures à venir seront créditées comme faites", code=snapshot.code)
            click.echo(_("Attention : {told}. Pour revenir en arrière : --retirer.", told=told), err=True)
        done = attesting.give(settings, ledger, asker(settings))
    click.echo(json.dumps(_document(done, bare), ensure_ascii=False) if as_json else _text(done, retirer=retirer))


def _ask(code: str, bare: list[str]) -> None:
    """Ask before attesting people of whom nothing was ever said; refuse where nobody can answer."""
    named = ", ".join(bare)
    click.echo(
        _("Aucune déclaration dans {code} pour : {named}. (D'après la dernière collecte.)", code=code, named=named),
        err=True,
    )
    if not watched():
        raise ConfigError(
            _("Rien n'a été attesté : ceci demande votre accord."),
            remedy=_(
                "Collectez d'abord (parcours collecter), nommez les autres (--enseignant), ou relancez avec --oui."
            ),
        )
    if not says_yes(_("Les attester quand même ?")):
        raise click.Abort


def _text(done: Declared, *, retirer: bool) -> str:
    if retirer:
        without = ngettext("{n} personne n'en avait pas", "{n} personnes n'en avaient pas", done.known)
        return _("Attestations retirées : {corrected} ; {without}.", corrected=done.corrected, without=without)
    figures = (
        ngettext("{n} nouvelle", "{n} nouvelles", done.new),
        ngettext("{n} changée", "{n} changées", done.corrected),
        ngettext("{n} déjà donnée", "{n} déjà données", done.known),
    )
    return _("Attestations : {figures}.", figures=", ".join(figures))


def _document(done: Declared, bare: list[str]) -> dict[str, object]:
    return {
        "nouvelles": done.new,
        "corrigees": done.corrected,
        "connues": done.known,
        "sans_declaration": bare,
    }
