"""`parcours emargement`: sign-in sheets out, and in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from connector.attendance.cells import read_rows
from connector.attendance.directory import read_directory
from connector.attendance.enter import enter
from connector.attendance.lrs import writable_lrs
from connector.attendance.marks import read_marks
from connector.attendance.session import session_named
from connector.attendance.sheet import sign_in
from connector.attendance.writeback import write_back
from connector.cli.ledger_door import author, opened
from connector.deliver import deliver
from connector.errors import DataError
from connector.ledger.instants import now_us
from connector.ledger.journal import record
from connector.moodle.connect import connect
from connector.reports.sheets import FORMATS, render
from connector.reports.typography import count
from connector.system_words import why

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.attendance.directory import Directory
    from connector.attendance.enter import Entered
    from connector.attendance.marks import Mark, Reading
    from connector.attendance.writeback import Written
    from connector.cli.main import Invocation
    from connector.ledger.db import Ledger
    from connector.reports.sheets import Format
    from connector.settings import Settings


@click.group()
def emargement() -> None:
    """Les feuilles d'émargement : les imprimer, les saisir."""


@emargement.command()
@click.argument("session", metavar="SESSION")
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="pdf", show_default=True, help="PDF à signer, ou classeur."
)
@click.option("--sortie", type=click.Path(path_type=Path, dir_okay=False), help="Fichier à écrire.")
@click.pass_obj
def imprimer(invocation: Invocation, session: str, form: Format, sortie: Path | None) -> None:
    """Fait les feuilles de SESSION (son fichier, ou le code d'une session connue) : une par créneau et par groupe.

    Le PDF s'imprime et se signe ; les classeurs (xlsx, ods) se remplissent, puis : parcours emargement saisir.
    """
    with opened(invocation) as (settings, ledger):
        snapshot = session_named(settings, ledger, session)
        with ledger.read() as connection:
            sheets = sign_in(snapshot, read_directory(connection))
        if not sheets.sheets:
            raise DataError(
                f"La session {snapshot.code} n'a aucun créneau à émarger.",
                remedy="Ajoutez-en dans « creneaux » de son fichier.",
            )
        content = render(sheets, form)
        with ledger.write() as connection:
            record(connection, now_us(), author(), "emargement.imprimer", snapshot.code, format=form)
    click.echo(deliver(content, sortie or invocation.donnees / "emargements" / f"{snapshot.code}.{form}"))


@emargement.command()
@click.argument("session", metavar="SESSION")
@click.argument("fichier", type=click.Path(path_type=Path, dir_okay=False), metavar="FICHIER")
@click.option("--json", "as_json", is_flag=True, help="Affiche le résultat en JSON.")
@click.pass_context
def saisir(ctx: click.Context, session: str, fichier: Path, *, as_json: bool) -> None:
    """Saisit une feuille remplie de SESSION : CSV (session;activite;creneau;courriel;present), XLSX ou ODS.

    Les marques vont au LRS, et la présence entière à Moodle. Une seconde feuille corrige la première ; la même ne
    change rien. Les lignes fausses sont dites, les autres saisies (code de retour 2).
    """
    try:
        data = fichier.read_bytes()
    except OSError as exc:
        raise DataError(f"{fichier} ne se lit pas : {why(exc)}.", remedy="Vérifiez son nom.") from exc
    rows = read_rows(data, fichier.name)
    invocation: Invocation = ctx.obj
    with opened(invocation) as (settings, ledger):
        snapshot = session_named(settings, ledger, session)
        with ledger.read() as connection:
            people = read_directory(connection)
        reading = read_marks(rows, snapshot, people)
        with writable_lrs(settings) as lrs:
            entered = enter(lrs, snapshot, reading.marks)
        declared = entered.declared
        with ledger.write() as connection:
            record(
                connection, now_us(), author(), "emargement.saisir", snapshot.code,
                fichier=fichier.name, nouvelles=declared.new, corrigees=declared.corrected,
            )  # fmt: skip
        told = _tell_moodle(settings, ledger, snapshot.code, entered, people, reading.marks)
    click.echo(json.dumps(_document(reading, entered, told), ensure_ascii=False) if as_json else _text(entered, told))
    if _warn(reading, told):
        ctx.exit(2)


def _tell_moodle(
    settings: Settings, ledger: Ledger, code: str, entered: Entered, people: Directory, marks: Sequence[Mark]
) -> Sequence[Written]:
    return [
        write_back(ledger, connect(site, settings.moodle_token(site)), code, entered.presences, people, marks)
        for site in settings.moodle
    ]


def _text(entered: Entered, told: Sequence[Written]) -> str:
    declared = entered.declared
    figures = (
        count(declared.new, "nouvelle", "nouvelles"),
        count(declared.corrected, "corrigée", "corrigées"),
        count(declared.known, "déjà saisie", "déjà saisies"),
    )
    lines = [f"Marques : {', '.join(figures)}."]
    whole, partial = sum(written.done for written in told), sum(written.undone for written in told)
    if any(written.found for written in told):
        done = count(whole, "présence entière", "présences entières")
        lines.append(f"Moodle : {done}, {count(partial, 'autre', 'autres')}.")
    return "\n".join(lines)


def _document(reading: Reading, entered: Entered, told: Sequence[Written]) -> dict[str, object]:
    declared = entered.declared
    return {
        "nouvelles": declared.new,
        "corrigees": declared.corrected,
        "connues": declared.known,
        "vides": reading.blank,
        "refusees": list(reading.refused),
        "appels_moodle": sum(written.rolled for written in told),
        "achevements_moodle": sum(written.done for written in told),
        "non_achevements_moodle": sum(written.undone for written in told),
        "sans_inscription": sorted({email for written in told for email in written.absent}),
        "erreurs": [str(failure) for written in told for failure in written.failures],
    }


def _warn(reading: Reading, told: Sequence[Written]) -> bool:
    """Say on standard error what was not done; tell whether something is left to a person."""
    if reading.blank:
        click.echo(f"{count(reading.blank, 'ligne sans marque attend', 'lignes sans marque attendent')}.", err=True)
    for sentence in reading.refused:
        click.echo(sentence, err=True)
    for email in sorted({email for written in told for email in written.absent}):
        click.echo(f"{email} n'est pas dans le cours Moodle : sa présence n'y est pas inscrite.", err=True)
    failures = [failure for written in told for failure in written.failures]
    for failure in failures:
        click.echo(f"Erreur : {failure}", err=True)
    if failures:
        click.echo("Les marques sont saisies ; relancez la même commande pour compléter Moodle.", err=True)
    return bool(reading.refused or failures)
