"""One site read back: changes since the last time, then, once a night, every open session whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from connector.errors import ParcoursError
from connector.ledger.erased import erased_people
from connector.ledger.instants import NIGHT_US, now_us
from connector.ledger.schema import course, session
from connector.ledger.sessions import learn_accounts
from connector.moodle.functions import COMPLETIONS, get_site_info
from connector.readback import bookmark, by_core, by_plugin
from connector.readback.decide import missing
from connector.readback.lost import compare
from connector.readback.said import acts_about, ticked_modules
from xapi.names import normalise_homepage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.ledger.db import Ledger
    from connector.ledger.sessions import Account
    from connector.moodle.functions import SiteInfo
    from connector.moodle.transport import Transport
    from connector.readback.reading import CourseReading, Row
    from connector.readback.sender import Sender


class _Course(NamedTuple):
    id: int
    code: str


@dataclass
class SiteReadBack:
    """Reads one site back; what keeps one course from being read is in `failures` and stops no other."""

    ledger: Ledger
    transport: Transport
    sender: Sender
    failures: list[ParcoursError] = field(default_factory=list)

    def run(self, *, whole: bool) -> None:
        """Read what changed; with `whole`, or where the last time is a night ago, also every open session whole.

        Raises what the site answers to the first request, or to a page of changes; what was sent until then stays.
        """
        info = get_site_info(self.transport)
        site = normalise_homepage(info.siteurl)
        reached = bookmark.progress(self.ledger, site)
        started_us = now_us()
        if not info.lacks(COMPLETIONS):
            reached = reached.model_copy(update={"since": self._changes(site, reached.since)})
        if whole or started_us - reached.whole_us >= NIGHT_US:
            for each in self._open_courses(site, started_us):
                self._whole(info, site, each)
            if self.sender.complete and not self.failures:
                reached = reached.model_copy(update={"whole_us": started_us})
        bookmark.keep(self.ledger, site, reached)

    def _changes(self, site: str, since: int) -> int:
        """Read what changed and return where to go on from: not further than what could be sent."""
        begun: int | None = None
        for page in by_plugin.changes(self.transport, since):
            begun = page.now if begun is None else begun
            self._learn(site, page.accounts)
            self._send(site, page.rows)
        if begun is None or not self.sender.complete:
            return since
        return max(since, begun - by_plugin.OVERLAP_SECONDS)

    def _whole(self, info: SiteInfo, site: str, each: _Course) -> None:
        try:
            reading, accounts = self._read_whole(info, site, each)
        except ParcoursError as exc:
            self.failures.append(exc)
            return
        self._learn(site, accounts)
        self._send(site, reading.rows)
        with self.ledger.write() as connection:
            compare(connection, site, each.code, reading, at_us=now_us())

    def _read_whole(self, info: SiteInfo, site: str, each: _Course) -> tuple[CourseReading, tuple[Account, ...]]:
        if not info.lacks(COMPLETIONS):
            return by_plugin.whole_course(self.transport, each.id)
        with self.ledger.read() as connection:
            ticked = ticked_modules(connection, site)
        return by_core.whole_course(self.transport, info, each.id, ticked)

    def _learn(self, site: str, accounts: Sequence[Account]) -> None:
        with self.ledger.write() as connection:
            learn_accounts(connection, site, accounts, at_us=now_us())

    def _send(self, site: str, rows: Sequence[Row]) -> None:
        """Send what no statement says; nothing is said again of somebody who was erased."""
        with self.ledger.read() as connection:
            erased = erased_people(connection)
            rows = [row for row in rows if not erased.bears(site, row.userid)]
            acts = acts_about(connection, site, rows)
            ticked = ticked_modules(connection, site)
        self.sender.send([statement for _, statement in missing(site, rows, acts, ticked)])

    def _open_courses(self, site: str, at_us: int) -> list[_Course]:
        """Return the courses of sessions whose evidence may still decide."""
        query = (
            sa.select(course.c.course_id, course.c.code)
            .join(session, session.c.code == course.c.code)
            .where(course.c.site == site, session.c.window_end_us > at_us)
            .order_by(course.c.code, course.c.course_id)
        )
        with self.ledger.read() as connection:
            return [_Course(*row) for row in connection.execute(query)]
