"""`parcours rgpd`: what the law asks for people."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from connector.cli.asking import agreed
from connector.cli.ledger_door import opened, operator
from connector.cli.pseudonymiser import pseudonymiser
from connector.deliver import deliver
from connector.errors import ConfigError
from connector.language import N_, _, ngettext
from connector.ledger.db import open_ledger
from connector.ledger.erased import erased_people
from connector.ledger.erasure import lift
from connector.ledger.instants import PARIS, midnight_us, now_us, today
from connector.ops.privacy.dossier import dossier
from connector.ops.privacy.erase import erase_person, key_of_erased, known_person
from connector.ops.privacy.in_words import in_words
from connector.ops.privacy.page import Page, to_html
from connector.ops.privacy.purge import purge
from connector.ops.privacy.reads import WORDS, reads, reads_of
from connector.ops.privacy.register import register
from connector.reports.typography import moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from connector.cli.main import Invocation
    from connector.ops.privacy.erase import Erasure
    from connector.ops.privacy.reads import Read
    from connector.reports.table import Table
    from connector.settings import Settings

Form = Literal["html", "json"]
_DOES = N_("répond des données personnelles")
_form_option = click.option(
    "--format", "form", type=click.Choice(("html", "json")), default="html", show_default=True, help="La forme."
)
_output_option = click.option(
    "--sortie",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Fichier à écrire. Sans elle, JSON va à l'écran, HTML dans le dossier des données.",
)


@click.group()
def rgpd() -> None:
    """Les données personnelles : durées, données d'une personne, effacement, registre, qui a consulté qui.

    Réservé aux opérateurs.
    """


@rgpd.command()
@click.option("--essai", is_flag=True, help="Compte ce qui partirait, et ne supprime rien.")
@click.option("--json", "as_json", is_flag=True, help="Affiche les nombres en JSON.")
@click.pass_obj
def purger(invocation: Invocation, *, essai: bool, as_json: bool) -> None:
    """Supprime ce qui a dépassé sa durée de conservation ; « parcours nuit » le fait chaque nuit.

    Les durées sont dans [conservation] et [base] de parcours.toml ; « rgpd registre » les montre toutes.
    """
    with opened(invocation) as (settings, ledger):
        who = operator(settings, _DOES)
        done = purge(settings, ledger, today(), who.author, dry=essai)
        if done.total and not essai:
            ledger.scrub()
    if as_json:
        click.echo(json.dumps({"essai": essai, "nombres": dict(done.counts)}, ensure_ascii=False, indent=2))
        return
    for sentence in done.sentences():
        click.echo(f"  {sentence}")
    verb = _("à supprimer") if essai else _("supprimés")
    click.echo(ngettext("{n} élément {verb}.", "{n} éléments {verb}.", done.total, verb=verb))


@rgpd.command()
@click.argument("enseignant", metavar="IDENTIFIANT")
@_form_option
@_output_option
@click.pass_obj
def exporter(invocation: Invocation, enseignant: str, form: Form, sortie: Path | None) -> None:
    """Rassemble tout ce qui est gardé d'une personne, consultations de ses données comprises, pour le lui remettre."""
    with opened(invocation) as (settings, ledger):
        who = operator(settings, _DOES)
        found = dossier(settings, ledger, enseignant)
        who.note(ledger, "rgpd.exporter", enseignant, format=form)
    page = Page(
        _("Données personnelles"),
        _("Tout ce qui est gardé de {name}", name=found.name),
        _(
            "Rassemblé le {now}, comme le prévoit l'article 15 du RGPD. Vous pouvez contester une "
            "ligne auprès de votre IEN, et demander la rectification ou l'effacement au responsable "
            "du traitement.",
            now=_now(),
        ),
        tuple(map(in_words, found.tables.values())),
    )
    _send(invocation, page, _document(found.tables) | {"declarations_brutes": found.raw}, form, sortie, enseignant)


@rgpd.command()
@click.argument("enseignant", metavar="IDENTIFIANT")
@click.option("--oui", is_flag=True, help="Ne demande pas confirmation.")
@click.pass_obj
def effacer(invocation: Invocation, enseignant: str, *, oui: bool) -> None:
    """Efface une personne : elle devient un pseudonyme partout, et les totaux restent justes. Sans retour.

    Collectez et rapprochez d'abord. Elle ne revient ni par le LRS, ni par Moodle, ni par le fichier des personnels ;
    ce que Moodle, un autre LRS et les sauvegardes ont d'elle reste à effacer là-bas.
    """
    with opened(invocation) as (settings, ledger):
        who = operator(settings, _DOES)
        with ledger.read() as connection:
            erased_people(connection)  # where somebody was erased already, their key is needed, and no other one
            person = known_person(connection, settings, enseignant)
        names = ngettext("{n} nom", "{n} noms", len(person.words))
        if not (
            oui
            or agreed(
                _("Effacer {enseignant}, connu sous {names}, sans retour ?", enseignant=enseignant, names=names),
                option="--oui",
            )
        ):
            raise click.Abort
        key = key_of_erased(settings)
    with closing(open_ledger(settings.dsn, key, settings.names_file)) as ledger:
        done = erase_person(settings, ledger, enseignant, who.author)
    _tell_erased(settings, done)


def _tell_erased(settings: Settings, done: Erasure) -> None:
    """Say what went, what to keep, and what is left to a person to erase elsewhere."""
    click.echo(_("Effacé : {pseudonym} tient sa place, pour les totaux.", pseudonym=done.pseudonym))
    if done.raw.statements or done.raw.documents:
        click.echo(
            ngettext(
                "LRS intégré : {n} déclaration supprimée.",
                "LRS intégré : {n} déclarations supprimées.",
                done.raw.statements,
            )
        )
    if done.reports:
        click.echo(
            ngettext(
                "{n} rapport supprimé : la nuit les réécrit.",
                "{n} rapports supprimés : la nuit les réécrit.",
                len(done.reports),
            )
        )
    click.echo(
        _(
            "Gardez {fichier} : sans cette clé, plus rien ne sera collecté.",
            fichier=settings.erasure_key_file,
        )
    )
    for file in done.left:
        click.echo(_("Reste à effacer : ses noms dans {fichier}.", fichier=file))
    for place in _elsewhere(settings):
        click.echo(_("Reste à effacer : {place}.", place=place))


@rgpd.command()
@click.argument("noms", nargs=-1, metavar="NOM…")
@click.option("--tous", is_flag=True, help="Toutes les personnes effacées, si la clé qui les reconnaît est perdue.")
@click.pass_obj
def lever(invocation: Invocation, noms: tuple[str, ...], *, tous: bool) -> None:
    """Laisse revenir une personne effacée : donnez son identifiant, ses adresses et ses comptes.

    Ce qui est au pseudonyme y reste ; ce qui arrive désormais est à la personne.
    """
    if tous is bool(noms):
        raise ConfigError(_("Donnez les noms de la personne, ou bien --tous."))
    with opened(invocation) as (settings, ledger):
        who = operator(settings, _DOES)
        with ledger.write() as connection:
            number = lift(connection, None if tous else noms, author=who.author, at_us=now_us())
    if not number:
        raise ConfigError(
            _("Aucun de ces noms n'est celui d'une personne effacée."), remedy=_("Vérifiez l'orthographe.")
        )
    click.echo(ngettext("{n} nom peut revenir.", "{n} noms peuvent revenir.", number))


@rgpd.command()
@_form_option
@_output_option
@click.pass_obj
def registre(invocation: Invocation, form: Form, sortie: Path | None) -> None:
    """Écrit le registre du traitement (article 30), d'après la configuration."""
    with opened(invocation) as (settings, _ledger):
        operator(settings, _DOES)
        found = register(settings)
    page = Page(
        _("Registre des activités de traitement"),
        _("Suivi des 18 heures de formation"),
        _("Écrit le {now} d'après parcours.toml. Le responsable du traitement le complète et en répond.", now=_now()),
        tuple(found.values()),
    )
    _send(invocation, page, _document(found), form, sortie, "registre")


@rgpd.command()
@click.argument("enseignant", metavar="[IDENTIFIANT]", required=False)
@click.option("--par", metavar="AUTEUR", help="Seulement ce que cette personne a consulté.")
@click.option("--depuis", type=click.DateTime(["%Y-%m-%d"]), metavar="AAAA-MM-JJ", help="Depuis ce jour.")
@click.option("--json", "as_json", is_flag=True, help="Affiche les consultations en JSON.")
@click.pass_obj
def journal(
    invocation: Invocation, enseignant: str | None, par: str | None, depuis: datetime | None, *, as_json: bool
) -> None:
    """Montre qui a consulté IDENTIFIANT, listes comprises ; sans lui, toutes les consultations.

    Une liste consultée montre tous ceux qui y étaient. Les demandes refusées y sont aussi.
    """
    since = midnight_us(depuis.date(), PARIS) if depuis else None
    with opened(invocation) as (settings, ledger):
        who = operator(settings, _DOES)
        with ledger.read() as connection:
            if enseignant is None:
                found = list(reads(connection, author=par, since_us=since))
            else:
                person = known_person(connection, settings, enseignant)
                found = list(reads_of(connection, person, author=par, since_us=since))
        who.note(ledger, "rgpd.journal", enseignant or "tous")
    if as_json:
        click.echo(json.dumps([read._asdict() for read in found], ensure_ascii=False, indent=2))
        return
    for read in found:
        click.echo(_line(read))
    click.echo(ngettext("{n} consultation.", "{n} consultations.", len(found)))


rgpd.add_command(pseudonymiser)


def _line(read: Read) -> str:
    whom = _(", en tant que {en_tant_que}", en_tant_que=read.en_tant_que) if read.en_tant_que else ""
    year = f" ({read.annee})" if read.annee else ""
    return _(
        "{quand}  {par}{whom} : {quoi}, {sujet}{year}",
        quand=read.quand,
        par=read.par,
        whom=whom,
        quoi=_(WORDS[read.action]),
        sujet=read.sujet,
        year=year,
    )


def _elsewhere(settings: Settings) -> Iterator[str]:
    for site in settings.moodle:
        yield _("son compte et ses traces dans Moodle, {adresse}", adresse=site.adresse)
    for lrs in settings.lrs:
        yield _("ses déclarations dans le LRS {adresse}, s'il n'est pas le LRS intégré", adresse=lrs.adresse)
    yield _("les sauvegardes d'avant ce jour")


def _now() -> str:
    return moment(datetime.now(PARIS))


def _document(tables: Mapping[str, Table]) -> dict[str, Any]:
    return {key: table.objects() for key, table in tables.items()}


def _send(
    invocation: Invocation, page: Page, document: Mapping[str, Any], form: Form, sortie: Path | None, name: str
) -> None:
    text = json.dumps(document, ensure_ascii=False, indent=2)
    if sortie is None and form == "json":
        click.echo(text)
        return
    content = to_html(page) if form == "html" else f"{text}\n".encode()
    click.echo(deliver(content, sortie or invocation.donnees / "rgpd" / f"{Path(name).name}.{form}"))
