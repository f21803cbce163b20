"""`parcours acces`: people who use the program, their roles and their scopes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, get_args

import click
from pydantic import ValidationError

from connector.cli.ledger_door import opened, operator
from connector.deliver import deliver
from connector.errors import DataError
from connector.language import N_, _, listed, ngettext
from connector.ledger.instants import now_us
from connector.settings import FILE
from connector.settings.edit import with_access, without_access
from connector.settings.sections import Acces, Role
from connector.tableau import doors
from scenarios.messages import sentence_of

if TYPE_CHECKING:
    from connector.cli.main import Invocation
    from connector.settings import Settings

ROLES: tuple[Role, ...] = get_args(Role)
_DOES = N_("gère les accès")


@click.group()
def acces() -> None:
    """Les accès : qui se sert du programme, dans quel rôle, pour voir quoi."""


@acces.command()
@click.argument("identifiant", metavar="IDENTIFIANT")
@click.option("--role", type=click.Choice(ROLES), required=True, help="Le rôle.")
@click.option(
    "--perimetre",
    multiple=True,
    metavar="PÉRIMÈTRE",
    help="UAI (ien), adresse (formateur, tuteur, concepteur), identifiant (enseignant). Répétable.",
)
@click.option(
    "--accompagne",
    multiple=True,
    metavar="UAI",
    help="Circonscription ou école dont l'IEN lui confie les enseignants à accompagner (formateur, tuteur). Répétable.",
)
@click.pass_obj
def ajouter(
    invocation: Invocation, identifiant: str, role: Role, perimetre: tuple[str, ...], accompagne: tuple[str, ...]
) -> None:
    """Donne à IDENTIFIANT un rôle et un périmètre, ou les remplace.

    L'opérateur voit tout ; un IEN, ses circonscriptions ; un formateur ou un tuteur, les sessions qui le nomment et
    ceux qu'il accompagne ; un concepteur, ce que prévoient les siennes ; un enseignant, lui-même. Sans --perimetre, ces
    quatre derniers sont nommés par IDENTIFIANT.
    """
    with opened(invocation) as (settings, ledger):
        who = operator(settings, _DOES)
        access = _access(identifiant, role, perimetre, accompagne)
        _warn_unknown(settings, access)
        _warn_self(settings, access, who.author)
        _write(settings, with_access(_text(settings), access))
        said = {"perimetre": " ".join(access.perimetre), "accompagne": " ".join(access.accompagne)}
        who.note(ledger, "acces.ajouter", access.identifiant, role=role, **said)
    click.echo(
        _(
            "« {qui} » a l'accès « {role} »{perimetre}.",
            qui=access.identifiant,
            role=role,
            perimetre=_scope_text(access),
        )
    )


@acces.command()
@click.option("--json", "as_json", is_flag=True, help="Affiche les accès en JSON.")
@click.pass_obj
def lister(invocation: Invocation, *, as_json: bool) -> None:
    """Liste les accès de parcours.toml."""
    with opened(invocation) as (settings, _ledger):
        operator(settings, _DOES)
    if as_json:
        click.echo(json.dumps([access.model_dump() for access in settings.acces], ensure_ascii=False, indent=2))
        return
    for access in settings.acces:
        click.echo(
            _("{qui} : {role}{perimetre}", qui=access.identifiant, role=access.role, perimetre=_scope_text(access))
        )
    click.echo(ngettext("{n} accès.", "{n} accès.", len(settings.acces)))


@acces.command()
@click.argument("identifiant", metavar="IDENTIFIANT")
@click.pass_obj
def retirer(invocation: Invocation, identifiant: str) -> None:
    """Retire l'accès d'IDENTIFIANT, son mot de passe, ses liens et ses connexions."""
    with opened(invocation) as (settings, ledger):
        who = operator(settings, _DOES)
        try:
            text = without_access(_text(settings), identifiant)
        except KeyError:
            raise DataError(
                _("« {qui} » n'a pas d'accès dans {fichier}.", qui=identifiant, fichier=settings.folder / FILE),
                remedy=_("Voir les accès : parcours acces lister."),
            ) from None
        _write(settings, text)
        with ledger.write() as connection:
            doors.forget(connection, [identifiant])
        who.note(ledger, "acces.retirer", identifiant)
    click.echo(_("« {qui} » n'a plus d'accès.", qui=identifiant))


@acces.command()
@click.argument("identifiant", metavar="IDENTIFIANT")
@click.option(
    "--url", metavar="URL", default="http://127.0.0.1:8900", show_default=True, help="Adresse publique du tableau."
)
@click.pass_obj
def lien(invocation: Invocation, identifiant: str, url: str) -> None:
    """Affiche un lien personnel pour qu'IDENTIFIANT entre dans « parcours tableau » et y choisisse un mot de passe.

    Le lien sert une fois, pendant trois jours, et remplace les précédents. Remettez-le à cette personne seulement.
    """
    with opened(invocation) as (settings, ledger):
        who = operator(settings, _DOES)
        if settings.access(identifiant) is None:
            raise _unknown(settings, identifiant)
        with ledger.write() as connection:
            secret = doors.make_link(connection, identifiant, now_us())
        who.note(ledger, "acces.lien", identifiant)
    click.echo(f"{url.rstrip('/')}/entree?cle={secret}")


def _unknown(settings: Settings, identifiant: str) -> DataError:
    return DataError(
        _("« {qui} » n'a pas d'accès dans {fichier}.", qui=identifiant, fichier=settings.folder / FILE),
        remedy=_("Voir les accès : parcours acces lister."),
    )


def _warn_unknown(settings: Settings, access: Acces) -> None:
    """Say which circonscriptions of an IEN nothing declares: a school's UAI, or a slip, would show nothing."""
    known = {place.uai for place in settings.circonscriptions}
    unknown = sorted({uai.upper() for uai in access.perimetre} - known) if access.role == "ien" else []
    if unknown:
        said = ", ".join(unknown)
        click.echo(
            _("Attention : aucune [[circonscription]] n'est déclarée sous {uai} ; rien n'y sera vu.", uai=said),
            err=True,
        )


def _warn_self(settings: Settings, access: Acces, author: str) -> None:
    """Say that whoever types is held to the role from now on, and how to be an operator again."""
    if access.identifiant == author and access.role != "operateur":
        click.echo(
            _(
                "Attention : vous êtes « {qui} » sur cette machine, et n'y êtes plus opérateur. Pour l'être de nouveau,"
                " ôtez son bloc [[acces]] de {fichier}.",
                qui=author,
                fichier=settings.folder / FILE,
            ),
            err=True,
        )


def _access(identifiant: str, role: Role, perimetre: tuple[str, ...], accompagne: tuple[str, ...]) -> Acces:
    block = {"identifiant": identifiant, "role": role, "perimetre": perimetre, "accompagne": accompagne}
    try:
        return Acces.model_validate(block)
    except ValidationError as exc:
        said = listed(sentence_of(error) for error in exc.errors(include_url=False, include_input=True))
        raise DataError(_("Accès refusé : {raison}.", raison=said), remedy=_("Rien n'a été écrit.")) from None


def _text(settings: Settings) -> str:
    file = settings.folder / FILE
    return file.read_text(encoding="utf-8") if file.exists() else ""


def _write(settings: Settings, text: str) -> None:
    deliver(text.encode(), settings.folder / FILE)


def _scope_text(access: Acces) -> str:
    return _(" sur {perimetre}", perimetre=", ".join(access.perimetre)) if access.perimetre else ""
