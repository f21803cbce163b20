"""`parcours decider`: a person's word on one line of one teacher."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from connector.acts.decide import ACTIONS, check_reason, decide
from connector.attendance.session_named import session_named
from connector.cli.ledger_door import asker, opened
from connector.errors import ConfigError
from connector.language import N_, _
from connector.obligation.rules import regulation
from xapi.vocabulary import OwnActivity

if TYPE_CHECKING:
    from connector.attendance.decide import Verdict
    from connector.attendance.declare import Declared
    from connector.cli.main import Invocation

_WITHDRAWN = "erreur_de_saisie"
"""What a withdrawal says where no reason is given: the decision is taken back, nothing more."""

_DONE: dict[Verdict, str] = {"granted": N_("accordée"), "refused": N_("refusée"), "withdrawn": N_("décision retirée")}
_REASONS = "\n".join(f"{code} : {reason.libelle}." for code, reason in regulation().decisions.items())


@click.command(epilog=f"Motifs. {' '.join(_REASONS.splitlines())}")
@click.argument("enseignant", metavar="ENSEIGNANT")
@click.option("--session", required=True, metavar="SESSION", help="Code de la session, ou son fichier.")
@click.option("--activite", required=True, metavar="ACTIVITE", help="Identifiant de l'activité dans le parcours.")
@click.option("--accorder", "verdict", flag_value="granted", help="Crédite les minutes prévues de la ligne.")
@click.option("--refuser", "verdict", flag_value="refused", help="Refuse la ligne.")
@click.option("--motif", metavar="CODE", help="Motif neutre, de la liste ci-dessous ; facultatif avec --retirer.")
@click.option("--retirer", is_flag=True, help="Retire la décision : les autres preuves décident de nouveau.")
@click.option("--json", "as_json", is_flag=True, help="Affiche le résultat en JSON.")
@click.pass_obj
def decider(  # noqa: PLR0913 - one for each option
    invocation: Invocation,
    enseignant: str,
    session: str,
    activite: str,
    verdict: Verdict | None,
    motif: str | None,
    *,
    retirer: bool,
    as_json: bool,
) -> None:
    """Accorde ou refuse une ligne d'ENSEIGNANT (identifiant ou adresse électronique).

    La décision l'emporte sur toute autre preuve jusqu'à ce qu'elle soit retirée. C'est une déclaration journalisée,
    avec son auteur : collectez puis rapprochez pour la voir dans « parcours expliquer ».
    """
    motif = motif or (_WITHDRAWN if retirer else None)
    if motif is None:
        raise ConfigError(_("Il manque le motif."), remedy=_("Donnez --motif, avec un code de la liste (--help)."))
    says = _wanted(verdict, motif, retirer=retirer)
    with opened(invocation) as (settings, ledger):
        snapshot = session_named(settings, ledger, session)
        line = OwnActivity(snapshot.code, activite)
        withdraws = verdict if retirer else None
        who = asker(settings)
        done = decide(settings, ledger, who, snapshot, enseignant, line, says, motif, withdraws=withdraws)
    click.echo(json.dumps(_document(says, line, motif, done), ensure_ascii=False) if as_json else _text(says, done))


def _wanted(verdict: Verdict | None, motif: str, *, retirer: bool) -> Verdict:
    """Return what is to be said, once the options agree and the reason serves to it."""
    if verdict is None and not retirer:
        raise ConfigError(_("Il manque la décision."), remedy=_("Dites --accorder, --refuser ou --retirer."))
    says: Verdict = "withdrawn" if retirer or verdict is None else verdict
    check_reason(says, motif)
    return says


def _counts(done: Declared) -> dict[str, int]:
    return {"nouvelles": done.new, "corrigees": done.corrected}


def _text(says: Verdict, done: Declared) -> str:
    if done.known:
        return (
            _("Aucune décision n'est en vigueur.")
            if says == "withdrawn"
            else _("Déjà décidé : {done}.", done=_(_DONE[says]))
        )
    return _("Décidé : {done}. Pour la voir : parcours collecter, puis parcours rapprocher.", done=_(_DONE[says]))


def _document(says: Verdict, line: OwnActivity, motif: str, done: Declared) -> dict[str, object]:
    return {
        "decision": ACTIONS[says],
        "session": line.code,
        "activite": line.activity_id,
        "motif": motif,
        **_counts(done),
        "connues": done.known,
    }
