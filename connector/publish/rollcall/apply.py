"""Publishing a roll: read, plan, write one step at a time, each of which the next run finds again, read once more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.errors import FatalError
from connector.moodle import attendance_functions as attendance
from connector.moodle import course_functions as core
from connector.moodle.roll import NAME, read_roll
from connector.publish.rollcall.plan import plan_roll

if TYPE_CHECKING:
    from connector.moodle.document import Publication
    from connector.moodle.roll import Roll
    from connector.moodle.transport import Transport
    from connector.publish.rollcall.plan import RollPlan

_INTRO = "<p>L'appel de chaque créneau. Ce que les formateurs y marquent vaut émargement.</p>"


@dataclass(frozen=True)
class RollOutcome:
    """What was written, and what the plan then still is."""

    done: RollPlan
    left: RollPlan


def planned_roll(
    transport: Transport, wanted: Publication, course_id: int | None, *, overwrite: bool = False
) -> tuple[RollPlan, Roll | None]:
    """Plan the roll of a course, or of one that is still to be made."""
    if course_id is None:
        return plan_roll(wanted, None, {}), None
    roll = read_roll(transport, course_id, wanted.code)
    groups = _groups(transport, course_id, wanted)
    return plan_roll(wanted, roll, groups, overwrite=overwrite), roll


def publish_roll(transport: Transport, wanted: Publication, course_id: int, *, overwrite: bool = False) -> RollOutcome:
    """Bring a course's roll to the session's slots; raise `FatalError` when it does not hold what was written.

    A new session goes before the one that it replaces, so that a run that is cut short leaves both, and no gap.
    """
    plan, roll = planned_roll(transport, wanted, course_id, overwrite=overwrite)
    if not (plan.make or plan.add or plan.remove):
        return RollOutcome(plan, plan)
    number = roll.id if roll else attendance.add_attendance(transport, course_id, NAME, _INTRO)
    for session in plan.add:
        attendance.add_session(transport, number, session)
    for session_id in plan.remove:
        attendance.remove_session(transport, session_id)
    left, _ = planned_roll(transport, wanted, course_id)
    if left.add or left.remove:
        raise FatalError(
            f"{transport.address} ne rend pas la feuille d'appel qui vient d'être écrite dans le cours {course_id}.",
            remedy="Quelqu'un la modifie peut-être en ce moment : relancez la publication.",
        )
    return RollOutcome(plan, left)


def _groups(transport: Transport, course_id: int, wanted: Publication) -> dict[str, int]:
    """Return the numbers of the session's groups by the name that the session gives them."""
    if not any(event.group for event in wanted.events or ()):
        return {}
    keys = {group.idnumber: group.name for group in wanted.groups or ()}
    found = core.get_groups(transport, course_id)
    named = {group.name: group.id for group in found}
    return named | {keys[group.idnumber]: group.id for group in found if group.idnumber in keys}
