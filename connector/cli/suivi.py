"""`parcours suivi`: the follow-up log of a proximity trainer."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from connector.cli.ledger_door import asker, en_tant_que_option, opened
from connector.cli.school_year import annee_option
from connector.errors import ConfigError, DataError
from connector.language import _, ngettext
from connector.ledger.instants import day_of, now_us
from connector.obligation.wording import day, hours
from connector.settings.sections import ACCOMPANYING
from connector.suivi.log import MODE_WORDS, MODES, Author, Entry, Meeting, entries, note, share, take_back
from connector.suivi.reading import note_read, read_followed
from connector.suivi.standing import ENTRY_WORDS, Accompanied
from scenarios.durations import parse_duration

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from connector.cli.main import Invocation
    from connector.ledger.asker import Asker
    from connector.settings import Settings
    from connector.suivi.log import Mode
    from connector.suivi.reading import Followed
    from scenarios.calendar import SchoolYear


@click.group()
def suivi() -> None:
    """Le carnet de suivi d'un formateur de proximité : ses rencontres avec ceux qu'il accompagne, jamais créditées.

    Ce qu'il y écrit n'est lu que de lui, et de l'IEN s'il le partage. Voir « accompagne » dans le guide.
    """


@suivi.command()
@click.argument("enseignant", metavar="ENSEIGNANT")
@click.option("--modalite", type=click.Choice(MODES), required=True, help="En présence, ou à distance.")
@click.option("--duree", required=True, metavar="DUREE", help="Ce que la rencontre a duré : 45min, 1h30.")
@click.option(
    "--date", "jour", type=click.DateTime(["%Y-%m-%d"]), metavar="AAAA-MM-JJ", help="Le jour. Défaut : aujourd'hui."
)
@click.option("--texte", default="", metavar="TEXTE", help="L'objet, la suite convenue ; « - » le lit à l'entrée.")
@click.option("--partager", is_flag=True, help="Laisse l'IEN lire ce texte.")
@click.pass_obj
def noter(
    invocation: Invocation,
    enseignant: str,
    modalite: Mode,
    duree: str,
    jour: datetime | None,
    texte: str,
    *,
    partager: bool,
) -> None:
    """Note une rencontre avec ENSEIGNANT (son identifiant)."""
    said = sys.stdin.read() if texte == "-" else texte
    with opened(invocation) as (settings, ledger):
        who, author = _writer(settings)
        on = jour.date() if jour else day_of(author.at_us)
        with ledger.write() as connection:
            meeting = Meeting(on, modalite, _minutes(duree), said, partager)
            numero = note(connection, who.scope, author, enseignant, meeting)
    click.echo(_("Rencontre {numero} notée. Rien n'en entre dans les 18 heures.", numero=numero))


@suivi.command()
@click.option("--enseignant", metavar="ENSEIGNANT", help="Les rencontres avec cette personne (son identifiant).")
@annee_option
@en_tant_que_option
@click.option("--json", "as_json", is_flag=True, help="Affiche la liste en JSON.")
@click.pass_obj
def lister(
    invocation: Invocation, enseignant: str | None, annee: SchoolYear, en_tant_que: str | None, *, as_json: bool
) -> None:
    """Montre qui accompagner, les débutants d'abord, puis ceux qui n'ont pas été vus depuis longtemps."""
    with opened(invocation) as (settings, ledger):
        who = asker(settings, en_tant_que)
        _refuse(who, {*ACCOMPANYING, "ien"})
        with ledger.read() as connection:
            followed = read_followed(connection, who.scope, annee)
            found = entries(connection, who.scope, who.author, annee, enseignant) if enseignant else []
        if enseignant is None:
            note_read(ledger, who, followed)
        elif enseignant not in {one.identifiant for one in followed.people}:
            who.refuse(ledger, enseignant, demande="suivi", annee=str(annee))
            raise DataError(
                _("« {qui} » n'est pas de ceux que vous accompagnez en {annee}.", qui=enseignant, annee=annee)
            )
        else:
            who.note(ledger, "suivi.enseignant", enseignant, annee=str(annee))
    shown: Sequence[Entry | Accompanied] = found if enseignant else followed.people
    if as_json:
        click.echo(json.dumps([_object(one) for one in shown], ensure_ascii=False, indent=2))
    else:
        lines = [_entry_text(one) if isinstance(one, Entry) else _person_text(one) for one in shown]
        click.echo(
            "\n".join([*lines, _sum_text(followed)] if enseignant is None else lines or [_("Aucune rencontre.")])
        )


@suivi.command()
@click.argument("numero", metavar="NUMÉRO", type=int)
@click.option("--retirer", is_flag=True, help="L'IEN ne le lit plus.")
@click.pass_obj
def partager(invocation: Invocation, numero: int, *, retirer: bool) -> None:
    """Laisse l'IEN lire le texte d'une de vos rencontres."""
    with opened(invocation) as (settings, ledger):
        _who, author = _writer(settings)
        with ledger.write() as connection:
            share(connection, author, numero, shared=not retirer)
    click.echo(_("L'IEN ne lit plus ce texte.") if retirer else _("L'IEN peut lire ce texte."))


@suivi.command()
@click.argument("numero", metavar="NUMÉRO", type=int)
@click.pass_obj
def retirer(invocation: Invocation, numero: int) -> None:
    """Retire une de vos rencontres du carnet."""
    with opened(invocation) as (settings, ledger):
        _who, author = _writer(settings)
        with ledger.write() as connection:
            take_back(connection, author, numero)
    click.echo(_("Rencontre {numero} retirée.", numero=numero))


def _writer(settings: Settings) -> tuple[Asker, Author]:
    who = asker(settings)
    _refuse(who, ACCOMPANYING)
    return who, Author(who.author, now_us())


def _refuse(who: Asker, roles: set[str] | frozenset[str]) -> None:
    """A log is its trainer's: whoever runs the program is no part of it."""
    if who.scope.role not in roles:
        raise ConfigError(
            _("« {qui} » a le rôle « {role} » : ce carnet est celui d'un formateur ou d'un tuteur.",
              qui=who.author, role=who.scope.role),
            remedy=_("Donnez ce rôle à ce compte : parcours acces ajouter IDENTIFIANT --role formateur."),
        )  # fmt: skip


def _minutes(duree: str) -> int:
    try:
        return parse_duration(duree)
    except ValueError as exc:
        raise DataError(_("--duree : {exc}.", exc=exc)) from exc


def _person_text(one: Accompanied) -> str:
    entry = f" [{_(ENTRY_WORDS[one.entry])}]" if one.entry else ""
    seen = _("vu le {jour}", jour=day(one.seen)) if one.seen else _("jamais vu")
    times = ngettext("{n} rencontre cette année", "{n} rencontres cette année", one.meetings.all)
    return _(
        "{name} ({identifiant}){entry}, {ecole} : {seen}, {times}",
        name=one.name,
        identifiant=one.identifiant,
        entry=entry,
        ecole=one.ecole,
        seen=seen,
        times=times,
    )


def _sum_text(followed: Followed) -> str:
    met = ngettext("{n} personne accompagnée", "{n} personnes accompagnées", len(followed.met))
    return _(
        "{accompagnees} sur {toutes}, dont {debutants} sur {tous} qui débutent ; {presence} en présence,"
        " {distance} à distance, {duree} en tout.",
        accompagnees=met,
        toutes=len(followed.people),
        debutants=len(set(followed.met) & set(followed.beginners)),
        tous=len(followed.beginners),
        presence=followed.meetings.presence,
        distance=followed.meetings.distance,
        duree=hours(followed.minutes),
    )


def _entry_text(one: Entry) -> str:
    text = _("(texte de {auteur}, non partagé)", auteur=one.auteur) if one.texte is None else one.texte
    shared = _(", partagé") if one.partage else ""
    return (
        f"{one.numero}  {day(one.jour)}, {_(MODE_WORDS[one.modalite])}, {hours(one.minutes)}, {one.auteur}{shared}"
        + (f"\n    {text}" if text else "")
    )


def _object(one: Entry | Accompanied) -> dict[str, Any]:
    if isinstance(one, Entry):
        return {
            "numero": one.numero,
            "enseignant": one.identifiant,
            "date": one.jour.isoformat(),
            "modalite": one.modalite,
            "minutes": one.minutes,
            "auteur": one.auteur,
            "partage": one.partage,
            "texte": one.texte,
            "compte_dans_18h": False,
        }
    return {
        "identifiant": one.identifiant,
        "nom": one.nom,
        "prenom": one.prenom,
        "ecole": one.ecole,
        "circonscription": one.circonscription,
        "entree": one.entry,
        "rencontres_presence": one.meetings.presence,
        "rencontres_distance": one.meetings.distance,
        "minutes": one.minutes,
        "vu_le": one.seen.isoformat() if one.seen else None,
    }
