"""`parcours publier --cours` and `--modele`: a Moodle without our plugin."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from connector.cli.asking import agreed
from connector.cli.ledger_door import author
from connector.cli.publier_appel import left_in, roll_of, tell
from connector.cli.publishing import overwrites, scene_of, show, staged_at, warn
from connector.errors import ConfigError
from connector.language import _
from connector.ledger.instants import now_us
from connector.ledger.journal import record
from connector.ledger.resolve import settle
from connector.ledger.sessions import Account, absorb_snapshot, course_of, learn_accounts, link_course
from connector.ledger.stage import note_stage
from connector.moodle import functions
from connector.moodle.observation import Query
from connector.publish.apply import Choices
from connector.publish.display import Line, plan_lines
from connector.publish.modes import choose_mode, has_plugin
from connector.publish.session_named import session_file
from connector.publish.stock import wording
from connector.publish.stock.apply import publish_stock
from connector.publish.stock.copying import copy_of_model, made_earlier

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from connector.ledger.db import Ledger
    from connector.ledger.stage import Stage
    from connector.moodle.document import Publication
    from connector.moodle.functions import SiteInfo
    from connector.moodle.transport import Transport
    from connector.publish.changes import Plan
    from connector.publish.display import Scene
    from connector.publish.journal import PublicationJournal, StepJournal
    from connector.publish.modes import Mode
    from connector.publish.plan import Wishes
    from connector.publish.stock.outcome import StockOutcome
    from connector.settings import Settings
    from scenarios.prepare import PreparedSession


@dataclass(frozen=True)
class StockOrder:
    """What was asked; `sure` when no question is wanted.

    `wishes` say whether what was edited in Moodle gives way to the files, and the numbers of roles.
    """

    sure: bool
    wishes: Wishes
    as_json: bool


def mode_for(
    transport: Transport, info: SiteInfo, ledger: Ledger, code: str, *, course: int | None, model: int | None
) -> Mode:
    """Return the mode of a publication; asks the plugin about the session only where what was asked leaves a doubt."""
    published = None
    with ledger.read() as connection:
        linked = course_of(connection, info.siteurl, code)
    if has_plugin(info) and (course is not None or model is not None):
        known = functions.observe(transport, Query(code=code)).session(code)
        published = known.course.id if known is not None else None
    return choose_mode(info, course=course, model=model, published=published, linked=linked)


def run(
    transport: Transport,
    info: SiteInfo,
    mode: Mode,
    order: StockOrder,
    session: PreparedSession,
    wanted: Publication,
    journal: PublicationJournal,
) -> int:
    """Say what the mode cannot do, publish, remember, tell; return the command's exit code."""
    wanted = staged_at(journal.ledger, info.siteurl, wanted, order.wishes)
    click.echo(f"{mode}\n{_(wording.LIMITS)}", err=True)
    outcome = _publish(transport, wanted, mode, order, scene_of(session, wanted), journal.steps("cours"))
    _remember(journal.ledger, info.siteurl, session, outcome)
    number, overwrite = outcome.course.course.id, outcome.done.overwrites
    roll = roll_of(transport, info, wanted, number, journal, overwrite=overwrite)
    url = f"{transport.address}/course/view.php?id={number}"
    tell(wording.as_json(mode, outcome, url) if order.as_json else wording.said(outcome, url), roll)
    return 2 if outcome.kept or outcome.left.by_hand or outcome.left.people.unknown or left_in(roll) else 0


def refuse_unlocking(asked: Sequence[str]) -> None:
    """Raise `ConfigError` when activities are to be unlocked: only the plugin can."""
    if asked:
        raise ConfigError(_("--deverrouiller : il y faut l'extension local_parcours."), remedy=_("Retirez l'option."))


def warn_of_lonely_file(settings: Settings, named: str) -> None:
    """Say when the session's file is where the nightly job does not look: no plugin keeps the session in Moodle."""
    file = Path(session_file(settings, named))
    folders = settings.session_folders
    if not any(file.resolve().is_relative_to(folder.resolve()) for folder in folders):
        click.echo(
            _(
                "Attention : {file} n'est pas dans {dossiers}. Sans l'extension, Moodle ne garde pas la "
                "session : copiez-y ses fichiers, sur la machine qui collecte.",
                file=file,
                dossiers=", ".join(map(str, folders)),
            ),
            err=True,
        )


def _publish(
    transport: Transport, wanted: Publication, mode: Mode, order: StockOrder, scene: Scene, journal: StepJournal
) -> StockOutcome:
    """Publish into the mode's course, or into the copy of its model: a copy made just now asks nothing more."""
    sure, say = order.sure, _once()
    course = mode.number if mode.letter == "M" else made_earlier(transport, wanted.code, mode.number, journal)
    if course is None:
        course, sure = copy_of_model(transport, wanted, mode.number, journal, say=say), True
    choices = Choices(partial(_accepts, scene, course, asked=not sure), partial(overwrites, scene, asked=not sure), say)
    outcome = publish_stock(transport, wanted, course, journal, wishes=order.wishes, choices=choices)
    if outcome is None:
        raise click.Abort
    return outcome


def _once() -> Callable[[str], None]:
    """Return `warn`, but for what was said already: what a copy will lack is what the copy lacks."""
    said: set[str] = set()

    def tell(line: str) -> None:
        if line not in said:
            said.add(line)
            warn(line)

    return tell


def _accepts(scene: Scene, course: int, plan: Plan, *, asked: bool) -> bool:
    """Ask: the course is somebody's already."""
    if not asked:
        return True
    show([Line(_("La publication va modifier le cours {course} :", course=course)), *plan_lines(plan, scene)], err=True)
    return agreed(_("Publier ces changements ?"), option="--oui")


def _remember(ledger: Ledger, site: str, session: PreparedSession, outcome: StockOutcome) -> None:
    """Keep in the ledger what credit needs: the session, its course, its activities and its people."""
    course = outcome.course.course
    people = (Account(person.id, person.username, person.email) for person in outcome.course.people if person.email)
    with ledger.write() as connection:
        absorb_snapshot(connection, session.snapshot(), at_us=now_us())
        linked = link_course(connection, session.code, site, course.id, outcome.left.ties.by_cmid())
        learn_accounts(connection, site, people, at_us=now_us())
        stage: Stage = "preparation" if outcome.left.prepared else "ouverte"
        note_stage(connection, site, session.code, stage, now_us())
        settle(connection)
        if linked or outcome.done.writes:
            record(connection, now_us(), author(), "session.publier", session.code, site=site, cours=course.id)
