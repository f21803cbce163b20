"""`parcours decider`: a person's word on one line of one teacher."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from connector.attendance.attest import people_to_attest
from connector.attendance.decide import Decided
from connector.attendance.declare import declare, in_force
from connector.attendance.directory import read_directory
from connector.attendance.lrs import writable_lrs
from connector.attendance.session import session_named
from connector.cli.ledger_door import asker, opened
from connector.errors import ConfigError, DataError
from connector.ledger.instants import now_us
from connector.ledger.sessions import known_activities
from connector.obligation.closed_years import refuse_closed
from connector.obligation.dossier import UnknownTeacherError, find_teacher
from connector.obligation.rules import regulation, school_year
from xapi.vocabulary import OwnActivity

if TYPE_CHECKING:
    from connector.attendance.decide import Verdict
    from connector.attendance.declare import Declared
    from connector.cli.main import Invocation
    from connector.ledger.asker import Asker
    from connector.ledger.db import Ledger
    from connector.settings import Settings
    from scenarios.snapshot import Snapshot

_FOR: dict[Verdict, str] = {"granted": "accorder", "refused": "refuser"}
_DONE: dict[Verdict, str] = {"granted": "accordée", "refused": "refusée", "withdrawn": "décision retirée"}
_REASONS = "\n".join(f"{code} : {reason.libelle}." for code, reason in regulation().decisions.items())


@click.command(epilog=f"Motifs. {' '.join(_REASONS.splitlines())}")
@click.argument("enseignant", metavar="ENSEIGNANT")
@click.option("--session", required=True, metavar="SESSION", help="Code de la session, ou son fichier.")
@click.option("--activite", required=True, metavar="ACTIVITE", help="Identifiant de l'activité dans le parcours.")
@click.option("--accorder", "verdict", flag_value="granted", help="Crédite les minutes prévues de la ligne.")
@click.option("--refuser", "verdict", flag_value="refused", help="Refuse la ligne.")
@click.option("--motif", required=True, metavar="CODE", help="Motif neutre, de la liste ci-dessous.")
@click.option("--retirer", is_flag=True, help="Retire la décision : les autres preuves décident de nouveau.")
@click.option("--json", "as_json", is_flag=True, help="Affiche le résultat en JSON.")
@click.pass_obj
def decider(  # noqa: PLR0913 - one for each option
    invocation: Invocation,
    enseignant: str,
    session: str,
    activite: str,
    verdict: Verdict | None,
    motif: str,
    *,
    retirer: bool,
    as_json: bool,
) -> None:
    """Accorde ou refuse une ligne d'ENSEIGNANT (identifiant ou adresse électronique).

    La décision l'emporte sur toute autre preuve jusqu'à ce qu'elle soit retirée. C'est une déclaration journalisée,
    avec son auteur : collectez puis rapprochez pour la voir dans « parcours expliquer ».
    """
    says = _wanted(verdict, motif, retirer=retirer)
    with opened(invocation) as (settings, ledger):
        who = _judge(settings, ledger)
        snapshot = session_named(settings, ledger, session)
        identifiant, email = _person(ledger, snapshot, enseignant, activite, who)
        line = OwnActivity(snapshot.code, activite)
        fact = Decided(line, email, says, motif, who.author, now_us())
        with writable_lrs(settings) as lrs:
            if retirer and verdict and in_force(lrs, [fact]) != [verdict]:
                raise DataError(f"Aucune décision en vigueur n'est à retirer : rien n'est « {_DONE[verdict]} » ici.")
            done = declare(lrs, [fact])
        who.note(ledger, f"decision.{_action(says)}", identifiant, ligne=line.idnumber, motif=motif, **_counts(done))
    click.echo(json.dumps(_document(says, line, motif, done), ensure_ascii=False) if as_json else _text(says, done))


def _wanted(verdict: Verdict | None, motif: str, *, retirer: bool) -> Verdict:
    """Return what is to be said, once the options agree and the reason is one of the list."""
    if verdict is None and not retirer:
        raise ConfigError("Il manque la décision.", remedy="Dites --accorder, --refuser ou --retirer.")
    reason = regulation().decisions.get(motif)
    if reason is None:
        known = ", ".join(regulation().decisions)
        raise DataError(f"Le motif « {motif} » n'est pas de la liste.", remedy=f"Motifs admis : {known}.")
    if retirer or verdict is None:
        return "withdrawn"
    if _FOR[verdict] not in reason.pour:
        fit = ", ".join(code for code, other in regulation().decisions.items() if _FOR[verdict] in other.pour)
        raise DataError(f"Le motif « {motif} » ne sert pas à {_FOR[verdict]}.", remedy=f"Pour cela : {fit}.")
    return verdict


def _judge(settings: Settings, ledger: Ledger) -> Asker:
    """Return who decides: an operator, or an IEN for their own teachers; refuse anybody else."""
    who = asker(settings)
    if who.scope.role not in {"operateur", "ien"}:
        who.refuse(ledger, "decider")
        raise ConfigError(
            f"« {who.author} » a le rôle « {who.scope.role} » : seuls un IEN et l'opérateur décident d'une ligne.",
            remedy="Contestez la ligne auprès de votre IEN.",
        )
    return who


def _person(ledger: Ledger, snapshot: Snapshot, named: str, activity_id: str, who: Asker) -> tuple[str, str]:
    """Return the identifiant of the teacher and the address that names them in the session."""
    year = school_year(snapshot.annee_scolaire)
    with ledger.read() as connection:
        refuse_closed(connection, year)
        activities = known_activities(connection, snapshot.code)
        people = read_directory(connection)
        try:
            teacher = find_teacher(connection, named, year, who.scope)
        except UnknownTeacherError:
            teacher = None
    if teacher is None:
        who.refuse(ledger, named, demande="decider")
        raise UnknownTeacherError(
            f"« {named} » n'est ni un identifiant ni une adresse d'un enseignant de votre périmètre.",
            remedy="Vérifiez l'orthographe, ou importez le fichier à jour : parcours personnels importer FICHIER.",
        )
    if activity_id not in activities:
        known = ", ".join(sorted(activities))
        raise DataError(f"« {activity_id} » n'est pas une activité de {snapshot.code}.", remedy=f"Connues : {known}.")
    return teacher.identifiant, people_to_attest(snapshot, [teacher.identifiant], people)[0]


def _action(says: Verdict) -> str:
    return _FOR.get(says, "retirer")


def _counts(done: Declared) -> dict[str, int]:
    return {"nouvelles": done.new, "corrigees": done.corrected}


def _text(says: Verdict, done: Declared) -> str:
    if done.known:
        return "Aucune décision n'est en vigueur." if says == "withdrawn" else f"Déjà décidé : {_DONE[says]}."
    return f"Décidé : {_DONE[says]}. Pour la voir : parcours collecter, puis parcours rapprocher."


def _document(says: Verdict, line: OwnActivity, motif: str, done: Declared) -> dict[str, object]:
    return {
        "decision": _action(says),
        "session": line.code,
        "activite": line.activity_id,
        "motif": motif,
        **_counts(done),
        "connues": done.known,
    }
