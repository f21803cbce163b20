"""`parcours attester`: a trainer's word on a session."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from connector.attendance.attest import Attested, check_author, people_to_attest, without_trace
from connector.attendance.declare import declare
from connector.attendance.directory import read_directory
from connector.attendance.lrs import writable_lrs
from connector.attendance.session import session_named
from connector.cli.ledger_door import author, opened
from connector.errors import ConfigError, DataError
from connector.ledger.instants import midnight_us, now_us
from connector.ledger.journal import record
from connector.reports.typography import count

if TYPE_CHECKING:
    from datetime import date

    import sqlalchemy as sa

    from connector.attendance.declare import Declared
    from connector.cli.main import Invocation
    from scenarios.snapshot import Snapshot


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

    Une fois attestée, une session « validation: attestation » crédite ses durées prévues, moins les absences. Attester
    deux fois ne change rien ; une autre date remplace la première.
    """
    with opened(invocation) as (settings, ledger):
        snapshot = session_named(settings, ledger, session)
        trainer = check_author(settings, snapshot, author(), formateur)
        at_us = _instant(snapshot, jour.date() if jour else None)
        with ledger.read() as connection:
            people = read_directory(connection)
            emails = people_to_attest(snapshot, enseignants, people)
            bare = [] if retirer else without_trace(connection, snapshot.code, emails, people)
        if bare and not oui:
            _ask(snapshot.code, bare)
        facts = [Attested(snapshot.code, email, at_us, not retirer, jour is not None, trainer) for email in emails]
        with writable_lrs(settings) as lrs:
            done = declare(lrs, facts)
        with ledger.write() as connection:
            action = "attestation.retirer" if retirer else "attestation.donner"
            _journal(connection, action, snapshot.code, done, formateur=trainer, personnes=len(emails))
            for email in bare:
                known = people.person(email)
                subject = known.identifiant if known else email
                record(connection, now_us(), author(), "attestation.sans_declaration", subject, session=snapshot.code)
    click.echo(json.dumps(_document(done, bare), ensure_ascii=False) if as_json else _text(done, retirer=retirer))


def _journal(connection: sa.Connection, action: str, code: str, done: Declared, **detail: str | int | None) -> None:
    figures = {"nouvelles": done.new, "corrigees": done.corrected}
    record(connection, now_us(), author(), action, code, **figures, **detail)


def _ask(code: str, bare: list[str]) -> None:
    """Ask before attesting people of whom nothing was ever said; refuse where nobody can answer."""
    named = ", ".join(bare)
    click.echo(f"Aucune déclaration dans {code} pour : {named}. (D'après la dernière collecte.)", err=True)
    if not sys.stdin.isatty():
        raise ConfigError(
            "Rien n'a été attesté : ceci demande votre accord.",
            remedy="Collectez d'abord (parcours collecter), nommez les autres (--enseignant), ou relancez avec --oui.",
        )
    answer = click.prompt("Les attester quand même ? (oui ou non)", default="non", show_default=False, err=True)
    if str(answer).strip().lower() not in {"o", "oui"}:
        raise click.Abort


def _instant(snapshot: Snapshot, day: date | None) -> int:
    """Return the beginning of a day, today's by default, in the session's time zone."""
    zone = ZoneInfo(snapshot.fuseau)
    if day is not None and day < snapshot.debut:
        raise DataError(
            f"Le {day:%d/%m/%Y} précède le début de la session ({snapshot.debut:%d/%m/%Y}).",
            remedy="Donnez la date à laquelle le formateur atteste.",
        )
    return midnight_us(day or datetime.now(zone).date(), zone)


def _text(done: Declared, *, retirer: bool) -> str:
    if retirer:
        without = count(done.known, "personne n'en avait pas", "personnes n'en avaient pas")
        return f"Attestations retirées : {done.corrected} ; {without}."
    figures = (
        count(done.new, "nouvelle", "nouvelles"),
        count(done.corrected, "changée", "changées"),
        count(done.known, "déjà donnée", "déjà données"),
    )
    return f"Attestations : {', '.join(figures)}."


def _document(done: Declared, bare: list[str]) -> dict[str, object]:
    return {
        "nouvelles": done.new,
        "corrigees": done.corrected,
        "connues": done.known,
        "sans_declaration": bare,
    }
