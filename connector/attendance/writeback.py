"""Presence written back to Moodle as completion, so that what depends on it opens for those who came."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from connector.attendance.rollcall import call_roll
from connector.errors import DataError, FatalError, ParcoursError
from connector.ledger.schema import module
from connector.ledger.sessions import course_of
from connector.moodle.functions import OBSERVE, get_enrolled_users, get_site_info, observe, override_completion
from connector.moodle.observation import Query
from connector.moodle.roll import has_rolls
from xapi.names import normalise_email, normalise_homepage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.attendance.directory import Directory
    from connector.attendance.enter import Presence
    from connector.attendance.marks import Mark
    from connector.ledger.db import Ledger
    from connector.moodle.transport import Transport


@dataclass
class Written:
    """How many completions the site was told, who has no place in the course, and what failed."""

    done: int = 0
    undone: int = 0
    absent: list[str] = field(default_factory=list)
    failures: list[ParcoursError] = field(default_factory=list)
    found: bool = False
    rolled: int = 0


class _Course(NamedTuple):
    """A session on a site: the module of each activity, and the account of each address."""

    id: int
    modules: Mapping[str, int]
    accounts: Mapping[str, int]
    caller: int
    rolls: bool

    def account(self, email: str, people: Directory) -> int | None:
        """Return the account of somebody, by any of their addresses."""
        return next((self.accounts[one] for one in people.addresses(email) if one in self.accounts), None)


def write_back(
    ledger: Ledger,
    transport: Transport,
    code: str,
    presences: Sequence[Presence],
    people: Directory,
    marks: Sequence[Mark] = (),
) -> Written:
    """Set the completion of those present at all their slots, un-set that of the others; mark the course's roll.

    The `marks` of a sheet go to the roll that the site's mod_attendance holds, so that trainers read there what counts.

    Telling Moodle what it knows changes nothing there, so running again completes what a failure has left out. Nothing
    is raised: what the site refuses for one person costs no other, what keeps it out of reach ends it. `found` is false
    where the site does not hold the session.
    """
    written = Written()
    try:
        where = _course(ledger, transport, code)
        if where is not None:
            written.found = True
            _write_all(transport, where, presences, people, written)
            if where.rolls and marks:
                written.rolled, failures = call_roll(
                    transport, where.id, code, marks, lambda email: where.account(email, people), where.caller
                )
                written.failures += failures
    except ParcoursError as exc:
        written.failures.append(exc)
    written.absent = sorted(set(written.absent))
    return written


def _write_all(
    transport: Transport, where: _Course, presences: Sequence[Presence], people: Directory, written: Written
) -> None:
    for presence in presences:
        try:
            _write(transport, where, presence, people, written)
        except (DataError, FatalError) as exc:
            written.failures.append(exc)


def _write(transport: Transport, where: _Course, presence: Presence, people: Directory, written: Written) -> None:
    cmid = where.modules.get(presence.activity_id)
    account = where.account(presence.email, people)
    if cmid is None:
        return
    if account is None:
        written.absent.append(presence.email)
        return
    override_completion(transport, cmid, account, done=presence.whole)
    written.done += presence.whole
    written.undone += not presence.whole


def _course(ledger: Ledger, transport: Transport, code: str) -> _Course | None:
    """Find the session on the site: what our plugin says of it, else the course that was linked by hand."""
    site = get_site_info(transport)
    if not site.lacks(OBSERVE):
        seen = observe(transport, Query(code=code)).session(code)
        if seen is not None:
            return _Course(
                seen.course.id,
                {activity.idnumber.rpartition("/")[2]: activity.cmid for activity in seen.activities},
                {normalise_email(person.email): person.id for person in seen.people},
                site.userid,
                has_rolls(site),
            )
    with ledger.read() as connection:
        linked = _linked(connection, normalise_homepage(site.siteurl), code)
    if linked is None:
        return None
    course_id, modules = linked
    enrolled = get_enrolled_users(transport, course_id)
    accounts = {normalise_email(user.email): user.id for user in enrolled if user.email}
    return _Course(course_id, modules, accounts, site.userid, has_rolls(site))


def _linked(connection: sa.Connection, site: str, code: str) -> tuple[int, dict[str, int]] | None:
    course_id = course_of(connection, site, code)
    if course_id is None:
        return None
    here = sa.select(module.c.activity_id, module.c.cmid).where(
        module.c.site == site, module.c.course_id == course_id, module.c.code == code
    )
    return course_id, {row.activity_id: row.cmid for row in connection.execute(here)}
