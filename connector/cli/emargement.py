"""`parcours emargement`: sign-in sheets out, and in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from connector.acts.leading import refuse_followers
from connector.acts.sign import enter_sheet
from connector.attendance.cells import read_rows
from connector.attendance.directory import read_directory
from connector.attendance.session_named import session_named
from connector.attendance.sheet import sign_in
from connector.cli.given import read_given
from connector.cli.ledger_door import asker, author, opened
from connector.deliver import deliver
from connector.errors import DataError
from connector.language import _, ngettext
from connector.ledger.instants import now_us
from connector.ledger.journal import record
from connector.reports.sheets import FORMATS, render

if TYPE_CHECKING:
    from connector.acts.sign import Signed
    from connector.cli.main import Invocation
    from connector.reports.sheets import Format


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
        refuse_followers(asker(settings))
        snapshot = session_named(settings, ledger, session)
        with ledger.read() as connection:
            sheets = sign_in(snapshot, read_directory(connection))
        if not sheets.sheets:
            raise DataError(
                _("La session {code} n'a aucun créneau à émarger.", code=snapshot.code),
                remedy=_("Ajoutez-en dans « creneaux » de son fichier."),
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
    rows = read_rows(read_given(fichier), fichier.name)
    invocation: Invocation = ctx.obj
    with opened(invocation) as (settings, ledger):
        refuse_followers(asker(settings))
        snapshot = session_named(settings, ledger, session)
        signed = enter_sheet(settings, ledger, asker(settings), snapshot, rows, fichier.name, now_us())
    click.echo(json.dumps(_document(signed), ensure_ascii=False) if as_json else _text(signed))
    if _warn(signed):
        ctx.exit(2)


def _text(signed: Signed) -> str:
    declared, told = signed.entered.declared, signed.told
    figures = (
        ngettext("{n} nouvelle", "{n} nouvelles", declared.new),
        ngettext("{n} corrigée", "{n} corrigées", declared.corrected),
        ngettext("{n} déjà saisie", "{n} déjà saisies", declared.known),
    )
    lines = [_("Marques : {figures}.", figures=", ".join(figures))]
    whole, partial = sum(written.done for written in told), sum(written.undone for written in told)
    if any(written.found for written in told):
        done = ngettext("{n} présence entière", "{n} présences entières", whole)
        lines.append(ngettext("Moodle : {done}, {n} autre.", "Moodle : {done}, {n} autres.", partial, done=done))
    return "\n".join(lines)


def _document(signed: Signed) -> dict[str, object]:
    declared, reading = signed.entered.declared, signed.reading
    return {
        "nouvelles": declared.new,
        "corrigees": declared.corrected,
        "connues": declared.known,
        "vides": reading.blank,
        "refusees": list(reading.refused),
        "appels_moodle": sum(written.rolled for written in signed.told),
        "achevements_moodle": sum(written.done for written in signed.told),
        "non_achevements_moodle": sum(written.undone for written in signed.told),
        "sans_inscription": signed.absent,
        "erreurs": [str(failure) for failure in signed.failures],
    }


def _warn(signed: Signed) -> bool:
    """Say on standard error what was not done; tell whether something is left to a person."""
    reading, failures = signed.reading, signed.failures
    if signed.to_come:
        warning = ngettext(
            "Attention : {n} présence porte sur un créneau qui n'a pas encore eu lieu. Vérifiez la feuille.",
            "Attention : {n} présences portent sur un créneau qui n'a pas encore eu lieu. Vérifiez la feuille.",
            signed.to_come,
        )
        click.echo(warning, err=True)
    if reading.blank:
        click.echo(
            ngettext("{n} ligne sans marque attend.", "{n} lignes sans marque attendent.", reading.blank), err=True
        )
    for sentence in reading.refused:
        click.echo(sentence, err=True)
    for email in signed.absent:
        click.echo(
            _("{email} n'est pas dans le cours Moodle : sa présence n'y est pas inscrite.", email=email), err=True
        )
    for failure in failures:
        click.echo(_("Erreur : {erreur}", erreur=failure), err=True)
    if failures:
        click.echo(_("Les marques sont saisies ; relancez la même commande pour compléter Moodle."), err=True)
    return bool(reading.refused or failures)
