"""Publishing a roll: read, plan, write one step at a time, each of which the next run finds again, read once more."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from connector.errors import FatalError
from connector.moodle import attendance_functions as attendance
from connector.moodle import course_functions as core
from connector.moodle.roll import NAME, read_roll
from connector.publish.rollcall.plan import is_taken, plan_roll
from connector.publish.stock.ties import groups_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from connector.moodle.document import Publication
    from connector.moodle.roll import Roll
    from connector.moodle.transport import Transport
    from connector.publish.journal import StepJournal
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


def publish_roll(
    transport: Transport,
    wanted: Publication,
    course_id: int,
    journal: StepJournal,
    *,
    say: Callable[[str], None],
    overwrite: bool = False,
) -> RollOutcome:
    """Bring a course's roll to the session's slots; raise `FatalError` when it does not hold what was written.

    A new session goes before the one that it replaces, so that a run that is cut short leaves both, and no gap. One
    that somebody called since the plan keeps its marks: it stays, and what was to replace it goes.
    """
    plan, roll = planned_roll(transport, wanted, course_id, overwrite=overwrite)
    if cut := journal.settle(wanted.code, done=not plan.writes):
        say(cut)
    if not plan.writes:
        return RollOutcome(plan, plan)
    with journal.writing(wanted.code, cours=course_id):
        outcome = _write(transport, wanted, course_id, plan, roll)
    if outcome.left.add or outcome.left.remove:
        raise FatalError(
            f"{transport.address} ne rend pas la feuille d'appel qui vient d'être écrite dans le cours {course_id}.",
            remedy="Quelqu'un la modifie peut-être en ce moment : relancez la publication.",
        )
    return outcome


def _write(transport: Transport, wanted: Publication, course_id: int, plan: RollPlan, roll: Roll | None) -> RollOutcome:
    """Add, then remove; where one was called meanwhile, remove what was to replace it."""
    number = roll.id if roll else attendance.add_attendance(transport, course_id, NAME, _INTRO)
    for session in plan.add:
        attendance.add_session(transport, number, session)
    removed = _remove(transport, number, plan.remove)
    left, _ = planned_roll(transport, wanted, course_id)
    if removed != plan.remove and left.remove:
        removed += _remove(transport, number, left.remove)
        left, _ = planned_roll(transport, wanted, course_id)
    return RollOutcome(replace(plan, remove=removed), left)


def _remove(transport: Transport, number: int, sessions: Sequence[int]) -> tuple[int, ...]:
    """Remove sessions, each read again just before, since its marks would go with it; return those that were."""
    removed = []
    for wanted in sessions:
        now = next((one for one in attendance.get_sessions(transport, number) if one.id == wanted), None)
        if now is not None and not is_taken(now):
            attendance.remove_session(transport, wanted)
            removed.append(wanted)
    return tuple(removed)


def _groups(transport: Transport, course_id: int, wanted: Publication) -> dict[str, int]:
    """Return the numbers of the session's groups by the name that the session gives them."""
    if not any(event.group for event in wanted.events or ()):
        return {}
    found = core.get_groups(transport, course_id)
    named = {group.name: group.id for group in found}
    return named | {name: group.id for name, group in groups_of(wanted, found).items()}
