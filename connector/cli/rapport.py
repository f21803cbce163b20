"""`parcours rapport`: what an IEN, a trainer, a teacher, an académie reads."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

import click

from connector.acts.typed_needs import theme_named
from connector.catalogue.entries import read_catalogue
from connector.catalogue.proposals import catalogue_answers, choices, themes_of
from connector.cli.ledger_door import asker, en_tant_que_option, opened
from connector.cli.school_year import annee_option
from connector.deliver import deliver
from connector.errors import ConfigError
from connector.language import _, ngettext
from connector.reports.asks import Ask
from connector.reports.attestation import attestable, attestations
from connector.reports.boards.digital import OTHER
from connector.reports.renderings import FORMATS, TEXT, render

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.cli.main import Invocation
    from connector.ledger.db import Ledger
    from connector.reports.renderings import Format
    from connector.reports.report import Report
    from connector.reports.session_model import Among
    from connector.settings import Settings
    from scenarios.calendar import SchoolYear

_UNSAFE = re.compile(r"[^\w.@-]+")
_AMONG: tuple[Among, ...] = ("tous", "incomplets", "a-attester")


class _To(TypedDict):
    """What `_options` adds to a command."""

    form: Format
    sortie: Path | None
    en_tant_que: str | None


@click.group()
def rapport() -> None:
    """Les rapports : qui a fait quoi, qui en est où, pourquoi.

    Sans --sortie, CSV et JSON vont à l'écran, les autres formes dans le dossier des données. Chacun ne voit que son
    périmètre (voir « parcours acces »).
    """


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add what every report takes: its format, where it goes, who it is for."""
    form = click.option(
        "--format", "form", type=click.Choice(FORMATS), default="html", show_default=True, help="La forme du fichier."
    )
    return form(_destination(command))


def _destination(command: Callable[..., Any]) -> Callable[..., Any]:
    sortie = click.option("--sortie", type=click.Path(path_type=Path, dir_okay=False), help="Fichier à écrire.")
    return sortie(en_tant_que_option(click.pass_obj(command)))


@rapport.command()
@click.argument("uai", metavar="UAI")
@annee_option
@_options
def circonscription(invocation: Invocation, uai: str, annee: SchoolYear, **to: Unpack[_To]) -> None:
    """Tous les enseignants de la circonscription UAI (par exemple 0693456G), et leurs heures."""
    _show(invocation, lambda ask: ask.circonscription(uai.upper(), annee), **to)


@rapport.command()
@click.argument("uai", metavar="UAI")
@annee_option
@_options
def ecole(invocation: Invocation, uai: str, annee: SchoolYear, **to: Unpack[_To]) -> None:
    """Tous les enseignants de l'école UAI, et leurs heures."""
    _show(invocation, lambda ask: ask.ecole(uai.upper(), annee), **to)


@rapport.command()
@annee_option
@_options
def tous(invocation: Invocation, annee: SchoolYear, **to: Unpack[_To]) -> None:
    """Tous les enseignants du périmètre de qui demande, une ligne chacun."""
    _show(invocation, lambda ask: ask.everybody(annee), **to)


@rapport.command()
@click.argument("identifiant", metavar="ENSEIGNANT")
@annee_option
@_options
def enseignant(invocation: Invocation, identifiant: str, annee: SchoolYear, **to: Unpack[_To]) -> None:
    """Le relevé individuel d'ENSEIGNANT (identifiant ou adresse électronique)."""
    _show(invocation, lambda ask: ask.teacher(identifiant, annee), **to)


@rapport.command()
@click.argument("nom", metavar="ACADÉMIE")
@annee_option
@_options
def academie(invocation: Invocation, nom: str, annee: SchoolYear, **to: Unpack[_To]) -> None:
    """Le bilan de l'ACADÉMIE par circonscription : des sommes seulement, les petits effectifs masqués."""
    _show(invocation, lambda ask: ask.academie(nom, annee), **to)


@rapport.command()
@click.argument("code", metavar="DÉPARTEMENT")
@annee_option
@_options
def departement(invocation: Invocation, code: str, annee: SchoolYear, **to: Unpack[_To]) -> None:
    """Le bilan du DÉPARTEMENT (par exemple 069) pour l'IA-DASEN : les lignes de son académie, masquées de même."""
    _show(invocation, lambda ask: ask.departement(code, annee), **to)


@rapport.command()
@click.argument("qui", metavar="FORMATEUR")
@annee_option
@_options
def formateur(invocation: Invocation, qui: str, annee: SchoolYear, **to: Unpack[_To]) -> None:
    """Le rapport d'activité annuel de FORMATEUR (adresse ou identifiant) : ses sessions, ce qui y a été fait."""
    _show(invocation, lambda ask: ask.formateur(qui, annee), **to)


@rapport.command()
@click.argument("nom", metavar="RÉSEAU")
@annee_option
@_options
def reseau(invocation: Invocation, nom: str, annee: SchoolYear, **to: Unpack[_To]) -> None:
    """Le tableau de bord d'un RÉSEAU d'éducation prioritaire (déclaré dans parcours.toml), et son IEN responsable."""
    _show(invocation, lambda ask: ask.reseau(nom, annee), **to)


@rapport.command()
@click.option("--reseau", metavar="RÉSEAU", help="Les écoles de ce réseau seulement.")
@click.option("--theme", metavar="THÈME", help="Ce thème seulement : un thème de besoin, ou « autre thème ».")
@annee_option
@_options
def numerique(
    invocation: Invocation, reseau: str | None, theme: str | None, annee: SchoolYear, **to: Unpack[_To]
) -> None:
    """Le tableau de bord du numérique : ce qui est fait à distance, par circonscription et par thème."""
    entries, _problems = read_catalogue(invocation.donnees)
    try:
        named = theme_named(theme, (*choices(entries).themes, OTHER)) if theme is not None else None
    except ValueError as exc:
        raise ConfigError(_("--theme : {raison}.", raison=exc)) from None
    _show(invocation, lambda ask: ask.numerique(annee, reseau, named, themes_of(entries)), **to)


@rapport.command()
@annee_option
@_options
def statistiques(invocation: Invocation, annee: SchoolYear, **to: Unpack[_To]) -> None:
    """Les statistiques : 1D et 2D, public et privé, journées-stagiaires de six heures."""
    _show(invocation, lambda ask: ask.statistiques(annee), **to)


@rapport.command()
@click.option("--circonscription", metavar="UAI", help="Les écoles de cette circonscription seulement.")
@annee_option
@_options
def besoins(invocation: Invocation, circonscription: str | None, annee: SchoolYear, **to: Unpack[_To]) -> None:
    """Les besoins de formation des écoles, et qui y répond : qui est inscrit, qui a fini."""
    uai = circonscription.upper() if circonscription else None
    answers = catalogue_answers(invocation.donnees)
    _show(invocation, lambda ask: ask.besoins(annee, uai, answers), **to)


@rapport.command()
@click.argument("code", metavar="SESSION")
@click.option(
    "--courriels", type=click.Choice(_AMONG), help="N'affiche que les adresses : de tous, ou de ceux qui restent."
)
@_options
def session(
    invocation: Invocation,
    code: str,
    courriels: Among | None,
    form: Format,
    sortie: Path | None,
    en_tant_que: str | None,
) -> None:
    """Qui a fait quoi dans SESSION (son code), et qui attend une attestation ; en PDF, l'attestation collective."""
    with opened(invocation, nameless=True) as (settings, ledger):
        report = _ask(settings, ledger, en_tant_que, "courriels" if courriels else form).session(code)
        if courriels is None:
            _send(invocation, report, form, sortie, en_tant_que)
            return
        addresses = "".join(f"{address}\n" for address in report.addresses(courriels))
        if sortie is None:
            click.echo(addresses, nl=False)
        else:
            click.echo(deliver(addresses.encode(), sortie))


@rapport.command()
@click.argument("code", metavar="SESSION")
@_options
def conception(invocation: Invocation, code: str, **to: Unpack[_To]) -> None:
    """Ce que prévoit SESSION, et des totaux : ce qu'en voit son concepteur, personne en particulier."""
    _show(invocation, lambda ask: ask.conception(code), **to)


@rapport.command()
@click.argument("code", metavar="SESSION")
@click.option("--enseignant", "named", multiple=True, metavar="ID", help="Identifiant ou adresse. Répétable.")
@_destination
def attestation(
    invocation: Invocation, code: str, named: tuple[str, ...], sortie: Path | None, en_tant_que: str | None
) -> None:
    """Les attestations individuelles de SESSION en PDF, une page par personne : de tous ceux qui ont participé, ou des
    personnes nommées.
    """
    with opened(invocation, nameless=True) as (settings, ledger):
        report = _ask(settings, ledger, en_tant_que, "attestation").session(code)
        content = attestations(report, attestable(report, named))
        name = f"attestations-{report.about.code}.pdf"
        click.echo(deliver(content, sortie or _usual_place(invocation, name, en_tant_que)))


def _show(
    invocation: Invocation,
    question: Callable[[Ask], Report],
    *,
    form: Format,
    sortie: Path | None,
    en_tant_que: str | None,
) -> None:
    """Ask for a report and write it where what `_options` added says."""
    with opened(invocation, nameless=True) as (settings, ledger):
        _send(invocation, question(_ask(settings, ledger, en_tant_que, form)), form, sortie, en_tant_que)


def _ask(settings: Settings, ledger: Ledger, as_whom: str | None, form: str) -> Ask:
    """Return how whoever runs the command asks, in the place of `as_whom` if they say so."""
    return Ask(settings, ledger, asker(settings, as_whom), form)


def _send(invocation: Invocation, report: Report, form: Format, sortie: Path | None, as_whom: str | None) -> None:
    """Write a report where it is wanted, after a word on what it does not count yet."""
    about = report.about
    if about.stale:
        said = ngettext(
            "Attention : {n} enseignant a du nouveau qui n'est pas encore compté : « parcours rapprocher ».",
            "Attention : {n} enseignants ont du nouveau qui n'est pas encore compté : « parcours rapprocher ».",
            about.stale,
        )
        click.echo(said, err=True)
    content = render(report, form)
    if sortie is None and form in TEXT:
        sys.stdout.buffer.write(content)
    else:
        name = f"{about.code}-{about.annee_scolaire}.{form}"
        click.echo(deliver(content, sortie or _usual_place(invocation, name, as_whom)))


def _usual_place(invocation: Invocation, name: str, as_whom: str | None) -> Path:
    """Return where a report goes; what somebody else would see never takes the place of the whole one."""
    whose = f"vu-par-{as_whom}-" if as_whom else ""
    return invocation.donnees / "rapports" / _UNSAFE.sub("_", f"{whose}{name}")
