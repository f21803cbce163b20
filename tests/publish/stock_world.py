"""A course restored by hand: what the plugin published, without what a backup cannot hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.moodle import functions
from connector.publish.apply import Choices
from connector.publish.journal import StepJournal
from connector.publish.modules import everywhere
from connector.publish.plan import Wishes
from connector.publish.stock.apply import publish_stock
from connector.publish.uploads import hand_over, needed
from tests.publish.conftest import SUPPLY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from connector.moodle.document import Publication
    from connector.moodle.sandbox.sandbox import Sandbox
    from connector.moodle.transport import Transport
    from connector.publish.stock.outcome import StockOutcome

CODE = "ESSAI-2026A"
PLUGIN = frozenset({functions.PUBLISH, functions.OBSERVE})
READ = [
    "core_course_get_courses_by_field",
    "core_enrol_get_enrolled_users",
    "core_course_get_courses_by_field",
    "core_course_get_courses_by_field",
    "core_course_get_contents",
    *["core_course_get_course_module"] * 14,
    "core_group_get_course_groups",
]
"""How a course is read for the first time; the calendar and unknown people's accounts come after."""

JANUARY = (
    ("code: ESSAI-2026A", "code: ESSAI-2027B"),
    ("debut: 2026-10-05", "debut: 2027-01-05"),
    ("fin: 2026-12-18", "fin: 2027-03-26"),
    ("2026-10-07T", "2027-01-13T"),
    ("2026-11-04T", "2027-02-03T"),
    ("2026-11-12T", "2027-02-10T"),
)
"""What makes a session of January of that of October."""


class Unkept(StepJournal):
    """A journal that forgets: for tests that read the site only."""

    def __init__(self) -> None:
        """Need no ledger."""

    def _last(self, code: str, action: str = "") -> None:
        pass

    def _record(self, action: str, code: str, **detail: str | int) -> None:
        pass

    def recall(self, code: str) -> dict[str, Any]:  # noqa: ARG002
        return {}

    def remember(self, code: str, what: Mapping[str, Any]) -> None:
        pass


def silent(line: str) -> None:
    """Tell nobody."""


def restored(sandbox: Sandbox, transport: Transport, wanted: Publication) -> int:
    """Restore the session's backup, and take the plugin away; return the course's number."""
    draft = hand_over(transport, needed(wanted, None), SUPPLY, lambda _: None)
    number = functions.publish(transport, everywhere(wanted).model_copy(update={"draft": draft})).course.id
    course = sandbox.site.courses[number]
    course.published, course.idnumber = False, ""
    course.shortname, course.fullname = f"{course.shortname}_1", f"{course.fullname} copy 1"
    course.enrolments.clear()
    course.events.clear()
    course.snapshots.clear()
    for group in course.groups.values():
        group.members.clear()
    sandbox.faults.withheld = PLUGIN
    sandbox.calls.clear()
    return number


def publish(
    transport: Transport,
    wanted: Publication,
    course: int,
    journal: StepJournal | None = None,
    *,
    overwrite: bool = False,
    roles: Mapping[str, int] | None = None,
    say: Callable[[str], None] = silent,
) -> StockOutcome:
    """Publish into a restored course, yes being the answer to what is asked but for what Moodle has otherwise."""
    wishes, choices = Wishes(overwrite, roles=roles or {}), Choices(say=say)
    outcome = publish_stock(transport, wanted, course, journal or Unkept(), wishes=wishes, choices=choices)
    assert outcome is not None
    return outcome


def written(sandbox: Sandbox) -> list[str]:
    """Return the calls that may have changed the site."""
    return [call for call in sandbox.calls if "_get_" not in call]


def foreign(sandbox: Sandbox, transport: Transport, wanted: Publication) -> int:
    """Make somebody else's course."""
    sandbox.faults.withheld = frozenset()
    assert wanted.course is not None
    other = wanted.model_copy(
        update={
            "code": "AUTRE",
            "course": wanted.course.model_copy(update={"shortname": "AUTRE", "files": ()}),
            **dict.fromkeys(("sections", "activities", "order", "groups", "enrolments", "events", "snapshot")),
        }
    )
    number = functions.publish(transport, other).course.id
    sandbox.faults.withheld = PLUGIN
    return number
