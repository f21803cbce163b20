"""`parcours gaia`: what GAIA offers, who it enrols, and the lists of our sessions."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from connector.cli.ledger_door import author, opened
from connector.cli.publishing import session_argument, site_option, transport_to
from connector.deliver import deliver
from connector.errors import DataError
from connector.gaia import accounts, enrolment, store
from connector.gaia.files import newest_folder, read_export
from connector.language import _, ngettext
from connector.ledger.instants import now_us, today
from connector.ledger.journal import record
from connector.moodle.functions import get_site_info
from connector.publish.session_named import session_file
from connector.reports.escape import inert
from scenarios.errors import ScenarioError
from scenarios.load import load_session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.cli.main import Invocation
    from connector.gaia.accounts import Made
    from connector.gaia.files import Export, Reject
    from connector.gaia.store import Taken
    from scenarios.load import LoadedSession


@click.group()
def gaia() -> None:
    """GAIA : ses sessions, ses inscrits, et les listes de nos sessions."""


@gaia.command()
@click.argument("dossier", type=click.Path(path_type=Path, file_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Affiche le bilan en JSON.")
@click.pass_context
def importer(ctx: click.Context, dossier: Path, *, as_json: bool) -> None:
    """Importe l'export nocturne de GAIA : le dossier du jour, ou celui qui les contient (le plus récent est pris).

    Le registre dit ensuite ce que dit GAIA, ni plus ni moins ; recommencer ne change rien. Les lignes refusées sont
    écrites, avec leur raison, dans un fichier du dossier des données. Code de retour : 2 s'il y en a.
    """
    invocation: Invocation = ctx.obj
    exports = read_export(newest_folder(dossier))
    with opened(invocation) as (_settings, ledger), ledger.write() as connection:
        taken = [
            (export, store.take_in(connection, export, today(), author=author(), at_us=now_us())) for export in exports
        ]
    if as_json:
        click.echo(json.dumps([_document(*one) for one in taken], ensure_ascii=False, indent=2))
    else:
        for export, done in taken:
            click.echo(_sentence(export, done))
    for export in exports:
        for name in export.utf8:
            click.echo(
                _("Attention : {name} est en UTF-8, quand GAIA écrit en CP1252 : il a été lu en UTF-8.", name=name),
                err=True,
            )
        if export.rejects:
            target = invocation.donnees / f"gaia-rejets-{export.code}-{export.day}.csv"
            lines = ngettext("{n} ligne refusée", "{n} lignes refusées", len(export.rejects))
            click.echo(
                _(
                    "Attention : {lines}, voir {file}",
                    lines=lines,
                    file=deliver(_rejects(export.rejects), target),
                ),
                err=True,
            )
    if any(export.rejects for export in exports):
        ctx.exit(2)


def _sentence(export: Export, done: Taken) -> str:
    head = _(
        "GAIA, {code}, {jour}/{mois}/{annee} :",
        code=export.code,
        jour=export.day[6:],
        mois=export.day[4:6],
        annee=export.day[:4],
    )
    if done.nothing:
        return _("{head} rien de nouveau.", head=head)
    changes = "".join(
        _(
            "\n  {name} : {ajouts}, {retraits}",
            name=name,
            ajouts=ngettext("{n} ajout", "{n} ajouts", done.added[name]),
            retraits=ngettext("{n} retrait", "{n} retraits", done.removed[name]),
        )
        for name in done.added
    )
    old = _("\n  sessions trop anciennes, laissées : {old}", old=done.old) if done.old else ""
    return f"{head}{changes}{old}"


def _document(export: Export, done: Taken) -> dict[str, object]:
    return {
        "academie": export.code,
        "jour": export.day,
        "ajouts": dict(done.added),
        "retraits": dict(done.removed),
        "anciennes": done.old,
        "repetees": export.repeated,
        "rejets": [
            {"fichier": reject.file, "ligne": reject.line, "raison": reject.reason} for reject in export.rejects
        ],
    }


def _rejects(rejects: Sequence[Reject]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(["fichier", "ligne", "raison", "texte"])
    writer.writerows([reject.file, reject.line, inert(reject.reason), inert(reject.text)] for reject in rejects)
    return text.getvalue().encode("utf-8-sig")


@gaia.command()
@session_argument
@click.option("--essai", is_flag=True, help="Montre ce qui serait ajouté, sans rien écrire.")
@click.pass_context
def inscrire(ctx: click.Context, session: str, *, essai: bool) -> None:
    """Complète la liste des participants d'une session (fichier ou code) avec ceux que GAIA y inscrit.

    La session nomme ses sessions GAIA sous « gaia ». Personne n'est jamais retiré de la liste ; ceux que GAIA
    n'inscrit pas, ou plus, sont nommés. « parcours publier » les inscrit ensuite dans Moodle.
    """
    invocation: Invocation = ctx.obj
    with opened(invocation) as (settings, ledger):
        path = session_file(settings, session)
        loaded = _loaded(path)
        with ledger.read() as connection:
            people, unknown = enrolment.enrolled(connection, loaded.session.gaia)
        with ledger.write() as connection:
            record(connection, now_us(), author(), "gaia.inscrire", loaded.session.code, inscrits=len(people))
    target = path.parent / str(loaded.session.participants)
    merged = enrolment.merge(target.read_text("utf-8-sig"), loaded.participants, people)
    if merged.added and not essai:
        deliver(merged.text.encode(), target)
    count = len(merged.added)
    verb = _("à ajouter") if essai else ngettext("ajouté", "ajoutés", count)
    head = ngettext(
        "{code} : {n} inscrit dans GAIA", "{code} : {n} inscrits dans GAIA", len(people), code=loaded.session.code
    )
    click.echo(_("{head}, {nombre} {verb} à {name}.", head=head, nombre=count, verb=verb, name=target.name))
    for one in merged.added:
        click.echo(f"  {one.email} ({one.prenom} {one.nom})")
    if merged.others:
        click.echo(_("Sur la liste, et que GAIA n'inscrit pas (ou plus) : ") + ", ".join(merged.others))
    for link in unknown:
        where = _(
            "dispositif {dispositif}, module {module}, session {session}",
            dispositif=link.dispositif,
            module=link.module,
            session=link.session,
        )
        click.echo(_("Attention : GAIA ne connaît pas cette session ({where}).", where=where), err=True)
    if unknown:
        ctx.exit(2)


@gaia.command()
@session_argument
@site_option
@click.option("--creer-comptes", is_flag=True, help="Crée les comptes qui manquent, si le site le permet au jeton.")
@click.option("--json", "as_json", is_flag=True, help="Affiche le résultat en JSON.")
@click.pass_context
def comptes(ctx: click.Context, session: str, site: str | None, *, creer_comptes: bool, as_json: bool) -> None:
    """Nomme ceux que GAIA inscrit à une session (fichier ou code) et qui n'ont pas de compte sur le site Moodle.

    Avec --creer-comptes, ou « creer_comptes = true » dans [[moodle]], les comptes sont créés et le journal le retient ;
    sinon, ou si le site le refuse, ces personnes attendent un compte. Recommencer ne crée personne deux fois. Code de
    retour : 2 si des personnes attendent.
    """
    invocation: Invocation = ctx.obj
    with opened(invocation) as (settings, ledger):
        loaded = _loaded(session_file(settings, session))
        with ledger.read() as connection:
            people, _unknown = enrolment.enrolled(connection, loaded.session.gaia)
        transport, there = transport_to(settings, site), settings.moodle_site(site)
        info = get_site_info(transport)
        missing = accounts.without_account(transport, info, loaded.session.code, people)
        if creer_comptes or there.creer_comptes:
            kind = there.authentification
            made = accounts.make_accounts(transport, info, ledger, missing, authentication=kind, author=author())
        else:
            made = accounts.not_asked(missing)
        with ledger.write() as connection:
            record(connection, now_us(), author(), "gaia.comptes", loaded.session.code, sans_compte=len(missing))
    click.echo(_made_json(made) if as_json else _made_text(loaded.session.code, made))
    if made.waiting:
        ctx.exit(2)


def _made_text(code: str, made: Made) -> str:
    if not made.created and not made.waiting:
        return _("{code} : tous ceux que GAIA inscrit ont un compte.", code=code)
    lines = [ngettext("{code} : {n} compte créé.", "{code} : {n} comptes créés.", len(made.created), code=code)]
    lines += [f"  {one.email} ({one.prenom} {one.nom})" for one in made.created]
    if made.waiting:
        lines.append(
            ngettext("Attendent un compte : {n} personne.", "Attendent un compte : {n} personnes.", len(made.waiting))
        )
        lines += [
            _(
                "  {email} ({prenom} {nom}) : {why}",
                email=one.person.email,
                prenom=one.person.prenom,
                nom=one.person.nom,
                why=one.why,
            )
            for one in made.waiting
        ]
    return "\n".join(lines)


def _made_json(made: Made) -> str:
    waiting = [{"courriel": one.person.email, "raison": one.why} for one in made.waiting]
    document = {"crees": [one.email for one in made.created], "en_attente": waiting}
    return json.dumps(document, ensure_ascii=False, indent=2)


def _loaded(path: Path) -> LoadedSession:
    """Load a session that has a list and names sessions of GAIA."""
    try:
        loaded = load_session(path)
    except ScenarioError as exc:
        raise DataError(str(exc)) from exc
    if not loaded.session.gaia or loaded.session.participants is None:
        raise DataError(
            _(
                "{path} : la session {code} ne nomme aucune session GAIA, ou n'a pas de liste.",
                path=path,
                code=loaded.session.code,
            ),
            remedy=_(
                "Ajoutez-y « {gaia} » et « participants: … ».", gaia="gaia: [{dispositif: …, module: …, session: …}]"
            ),
        )
    return loaded


@gaia.command()
@click.option("--essai", is_flag=True, help="Compte ce qui serait retiré, sans rien retirer.")
@click.pass_obj
def purger(invocation: Invocation, *, essai: bool) -> None:
    """Retire les sessions commencées avant le 1er janvier de l'année civile précédente, et leurs inscrits."""
    with opened(invocation) as (_settings, ledger), ledger.write() as connection:
        counts = store.purge(connection, today(), author=author(), at_us=now_us(), dry=essai)
    verb = _("À retirer") if essai else _("Retirés")
    click.echo(
        _("{verb} : {counts}.", verb=verb, counts=", ".join(f"{_(name)} {number}" for name, number in counts.items()))
    )
