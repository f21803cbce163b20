"""Completions by our plugin: a thousand a request, those that changed or a whole course."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from connector.ledger.sessions import Account
from connector.moodle.completions import CompletionsQuery
from connector.moodle.functions import completions
from connector.readback.reading import MANUAL, CourseReading, Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.moodle.completions import CompletionsPage
    from connector.moodle.transport import Transport

OVERLAP_SECONDS = 900
"""What is read again before the last reading: a change may be dated before the instant at which it can be seen."""


class Changes(NamedTuple):
    """One page of changes, with the accounts that made them; `now` is the site's clock."""

    rows: tuple[Row, ...]
    accounts: tuple[Account, ...]
    now: int


def changes(transport: Transport, since: int) -> Iterator[Changes]:
    """Yield the completions of published sessions that changed since an epoch second, oldest first, page by page."""
    for page in _pages(transport, CompletionsQuery(since=since)):
        yield Changes(_rows(page), _accounts(page), page.now)


def whole_course(transport: Transport, course_id: int) -> tuple[CourseReading, tuple[Account, ...]]:
    """Return all completions of a course, and the accounts that they are of; nothing of a course that is gone."""
    tracked: set[int] = set()
    rows: list[Row] = []
    accounts: dict[int, Account] = {}
    for page in _pages(transport, CompletionsQuery(codes=(), courses=(course_id,), whole=True)):
        tracked |= {module.cmid for course in page.courses for module in course.modules if module.tracking}
        rows += _rows(page)
        accounts |= {account.userid: account for account in _accounts(page)}
    return CourseReading(course_id, frozenset(tracked), tuple(rows)), tuple(accounts.values())


def _pages(transport: Transport, query: CompletionsQuery) -> Iterator[CompletionsPage]:
    after: str | None = None
    while True:
        page = completions(transport, query.model_copy(update={"after": after}))
        yield page
        if page.next is None or page.next == after:
            return
        after = page.next


def _accounts(page: CompletionsPage) -> tuple[Account, ...]:
    return tuple(Account(person.id, person.username, person.email) for person in page.people)


def _rows(page: CompletionsPage) -> tuple[Row, ...]:
    modules = {module.cmid: (course.id, module) for course in page.courses for module in course.modules}
    rows = []
    for said in page.completions:
        if said.cmid in modules:
            course_id, module = modules[said.cmid]
            by_hand = module.tracking == MANUAL or said.overrideby is not None
            rows.append(
                Row(
                    course_id,
                    said.cmid,
                    said.userid,
                    said.state,
                    said.timemodified,
                    by_hand,
                    module.modname,
                    module.idnumber,
                )
            )
    return tuple(rows)
