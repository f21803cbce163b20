"""`parcours besoins`: what schools need to be trained in, and which parcours of the catalogue meet it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from connector.acts.needs import enter_needs, typed_in, withdraw
from connector.acts.typed_needs import Typed
from connector.catalogue.entries import BANDS, band_name, read_catalogue
from connector.catalogue.proposals import choices, propose
from connector.cli.given import read_given
from connector.cli.ledger_door import asker, en_tant_que_option, opened
from connector.cli.school_year import annee_option
from connector.errors import DataError
from connector.language import _, listed, ngettext
from connector.ledger.instants import day_of
from connector.ledger.needs import find_need, read_needs
from connector.obligation.wording import day
from scenarios.vocabularies import CYCLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.acts.needs import Entered
    from connector.catalogue.proposals import Proposal, Proposals
    from connector.cli.main import Invocation
    from connector.ledger.needs import Need
    from scenarios.calendar import SchoolYear


@click.group()
def besoins() -> None:
    """Les besoins de formation des écoles : les saisir, voir quels parcours y répondent.

    Qui est inscrit et qui a fini se lit dans « parcours rapport besoins ». Un IEN saisit ceux de ses écoles, ici ou
    dans « parcours tableau ».
    """


@besoins.command()
@click.argument("ecole", metavar="ÉCOLE")
@click.option("--cycle", required=True, metavar="CYCLE", help="C1, C2, C3 ou C4 ; « 2 » se lit aussi.")
@click.option(
    "--theme", required=True, metavar="THÈME", help="Un thème, comme « mathématiques » ou « école inclusive »."
)
@click.option("--precision", default="", metavar="TEXTE", help="Quelques mots neutres : « calcul mental ». Aucun nom.")
@click.option("--duree", default="", type=click.Choice(["", *BANDS]), help="La durée souhaitée.")
@click.option("--effectif", default="", metavar="N", help="Combien d'enseignants sont concernés, si nul n'est nommé.")
@click.option("--enseignant", "named", multiple=True, metavar="ID", help="Qui est concerné. Répétable.")
@annee_option
@click.pass_obj
def saisir(invocation: Invocation, /, named: tuple[str, ...], annee: SchoolYear, **said: str) -> None:
    """Saisit un besoin d'ÉCOLE (son UAI, ou son nom exact).

    Un besoin ne se modifie pas : retirez-le et saisissez-en un autre.
    """
    click.echo(_entered(_enter(invocation, [Typed(**said, enseignants=",".join(named))], annee)))


@besoins.command()
@click.argument("fichier", type=click.Path(path_type=Path, dir_okay=False), metavar="FICHIER")
@annee_option
@click.option("--json", "as_json", is_flag=True, help="Affiche le résultat en JSON.")
@click.pass_obj
def importer(invocation: Invocation, fichier: Path, annee: SchoolYear, *, as_json: bool) -> None:
    """Saisit les besoins d'un FICHIER (CSV, XLSX ou ODS), un par ligne : tous, ou aucun s'il y en a un de faux.

    Ses colonnes : ecole;cycle;theme;precision;duree;effectif;enseignants. Les quatre dernières peuvent rester vides
    dans une ligne ; « enseignants » tient des identifiants ou adresses, séparés par des virgules. Importer deux
    fois ne change rien.
    """
    done = _enter(invocation, typed_in(read_given(fichier), fichier.name), annee)
    document = {"numeros": list(done.numbers), "deja_saisis": done.known}
    click.echo(json.dumps(document) if as_json else _entered(done))


@besoins.command()
@click.argument("numero", type=int, metavar="NUMÉRO")
@click.pass_obj
def retirer(invocation: Invocation, numero: int) -> None:
    """Retire le besoin NUMÉRO : il ne compte plus, et reste au registre avec qui l'a retiré."""
    with opened(invocation) as (settings, ledger):
        withdraw(ledger, asker(settings), numero)
    click.echo(_("Le besoin n° {numero} est retiré.", numero=numero))


@besoins.command()
@annee_option
@click.option("--retires", is_flag=True, help="Montre aussi ceux qui sont retirés.")
@click.option("--json", "as_json", is_flag=True, help="Affiche les besoins en JSON.")
@en_tant_que_option
@click.pass_obj
def lister(invocation: Invocation, annee: SchoolYear, en_tant_que: str | None, *, retires: bool, as_json: bool) -> None:
    """Montre les besoins de l'année, par école."""
    with opened(invocation) as (settings, ledger):
        who = asker(settings, en_tant_que)
        with ledger.read() as connection:
            found = read_needs(connection, who.scope, str(annee), withdrawn=retires)
        who.note(ledger, "besoin.lister", "tous", annee=str(annee))
    if as_json:
        click.echo(json.dumps([_object(one) for one in found], ensure_ascii=False, indent=2))
        return
    for one in found:
        click.echo(_line(one))
    click.echo(ngettext("{n} besoin.", "{n} besoins.", len(found)))


@besoins.command()
@click.argument("numeros", nargs=-1, type=int, metavar="[NUMÉRO…]")
@annee_option
@click.option("--json", "as_json", is_flag=True, help="Affiche les propositions en JSON.")
@en_tant_que_option
@click.pass_obj
def proposer(
    invocation: Invocation, numeros: tuple[int, ...], annee: SchoolYear, en_tant_que: str | None, *, as_json: bool
) -> None:
    """Propose les parcours du catalogue qui répondent aux besoins NUMÉRO, ou à tous ceux de l'année, et dit pourquoi.

    Un parcours répond s'il est du thème, pour le cycle (ou si ses auteurs n'en disent rien) et pour les enseignants du
    premier degré. Viennent en tête ceux qui parlent de la précision, puis ceux de la durée souhaitée.
    """
    with opened(invocation) as (settings, ledger):
        who = asker(settings, en_tant_que)
        with ledger.read() as connection:
            known = [find_need(connection, who.scope, numero) for numero in numeros]
            needs = [one for one in known if one] if numeros else read_needs(connection, who.scope, str(annee))
        if None in known:
            who.refuse(ledger, str(numeros[known.index(None)]), demande="besoin.proposer")
            raise DataError(
                _("Il n'y a pas de besoin n° {numero} dans votre périmètre.", numero=numeros[known.index(None)]),
                remedy=_("Voir les besoins : parcours besoins lister."),
            )
        who.note(ledger, "besoin.proposer", " ".join(map(str, numeros)) or "tous", annee=str(annee))
    entries, problems = read_catalogue(invocation.donnees)
    for problem in problems:
        click.echo(_("Attention : {probleme}", probleme=problem), err=True)
    found = [(one, propose(one.wording, entries)) for one in needs]
    if as_json:
        click.echo(json.dumps([_proposed(*each) for each in found], ensure_ascii=False, indent=2))
        return
    for one, proposals in found:
        click.echo("\n".join([_line(one), *_lines(proposals)]))
    click.echo(ngettext("{n} besoin.", "{n} besoins.", len(found)))


def _enter(invocation: Invocation, typed: Sequence[Typed], year: SchoolYear) -> Entered:
    entries = read_catalogue(invocation.donnees)[0]
    with opened(invocation) as (settings, ledger):
        return enter_needs(ledger, asker(settings), typed, choices(entries), year=year)


def _entered(done: Entered) -> str:
    said = []
    if done.numbers:
        numbers = ", ".join(map(str, done.numbers))
        said += [
            ngettext("Besoin n° {numeros} saisi.", "Besoins n° {numeros} saisis.", len(done.numbers), numeros=numbers)
        ]
    if done.known:
        said += [
            ngettext(
                "{n} était déjà saisi : rien n'a changé.",
                "{n} étaient déjà saisis : rien n'a changé.",
                done.known,
            )
        ]
    return " ".join(said)


def _line(one: Need) -> str:
    said = one.wording
    people = len(said.people)
    parts = [
        _(said.theme),
        said.precision,
        _(CYCLES[said.cycle].label),
        band_name(said.duree) if said.duree else "",
        ngettext("{n} enseignant nommé", "{n} enseignants nommés", people) if people else "",
        ngettext("{n} enseignant", "{n} enseignants", said.effectif) if said.effectif else "",
    ]
    line = f"{one.numero}  {one.ecole} ({said.uai})  {' · '.join(part for part in parts if part)}"
    who = _("saisi par {qui} le {jour}", qui=one.author, jour=day(day_of(one.at_us)))
    if one.withdrawn_us is not None:
        who += _(", retiré par {qui} le {jour}", qui=one.withdrawn_by, jour=day(day_of(one.withdrawn_us)))
    return f"{line}  ({who})"


def _lines(found: Proposals) -> list[str]:
    if found.meeting:
        return [line for rank, one in enumerate(found.meeting, 1) for line in _proposal(f"{rank}.", one)]
    none = _("Aucun parcours du catalogue n'y répond.")
    if not found.nearest:
        return [f"   {none}"]
    near = _("Les plus proches :")
    return [f"   {none} {near}", *(line for one in found.nearest for line in _proposal("-", one))]


def _proposal(mark: str, one: Proposal) -> list[str]:
    lacks = [_("   mais : {manques}", manques=listed(one.lacks))] if one.lacks else []
    title = f"   {mark} {one.entry.titre} ({one.entry.nom})"
    return [title, f"      {listed(one.reasons)}", *(f"   {lack}" for lack in lacks)]


def _object(one: Need) -> dict[str, Any]:
    said = one.wording
    return {
        "numero": one.numero,
        "annee_scolaire": said.annee_scolaire,
        "uai": said.uai,
        "ecole": one.ecole,
        "circonscription": said.circonscription,
        "cycle": said.cycle,
        "theme": said.theme,
        "precision": said.precision,
        "duree": said.duree,
        "effectif": said.effectif,
        "nommes": len(said.people),
        "saisi_par": one.author,
        "saisi_le": day_of(one.at_us).isoformat(),
        "retire_par": one.withdrawn_by,
        "retire_le": day_of(one.withdrawn_us).isoformat() if one.withdrawn_us is not None else None,
    }


def _proposed(need: Need, found: Proposals) -> dict[str, Any]:
    def said(one: Proposal) -> dict[str, Any]:
        return {
            "nom": one.entry.nom,
            "matricule": one.entry.matricule,
            "titre": one.entry.titre,
            "duree_min": one.entry.total_min,
            "raisons": list(one.reasons),
            "manques": list(one.lacks),
        }

    return {
        **_object(need),
        "parcours": [said(one) for one in found.meeting],
        "plus_proches": [said(one) for one in found.nearest],
    }
