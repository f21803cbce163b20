"""`parcours pacte`: the register of the pacte's missions, apart from the 18 hours."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from connector.acts.leading import refuse_unless_overseer
from connector.cli.ledger_door import asker, opened
from connector.cli.school_year import annee_option
from connector.errors import DataError
from connector.language import N_, _, listed
from connector.ledger.instants import now_us, today
from connector.obligation.dossier import find_teacher
from connector.obligation.wording import day, hours
from connector.pacte.missions import nomenclature
from connector.pacte.register import Act, Key, engagements, enter, give, hand_in, take_back
from connector.pacte.standing import bilan
from scenarios.durations import parse_duration

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    import sqlalchemy as sa

    from connector.cli.main import Invocation
    from connector.pacte.missions import Mission
    from connector.pacte.standing import Engagement
    from scenarios.calendar import SchoolYear

_BILANS = {
    "aucun": N_("pas de bilan"),
    "a_venir": N_("bilan à venir"),
    "du": N_("bilan dû"),
    "remis": N_("bilan remis"),
}

_date_option = click.option(
    "--date", "jour", type=click.DateTime(["%Y-%m-%d"]), metavar="AAAA-MM-JJ", help="Défaut : aujourd'hui."
)


@click.group()
def pacte() -> None:
    """Le registre des missions du pacte : un compte à part, dont pas une minute n'entre dans les 18 heures."""


@pacte.command()
@click.option("--json", "as_json", is_flag=True, help="Affiche la nomenclature en JSON.")
def missions(*, as_json: bool) -> None:
    """Montre les dix-sept missions : heures, demi-part, degrés, destinataire du bilan."""
    known = nomenclature()
    if as_json:
        click.echo(known.model_dump_json(indent=2))
    else:
        click.echo(
            "\n".join(
                [*map(_mission_text, known.missions), "", known.regle, _("Source : {source}.", source=known.source)]
            )
        )


@pacte.command()
@click.argument("enseignant", metavar="ENSEIGNANT")
@click.argument("mission", metavar="MISSION")
@annee_option
@click.option("--demi-part", is_flag=True, help="Une demi-part : la moitié des heures.")
@click.option("--retirer", is_flag=True, help="Retire la mission, si aucune heure n'est saisie.")
@click.pass_obj
def confier(
    invocation: Invocation, enseignant: str, mission: str, annee: SchoolYear, *, demi_part: bool, retirer: bool
) -> None:
    """Confie une MISSION (son code) à ENSEIGNANT (identifiant ou adresse électronique), ou la retire."""

    def write(connection: sa.Connection, key: Key, act: Act) -> str:
        if retirer:
            take_back(connection, key, act)
            return _("Mission retirée.")
        return _("Mission confiée.") if give(connection, key, act, half=demi_part) else _("Mission déjà confiée.")

    click.echo(_written(invocation, enseignant, mission, annee, write))


@pacte.command()
@click.argument("enseignant", metavar="ENSEIGNANT")
@click.argument("mission", metavar="MISSION")
@annee_option
@click.option("--heures", required=True, metavar="DUREE", help="Ce qui a été fait ce jour : 1h30, 45min ; 0 efface.")
@_date_option
@click.pass_obj
def saisir(
    invocation: Invocation, enseignant: str, mission: str, annee: SchoolYear, heures: str, jour: datetime | None
) -> None:
    """Saisit les heures d'un jour ; une seconde saisie du même jour remplace la première."""
    minutes = _duration(heures)

    def write(connection: sa.Connection, key: Key, act: Act) -> str:
        total = enter(connection, key, act, jour=_day(jour), minutes=minutes)
        return _("{faites} faites. Rien n'en entre dans les 18 heures.", faites=hours(total))

    click.echo(_written(invocation, enseignant, mission, annee, write))


@pacte.command(name="bilan")
@click.argument("enseignant", metavar="ENSEIGNANT")
@click.argument("mission", metavar="MISSION")
@annee_option
@_date_option
@click.option("--retirer", is_flag=True, help="Le bilan n'a pas été remis.")
@click.pass_obj
def remettre(
    invocation: Invocation, enseignant: str, mission: str, annee: SchoolYear, jour: datetime | None, *, retirer: bool
) -> None:
    """Note que le bilan d'une mission a été remis."""

    def write(connection: sa.Connection, key: Key, act: Act) -> str:
        when = None if retirer else _day(jour)
        hand_in(connection, key, act, jour=when)
        return _("Bilan remis le {day}.", day=day(when)) if when else _("Bilan à remettre.")

    click.echo(_written(invocation, enseignant, mission, annee, write))


@pacte.command()
@annee_option
@click.option("--bilans", is_flag=True, help="Seulement les missions dont le bilan est dû.")
@click.option("--json", "as_json", is_flag=True, help="Affiche la liste en JSON.")
@click.pass_obj
def lister(invocation: Invocation, annee: SchoolYear, *, bilans: bool, as_json: bool) -> None:
    """Montre les missions confiées dans l'année, les heures faites et les bilans dus."""
    with opened(invocation) as (settings, ledger):
        who = asker(settings)
        with ledger.read() as connection:
            found = engagements(connection, annee, who.scope.teachers(str(annee)))
        who.note(ledger, "pacte.lister", str(annee))
    today = _day(None)
    shown = [one for one in found if not bilans or bilan(one, today) == "du"]
    if as_json:
        click.echo(json.dumps([_object(one, today) for one in shown], ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_text(one, today) for one in shown) or _("Aucune mission."))


def _written(
    invocation: Invocation,
    named: str,
    mission: str,
    year: SchoolYear,
    write: Callable[[sa.Connection, Key, Act], str],
) -> str:
    """Let an operator, or an IEN for their own teachers, write in the register; return what was done."""
    with opened(invocation) as (settings, ledger):
        who = asker(settings)
        refuse_unless_overseer(
            ledger, who, "pacte", N_("écrivent dans le registre du pacte"), N_("Demandez-le à votre IEN.")
        )
        with ledger.write() as connection:
            teacher = find_teacher(connection, named, year, who.scope)
            return write(
                connection, Key(teacher.id, str(year), mission), Act(who.author, now_us(), teacher.identifiant)
            )


def _duration(text: str) -> int:
    if text == "0":
        return 0
    try:
        return parse_duration(text)
    except ValueError as exc:
        raise DataError(_("--heures : {exc}.", exc=exc)) from exc


def _day(given: datetime | None) -> date:
    return given.date() if given else today()


def _mission_text(one: Mission) -> str:
    part = (
        _("forfait annuel")
        if one.minutes is None
        else _("{part}, demi-part {demi}", part=hours(one.minutes), demi=hours(one.demi_part_min or 0))
    )
    said = sorted({name for names in one.bilan_destinataires.values() for name in names})
    to = (
        _("bilan : {said} ({bilan_quand})", said=", ".join(said), bilan_quand=one.bilan_quand)
        if one.bilan_quand
        else _("pas de bilan demandé")
    )
    return f"{one.code}\n  {one.titre}\n  " + listed((part, ", ".join(one.degres), to))


def _text(one: Engagement, today: date) -> str:
    part = _(" (demi-part)") if one.demi_part else ""
    done = (
        _("forfait annuel")
        if one.owed_min is None
        else _("{faites} sur {dues}", faites=hours(one.done_min), dues=hours(one.owed_min))
    )
    standing = bilan(one, today)
    to = f" ({', '.join(one.recipients)})" if standing in {"du", "a_venir"} and one.recipients else ""
    return _(
        "{prenom} {nom} ({identifiant})  {code}{part} : {done} ; {bilans}{to}",
        prenom=one.prenom,
        nom=one.nom,
        identifiant=one.identifiant,
        code=one.mission.code,
        part=part,
        done=done,
        bilans=_(_BILANS[standing]),
        to=to,
    )


def _object(one: Engagement, today: date) -> dict[str, Any]:
    return {
        "identifiant": one.identifiant,
        "nom": one.nom,
        "prenom": one.prenom,
        "circonscription": one.circonscription,
        "mission": one.mission.code,
        "titre": one.mission.titre,
        "demi_part": one.demi_part,
        "faites_min": one.done_min,
        "prevues_min": one.owed_min,
        "reste_min": one.left_min,
        "bilan": bilan(one, today),
        "bilan_le": one.bilan_le.isoformat() if one.bilan_le else None,
        "bilan_destinataires": list(one.recipients),
        "compte_dans_18h": False,
    }
