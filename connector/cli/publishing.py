"""What the commands that publish share: the session, the site, the journal, questions to a person."""

from __future__ import annotations

import hashlib
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.text import Text

from connector.cli.asking import agreed, watched
from connector.cli.ledger_door import author
from connector.language import _
from connector.ledger.configured_moves import take_in_moves
from connector.ledger.instants import now_us
from connector.ledger.resolve import settle
from connector.ledger.session_files import prepared
from connector.ledger.sessions import absorb_observation, course_of
from connector.ledger.stage import standing
from connector.ledger.turn import Turn, one_at_a_time
from connector.moodle.connect import connect
from connector.publish.changes import ROLES
from connector.publish.desired import desired
from connector.publish.display import Scene, drift_lines
from connector.publish.journal import PublicationJournal
from connector.publish.plan import Wishes
from connector.publish.session_named import session_file
from connector.publish.stage import staged
from scenarios.checks.opening import missing_to_open

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from connector.ledger.db import Ledger
    from connector.moodle.document import Publication
    from connector.moodle.observation import Observation
    from connector.moodle.transport import Transport
    from connector.publish.changes import Plan
    from connector.publish.display import Line
    from connector.publish.stage import Asked
    from connector.settings import Settings
    from scenarios.prepare import PreparedSession

session_argument = click.argument("session", metavar="SESSION")
site_option = click.option(
    "--site", metavar="ADRESSE", help="Le site Moodle, quand parcours.toml en déclare plusieurs."
)
course_option = click.option(
    "--cours", type=int, metavar="NUMÉRO", help="Sans l'extension : le cours restauré à mettre à jour."
)
model_option = click.option(
    "--modele", type=int, metavar="NUMÉRO", help="Sans l'extension : le cours restauré à copier."
)
stage_option = click.option(
    "--ouvrir/--preparation",
    "opening",
    default=None,
    help="Ouvre une session en préparation ; ou la publie en préparation, son cours masqué aux participants.",
)


def wished(settings: Settings, named: str) -> tuple[PreparedSession, Publication]:
    """Return a session, named by its file or its code, and what a site must hold for it once it is open."""
    session = prepared(session_file(settings, named), settings)
    return session, desired(session, settings.circonscription(session.session.circonscription))


def wishes_for(session: PreparedSession, *, opening: bool | None, **more: Any) -> Wishes:
    """Return what is asked for beside the files; `opening` is `--ouvrir`, or `--preparation`, or neither."""
    stage: Asked | None = None if opening is None else "ouverte" if opening else "preparation"
    roles = {one.role for one in session.session.formateurs}
    missing = tuple(said for _, said in missing_to_open(session.parcours.collection, roles, len(session.participants)))
    return Wishes(stage=stage, missing=missing, **more)


def staged_at(ledger: Ledger, site: str, wanted: Publication, wishes: Wishes) -> Publication:
    """Return what a course that no plugin keeps must hold, by what the ledger knows of it. Raises as `staged`."""
    with ledger.read() as connection:
        known = standing(connection, wanted.code, site)
        published = course_of(connection, site, wanted.code) is not None
    found = known.stage if known else "ouverte" if published else None
    return staged(wanted, found, wishes.stage, wishes.missing)


def scene_of(session: PreparedSession, wanted: Publication) -> Scene:
    """Return what is needed to read a plan of this session."""
    names = {one.id: one.name for one in wanted.sections or ()}
    names |= {one.idnumber: one.name for one in wanted.activities or ()}
    return Scene(names, session.fuseau)


def transport_to(settings: Settings, address: str | None) -> Transport:
    """Return the transport to the site named, or to the only one."""
    site = settings.moodle_site(address)
    return connect(site, settings.moodle_token(site))


def roles_at(settings: Settings, address: str | None) -> dict[str, int]:
    """Return the numbers that the configuration says of a site's roles; none for those that it leaves as installed."""
    said = settings.moodle_site(address).roles.model_dump(exclude_unset=True)
    return {role: said[name] for role, name in ROLES.items() if name in said}


def journal_of(settings: Settings, ledger: Ledger, site: str) -> PublicationJournal:
    """Return the journal of publications to a site, kept in the name of who runs the command.

    What is there under an address that the site had is its own: otherwise all would seem the author's, and be written.
    """
    take_in_moves(ledger, settings)
    return PublicationJournal(ledger, site, author())


def remember(ledger: Ledger, site: str, observation: Observation) -> None:
    """Keep in the ledger what the site now says: snapshot, course, modules, accounts."""
    with ledger.write() as connection:
        absorbed = absorb_observation(connection, site, observation, at_us=now_us())
        settle(connection)
    for problem in absorbed.problems:
        click.echo(_("Attention : {problem}", problem=problem), err=True)


def say(line: str) -> None:
    """Show a step to a person who watches; a pipe gets none."""
    if sys.stderr.isatty():
        click.echo(line, err=True)


def warn(line: str) -> None:
    """Show what must be read even where nobody watches: it goes to the log of whatever runs the command."""
    click.echo(line, err=True)


@contextmanager
def alone(settings: Settings, ledger: Ledger, code: str) -> Iterator[None]:
    """Hold a session while it is published or closed; raise RetriableError, saying who holds it, where another does.

    Core services compare nothing at the site: two people who publish at once would each write what the other undoes.
    """
    name = hashlib.sha256(code.encode()).hexdigest()[:12]
    turn = Turn(
        f"publication-{name}", _("La session {code} est déjà en cours de publication", code=code), _("Attendez sa fin.")
    )
    with one_at_a_time(turn, settings.folder / "verrous", ledger, datetime.now(UTC), author()):
        yield


def show(lines: Iterable[Line], *, err: bool = False) -> None:
    """Show lines with their styles: none in a pipe, nor where NO_COLOR is set."""
    console = Console(stderr=err, highlight=False, soft_wrap=True)
    for line in lines:
        console.print(Text(line.text, style=line.style))


def overwrites(scene: Scene, plan: Plan, *, asked: bool) -> bool:
    """Ask whether what was edited in Moodle is overwritten; it is not where nobody can answer."""
    if not asked or not watched():
        return False
    show(drift_lines(plan, scene), err=True)
    return agreed(_("Écraser ces modifications ?"), option="--ecraser")
