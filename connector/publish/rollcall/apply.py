"""Publishing a roll: read, plan, write one step at a time, each of which the next run finds again, read once more."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from connector.errors import FatalError, ParcoursError
from connector.language import _
from connector.moodle import attendance_functions as attendance
from connector.moodle import course_functions as core
from connector.moodle.roll import NAME, Roll, read_roll
from connector.publish.rollcall.known import KnownRoll
from connector.publish.rollcall.plan import RollPlan, is_taken, plan_roll
from connector.publish.stock.ties import groups_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from connector.moodle.document import Publication
    from connector.moodle.transport import Transport
    from connector.publish.journal import StepJournal

_INTRO = "<p>L'appel de chaque créneau. Ce que les formateurs y marquent vaut émargement.</p>"


@dataclass(frozen=True)
class RollOutcome:
    """What was written, and what the plan then still is."""

    done: RollPlan
    left: RollPlan


def planned_roll(
    transport: Transport, wanted: Publication, course_id: int | None, *, overwrite: bool = False
) -> tuple[RollPlan, KnownRoll | None]:
    """Plan the roll of a course, or of one that is still to be made; returns also where it is."""
    if course_id is None:
        return plan_roll(wanted, None, {}), None
    roll = read_roll(transport, course_id, wanted.code)
    groups = _groups(transport, course_id, wanted)
    where = KnownRoll(course_id, roll.id, groups) if roll else None
    return plan_roll(wanted, roll, groups, overwrite=overwrite), where


def _as_known(transport: Transport, wanted: Publication, course_id: int, known: KnownRoll | None) -> bool:
    """Tell whether the roll is where it was, and as it must be; anything else is for `planned_roll` to find out."""
    if known is None or known.course != course_id:
        return False
    try:
        sessions = attendance.get_sessions(transport, known.number)
    except ParcoursError:  # it may be no more; what is wrong is told by what reads the course next
        return False
    return plan_roll(wanted, Roll(known.number, sessions), known.groups) == RollPlan()


def publish_roll(
    transport: Transport,
    wanted: Publication,
    course_id: int,
    journal: StepJournal,
    *,
    say: Callable[[str], None],
    overwrite: bool = False,
    unchanged: bool = False,
) -> RollOutcome:
    """Bring a course's roll to the session's slots; raise `FatalError` when it does not hold what was written.

    A new session goes before the one that it replaces, so that a run that is cut short leaves both, and no gap. One
    that somebody called since the plan keeps its marks: it stays, and what was to replace it goes. Where the course is
    `unchanged` since the last publication, the roll is looked for where it was.
    """
    known = KnownRoll.of(journal.recall(wanted.code)) if unchanged else None
    if _as_known(transport, wanted, course_id, known):
        plan, where = RollPlan(), known
    else:
        plan, where = planned_roll(transport, wanted, course_id, overwrite=overwrite)
    if cut := journal.settle(wanted.code, done=not plan.writes):
        say(cut)
    if not plan.writes:
        _remember(journal, wanted.code, where)
        return RollOutcome(plan, plan)
    with journal.writing(wanted.code, cours=course_id):
        outcome, where = _write(transport, wanted, course_id, plan, where)
    if outcome.left.add or outcome.left.remove:
        raise FatalError(
            _(
                "{address} ne rend pas la feuille d'appel qui vient d'être écrite dans le cours {course_id}.",
                address=transport.address,
                course_id=course_id,
            ),
            remedy=_("Quelqu'un la modifie peut-être en ce moment : relancez la publication."),
        )
    _remember(journal, wanted.code, where)
    return outcome


def _remember(journal: StepJournal, code: str, where: KnownRoll | None) -> None:
    if where is not None:
        journal.remember(code, where.body())


def _write(
    transport: Transport, wanted: Publication, course_id: int, plan: RollPlan, where: KnownRoll | None
) -> tuple[RollOutcome, KnownRoll | None]:
    """Add, then remove; where one was called meanwhile, remove what was to replace it."""
    number = where.number if where else attendance.add_attendance(transport, course_id, NAME, _INTRO)
    for session in plan.add:
        attendance.add_session(transport, number, session)
    removed = _remove(transport, number, plan.remove)
    left, where = planned_roll(transport, wanted, course_id)
    if removed != plan.remove and left.remove:
        removed += _remove(transport, number, left.remove)
        left, where = planned_roll(transport, wanted, course_id)
    return RollOutcome(replace(plan, remove=removed), left), where


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
