"""Completions by core services, for a course on a site without our plugin: everything, each time.

They give one person's at a time. A course of 30 people is 31 requests; where the token's service also holds
`tool_mobile_call_external_functions`, 30 people go into one request and the course into two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.ledger.sessions import Account
from connector.moodle.functions import (
    BATCH,
    get_activities_completion,
    get_activities_completion_of,
    get_enrolled_users,
)
from connector.readback.reading import MANUAL, CourseReading, Row

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from connector.moodle.functions import ActivityCompletion, EnrolledUser, SiteInfo
    from connector.moodle.transport import Transport

_PEOPLE = 30
"""People in one request: some seconds of the site's work, well below its time-out."""


def whole_course(
    transport: Transport, site: SiteInfo, course_id: int, idnumbers: Mapping[int, str]
) -> tuple[CourseReading, tuple[Account, ...]]:
    """Return the completions of those who are enrolled, and their accounts.

    `idnumbers` names the modules (cmid) that matter, with the idnumbers that their statements are to bear: core
    services do not tell them.
    """
    enrolled = get_enrolled_users(transport, course_id)
    tracked: set[int] = set()
    rows: list[Row] = []
    for userid, statuses in _statuses(transport, site, course_id, enrolled):
        tracked |= {status.cmid for status in statuses}
        rows += [
            _row(course_id, userid, status, idnumbers[status.cmid]) for status in statuses if status.cmid in idnumbers
        ]
    people = frozenset(user.id for user in enrolled)
    accounts = tuple(Account(user.id, user.username, user.email) for user in enrolled if user.username and user.email)
    return CourseReading(course_id, frozenset(tracked), tuple(rows), people), accounts


def _statuses(
    transport: Transport, site: SiteInfo, course_id: int, enrolled: tuple[EnrolledUser, ...]
) -> Iterator[tuple[int, tuple[ActivityCompletion, ...]]]:
    userids = [user.id for user in enrolled]
    if site.lacks(BATCH):
        for userid in userids:
            yield userid, get_activities_completion(transport, course_id, userid)
        return
    for some in (userids[start : start + _PEOPLE] for start in range(0, len(userids), _PEOPLE)):
        yield from zip(some, get_activities_completion_of(transport, course_id, some), strict=True)


def _row(course_id: int, userid: int, status: ActivityCompletion, idnumber: str) -> Row:
    by_hand = status.tracking == MANUAL or status.overrideby is not None
    return Row(course_id, status.cmid, userid, status.state, status.timecompleted, by_hand, status.modname, idnumber)
