"""`parcours bac-a-sable`: serves the Moodle sandbox, and makes simulated teachers live a session in it."""

from __future__ import annotations

import os
import secrets
import signal
import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from connector.errors import ConfigError, DataError, RetriableError
from connector.language import _
from connector.ledger.roster import parse_roster
from connector.moodle.connect import connect
from connector.moodle.functions import observe
from connector.moodle.observation import Query
from connector.moodle.sandbox import Sandbox
from connector.moodle.sandbox.emitter import Lrs
from connector.moodle.sandbox.life import live
from connector.moodle.sandbox.population import add, default_people
from connector.moodle.sandbox.remote import Remote
from connector.obligation.rules import regulation
from connector.settings import Settings
from connector.settings.secrets import read_secret
from connector.system_words import why
from scenarios.errors import ScenarioError
from scenarios.load import load_session

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.cli.main import Invocation
    from connector.ledger.roster import Roster
    from connector.moodle.sandbox.site import Site

TOKEN_FILE = "jeton-bac-a-sable"  # noqa: S105 - a file's name
CRON_SECONDS = 2.0
_CHUNK = 200


@click.group(name="bac-a-sable")
def bac_a_sable() -> None:
    """Un Moodle simulé, pour tout essayer sans Moodle."""


@bac_a_sable.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8045, show_default=True, help="0 : un port libre.")
@click.option("--lrs", "lrs_address", metavar="URL", help="LRS qui reçoit les déclarations des actes simulés.")
@click.option("--identifiant", help="Identifiant auprès du LRS. Défaut : celui de parcours.toml pour cette adresse.")
@click.option("--secret", "secret_file", type=click.Path(path_type=Path, dir_okay=False), help="Fichier du secret.")
@click.option(
    "--jeton",
    "token_file",
    default=TOKEN_FILE,
    show_default=True,
    help="Fichier du jeton, dans le dossier des données : créé s'il manque, repris sinon.",
)
@click.option(
    "--personnels",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Peuple le site des personnes de ce fichier, au lieu de vingt-quatre enseignants inventés.",
)
@click.option("--appel", is_flag=True, help="Le site a l'extension mod_attendance (feuilles d'appel).")
@click.pass_obj
def servir(  # noqa: PLR0913 - one argument an option
    invocation: Invocation,
    port: int,
    lrs_address: str | None,
    identifiant: str | None,
    secret_file: Path | None,
    token_file: str,
    personnels: Path | None,
    *,
    appel: bool,
) -> None:
    """Sert le bac à sable jusqu'à Ctrl+C. Son contenu est en mémoire : il disparaît avec lui."""
    lrs = None
    if lrs_address is not None:
        lrs = _lrs(Settings.load(invocation.donnees), lrs_address, identifiant, secret_file)
    people: Callable[[Site], None] = default_people
    if personnels is not None:
        people = partial(_roster_people, _read_roster(personnels))
    token = _token(invocation.donnees / token_file)
    try:
        sandbox = Sandbox(port=port, lrs=lrs, token=token, people=people, attendance=appel)
    except OSError as exc:
        raise ConfigError(
            _("Impossible d'écouter sur le port {port} : {raison}.", port=port, raison=why(exc)),
            remedy=_("Choisissez un autre port avec --port (0 : un port libre)."),
        ) from exc
    with sandbox:
        click.echo(_("Bac à sable à l'écoute : {url} (Ctrl+C pour arrêter)", url=sandbox.url))
        click.echo(_("Son jeton est dans {fichier}. Pour parcours.toml :", fichier=invocation.donnees / token_file))
        click.echo(f'\n[[moodle]]\nadresse = "{sandbox.url}"\njeton_fichier = "{token_file}"\n')
        if lrs is not None:
            click.echo(
                _(
                    "Les déclarations partent vers {address} toutes les {cron_seconds:.0f} secondes.",
                    address=lrs.address,
                    cron_seconds=CRON_SECONDS,
                )
            )
        _run_cron_until_stopped(sandbox)
    click.echo(_("Bac à sable arrêté."))


def _run_cron_until_stopped(sandbox: Sandbox) -> None:
    """Send what waits, at the rhythm of a cron, until an interruption or a SIGTERM."""
    stopped = threading.Event()
    previous = signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    told = 0
    try:
        while not stopped.wait(CRON_SECONDS):
            if sandbox.emitter.queue and sandbox.emitter.lrs is not None:
                sandbox.run_cron()
            if len(sandbox.emitter.failed) > told:
                told = len(sandbox.emitter.failed)
                click.echo(
                    _("{told} événements que le LRS n'a pas pris : perdus, comme dans Moodle.", told=told), err=True
                )
    except KeyboardInterrupt:
        click.echo("")
    finally:
        signal.signal(signal.SIGTERM, previous)


def _lrs(settings: Settings, address: str, user: str | None, secret_file: Path | None) -> Lrs:
    """Return the LRS named, with what parcours.toml says of it for what is not given."""
    known = next((lrs for lrs in settings.lrs if lrs.adresse == address.rstrip("/")), None)
    user = user or (known.identifiant if known else None)
    if user is None or (secret_file is None and known is None):
        raise ConfigError(
            _("Il manque de quoi se présenter au LRS {address}.", address=address),
            remedy=_("Donnez --identifiant et --secret, ou déclarez-le dans un bloc [[lrs]] de parcours.toml."),
        )
    if secret_file is not None:
        return Lrs(address, user, read_secret(secret_file, _("secret du LRS")))
    assert known is not None  # noqa: S101 - told above
    return Lrs(address, user, settings.lrs_secret(known))


def _token(path: Path) -> str:
    """Return the token of the file; make both where there is none, for the owner's eyes only."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return read_secret(path, _("jeton du bac à sable")).get_secret_value()
    except OSError as exc:
        raise ConfigError(_("Le fichier {path} ne peut pas être créé : {raison}.", path=path, raison=why(exc))) from exc
    token = secrets.token_hex(16)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(f"{token}\n")
    return token


def _read_roster(path: Path) -> Roster:
    try:
        data = path.read_bytes()
    except OSError as exc:
        raise DataError(_("{path} ne peut pas être lu : {raison}.", path=path, raison=why(exc))) from exc
    return parse_roster(data, str(path), regulation().situations)


def _roster_people(roster: Roster, site: Site) -> None:
    default_people(site, teachers=False)
    for person in roster.people:
        for key in person.keys:
            if key.kind == "mbox" and key.main:
                add(site, person.prenom, person.nom, key.value.removeprefix("mailto:"))


@bac_a_sable.command()
@click.argument("session")
@click.option("--site", metavar="URL", help="Adresse du bac à sable. Défaut : le seul site de parcours.toml.")
@click.option("--graine", type=int, default=1, show_default=True, help="La même graine donne la même vie.")
@click.pass_obj
def vivre(invocation: Invocation, session: str, site: str | None, graine: int) -> None:
    """Fait vivre une session publiée par ses inscrits, en temps accéléré. SESSION : un fichier ou un code."""
    settings = Settings.load(invocation.donnees)
    moodle = settings.moodle_site(site)
    token = settings.moodle_token(moodle)
    code = _code(session)
    observed = observe(connect(moodle, token), Query(code=code, content=True)).session(code)
    if observed is None:
        raise DataError(
            _("La session {code} n'est pas sur {adresse}.", code=code, adresse=moodle.adresse),
            remedy=_("Publiez-la : « parcours publier {session} ».", session=session),
        )
    orders = live(observed, graine)
    remote = Remote(moodle.adresse, token)
    for start in range(0, len(orders), _CHUNK):
        remote.act(orders[start : start + _CHUNK])
    people = len({order.courriel for order in orders})
    click.echo(
        _("{people} personnes ont fait {nombre} actes dans {code}.", people=people, nombre=len(orders), code=code)
    )
    outcome = remote.drain()
    if not outcome.lrs:
        raise ConfigError(
            _("Aucune déclaration n'est partie."), remedy=_("Relancez « bac-a-sable servir » avec --lrs.")
        )
    click.echo(_("{sent} déclarations sont parties vers le LRS.", sent=outcome.sent))
    if outcome.failed:
        raise RetriableError(
            _("Le LRS n'a pas pris {failed} événements : ils sont perdus, comme dans Moodle.", failed=outcome.failed),
            remedy=_("Vérifiez le LRS donné à « bac-a-sable servir »."),
        )


def _code(session: str) -> str:
    path = Path(session)
    if not path.is_file():
        return session
    try:
        return load_session(path).session.code
    except ScenarioError as exc:
        raise DataError(str(exc)) from exc
