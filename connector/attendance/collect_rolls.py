"""What trainers marked in the rolls of mod_attendance, declared to the LRS as a sheet is: `attended` statements."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from connector.attendance.directory import read_directory
from connector.attendance.enter import enter
from connector.attendance.lrs import writable_lrs
from connector.attendance.marks import standing_address
from connector.attendance.rollcall import read_call
from connector.attendance.said_rolls import Said, keep_said, read_said, said_by
from connector.attendance.writeback import write_back
from connector.errors import ParcoursError
from connector.language import _
from connector.ledger import schema
from connector.ledger.instants import NIGHT_US, now_us, year_of
from connector.ledger.journal import record
from connector.ledger.sessions import newest_snapshot
from connector.moodle.functions import get_site_info
from connector.moodle.roll import has_rolls, read_roll
from xapi.names import normalise_email, normalise_homepage
from xapi.upsert import upsert

if TYPE_CHECKING:
    from connector.attendance.declare import Declared
    from connector.attendance.directory import Directory
    from connector.attendance.rollcall import Called
    from connector.ledger.db import Ledger
    from connector.moodle.connect import Sites
    from connector.moodle.transport import Transport
    from connector.settings import Settings
    from scenarios.snapshot import Snapshot

AUTHOR = "mod_attendance"


@dataclass
class RollsRead:
    """How many marks were new or corrected, what to tell, what failed."""

    new: int = 0
    corrected: int = 0
    notes: list[str] = field(default_factory=list)
    failures: list[ParcoursError] = field(default_factory=list)


class _Where(NamedTuple):
    """A session's course on a site; `over` once the session's window is."""

    site: str
    course_id: int
    code: str
    over: bool

    @property
    def bookmark(self) -> str:
        return f"{self.site}#appel-{self.course_id}"


@dataclass(frozen=True)
class _Known:
    """What the ledger knows of a session: its snapshot, the roster, and what its roll said last."""

    snapshot: Snapshot
    people: Directory
    emails: dict[int, str]
    said: Said

    def standing(self, email: str) -> str:
        listed = {normalise_email(one.courriel) for one in self.snapshot.participants}
        return standing_address(email, listed, self.people)


def collect_rolls(ledger: Ledger, settings: Settings, sites: Sites) -> RollsRead:
    """Declare what the rolls of every site say that was not read yet; what fails stops nothing else.

    Sessions are read from the start of their first slot to the end of their window; then once a night, until their
    school year ends, since a mark counts by the date of its slot. Only marks that are not what the roll said when it
    was last read are declared: what a sheet said since stays. Presences that are now whole, or no longer, are written
    back to Moodle.
    """
    done = RollsRead()
    for site in settings.moodle:
        try:
            _site(ledger, settings, sites.transport(site), done)
        except ParcoursError as exc:
            done.failures.append(exc)
    return done


def _site(ledger: Ledger, settings: Settings, transport: Transport, done: RollsRead) -> None:
    at_us = now_us()
    places = _begun(ledger, at_us)
    if not places:
        return
    info = get_site_info(transport)
    home = normalise_homepage(info.siteurl)
    night = _is_night(ledger, home, at_us)
    for where in places if has_rolls(info) else ():
        if where.site == home and (night or not where.over):
            try:
                _session(ledger, settings, transport, where, done)
            except ParcoursError as exc:
                done.failures.append(exc)


def _is_night(ledger: Ledger, site: str, at_us: int) -> bool:
    """Tell, once a night for each site, that it is time to read the rolls of sessions that are over."""
    bookmark, source = schema.bookmark, f"{site}#appels-clos"
    with ledger.write() as connection:
        last = connection.scalar(sa.select(bookmark.c.body).where(bookmark.c.source == source))
        if last is not None and at_us - int(last) < NIGHT_US:
            return False
        upsert(connection, bookmark, [{"source": source, "body": str(at_us)}], update=["body"])
        return True


def _begun(ledger: Ledger, at_us: int) -> list[_Where]:
    """Return the sessions that may have new marks, each with the newest of its courses."""
    course, session, slot = schema.course, schema.session, schema.slot
    year = str(year_of(at_us))
    begun = sa.exists().where(slot.c.code == session.c.code, slot.c.start_us <= at_us)
    query = (
        sa.select(
            course.c.site,
            sa.func.max(course.c.course_id).label("course_id"),
            course.c.code,
            (session.c.window_end_us <= at_us).label("over"),
        )
        .join(session, session.c.code == course.c.code)
        .where(sa.or_(session.c.window_end_us > at_us, session.c.annee_scolaire >= year), begun)
        .group_by(course.c.site, course.c.code, session.c.window_end_us)
        .order_by(course.c.code)
    )
    with ledger.read() as connection:
        return [_Where(row.site, row.course_id, row.code, row.over) for row in connection.execute(query)]


def _session(ledger: Ledger, settings: Settings, transport: Transport, where: _Where, done: RollsRead) -> None:
    roll = read_roll(transport, where.course_id, where.code)
    known = _known(ledger, where)
    if roll is None or known is None:
        return
    called = read_call(known.snapshot, roll, known.emails, known.standing)
    said = said_by(called)
    if known.said.whole == said.whole or not (known.said.marks or called.marks or called.others or called.strangers):
        return
    with writable_lrs(settings) as lrs:
        changed = [mark for mark in called.marks if not known.said.has(mark)]
        before = [mark for mark in called.marks if known.said.has(mark)]
        entered = enter(lrs, known.snapshot, changed, called.taken, before)
    _remember(ledger, where, said._replace(whole=""), entered.declared)
    done.new += entered.declared.new
    done.corrected += entered.declared.corrected
    done.notes += _notes(where.code, called)
    written = write_back(ledger, transport, where.code, entered.presences, known.people)
    done.failures += written.failures
    if not written.failures:
        with ledger.write() as connection:
            keep_said(connection, where.bookmark, said)


def _known(ledger: Ledger, where: _Where) -> _Known | None:
    account = schema.moodle_account
    query = sa.select(account.c.userid, account.c.email).where(account.c.site == where.site, account.c.email != "")
    with ledger.read() as connection:
        snapshot = newest_snapshot(connection, where.code)
        if snapshot is None:
            return None
        rows = connection.execute(query.order_by(account.c.last_seen_us))
        emails = {row.userid: row.email for row in rows}
        return _Known(snapshot, read_directory(connection), emails, read_said(connection, where.bookmark))


def _remember(ledger: Ledger, where: _Where, said: Said, declared: Declared) -> None:
    """Keep the marks that were declared, at once: a sheet entered before the next reading corrects them."""
    with ledger.write() as connection:
        keep_said(connection, where.bookmark, said)
        if declared.new or declared.corrected:
            figures = {"nouvelles": declared.new, "corrigees": declared.corrected}
            record(connection, now_us(), AUTHOR, "emargement.relever", where.code, **figures)


def _notes(code: str, called: Called) -> list[str]:
    notes = [
        _(
            "Feuille d'appel de {code} : le statut « {acronym} » ({count} fois) ne dit ni présent ni "
            "absent ; il est laissé de côté. Marquez P ou R (en retard) les présents, A ou E "
            "(excusé) les absents.",
            code=code,
            acronym=acronym,
            count=count,
        )
        for acronym, count in sorted(called.others.items())
    ]
    if called.strangers:
        notes.append(
            _(
                "Feuille d'appel de {code} : l'adresse de {strangers} personnes marquées n'est pas "
                "connue ; leurs marques attendent que Moodle la montre.",
                code=code,
                strangers=called.strangers,
            )
        )
    return notes
