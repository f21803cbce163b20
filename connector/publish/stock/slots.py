"""Slots as course events that are found again by their mark. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from connector.moodle.course_functions import NewEvent
from connector.moodle.document import Event, Frozen
from connector.moodle.slot_mark import mark_of, marked, read_mark, short_print
from connector.publish.removed import CANCELLED, cancelling

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from connector.moodle.course_functions import CalendarEvent
    from connector.publish.comparison import Comparison, Part

_NAME_MAX = 255


@dataclass(frozen=True)
class EventPlan:
    """What to create and what to delete; Moodle cannot change an event: one that differs is written again."""

    create: tuple[NewEvent, ...]
    delete: tuple[int, ...]


def new_event(code: str, event: Event) -> NewEvent:
    """Return the course event of a slot of the session `code`: its group in its title, its place in its text."""
    group = f" (groupe {event.group})" if event.group else ""
    name = event.name[: _NAME_MAX - len(group)] + group
    mark = mark_of(code, event.uuid, name, event.start, event.minutes, event.location, event.description)
    place = f"Lieu : {event.location}" if event.location else ""
    return NewEvent(name, marked(mark, place) + event.description, event.start, event.minutes * 60)


class Slot(Frozen):
    """What somebody can edit of a slot in the calendar, and that we would see; `start` in epoch seconds."""

    name: str
    start: int
    minutes: int


def slots_of(code: str, wanted: Sequence[Event]) -> dict[str, Slot]:
    """Return the slots of the session `code` as its course's calendar names them, by uuid."""
    targets = {event.uuid: new_event(code, event) for event in wanted}
    return {uuid: Slot(name=one.name, start=one.start, minutes=one.seconds // 60) for uuid, one in targets.items()}


def compare_slots(
    code: str, wanted: Sequence[Event], found: Sequence[CalendarEvent], compare: Comparison
) -> tuple[Part[Slot], frozenset[str]]:
    """Compare the calendar three ways; returns also the slots whose event stays as somebody made it, whole.

    One that was cancelled, and that somebody has named again as if it were not, is left to them too.
    """
    ours, _ = _ours(code, found)
    targets = {event.uuid: new_event(code, event) for event in wanted}
    there = {uuid: _shown(several, targets.get(uuid)) for uuid, several in ours.items()}
    part = compare.upserts("evenement", slots_of(code, wanted), {uuid: _slot(one) for uuid, one in there.items()})
    revived = [
        change
        for uuid, one in there.items()
        if uuid not in targets and not one.name.startswith(CANCELLED)
        for change in compare.divided(cancelling(compare.reference, _event(uuid, one)))[1]
    ]
    drift = (*part.drift, *revived)
    left = frozenset() if compare.overwrite else frozenset(change.key for change in drift) - part.missing
    return replace(part, drift=drift), left


def plan_events(
    code: str, wanted: Sequence[Event], found: Sequence[CalendarEvent], left: Collection[str] = ()
) -> EventPlan:
    """Return what brings the events of a course to those of the session `code`, but for the slots that are `left`.

    A slot that is no more stays, said cancelled; one of a model goes.
    """
    create: list[NewEvent] = []
    ours, others = _ours(code, found)
    delete = [event.id for event in others]
    named = {event.uuid for event in wanted} | set(left)
    for event in wanted:
        if event.uuid in left:
            continue
        target = new_event(code, event)
        kept = [one for one in ours.get(event.uuid, ()) if _same(target, one)][:1]
        delete += [one.id for one in ours.get(event.uuid, ()) if one not in kept]
        create += [] if kept else [target]
    for uuid, several in ours.items():
        if uuid not in named and not several[0].name.startswith(CANCELLED):
            delete += [one.id for one in several]
            create.append(_cancelled(several[0]))
    return EventPlan(tuple(create), tuple(delete))


def _ours(code: str, found: Sequence[CalendarEvent]) -> tuple[dict[str, list[CalendarEvent]], list[CalendarEvent]]:
    """Return the session's events by slot, and those of other sessions."""
    ours: dict[str, list[CalendarEvent]] = {}
    others: list[CalendarEvent] = []
    for event in found:
        mark = read_mark(event.description)
        if mark and mark.session == short_print(code):
            ours.setdefault(mark.uuid, []).append(event)
        elif mark:
            others.append(event)
    return ours, others


def _shown(several: Sequence[CalendarEvent], target: NewEvent | None) -> CalendarEvent:
    """Return the event that is the slot's: a run that was cut may have left the one before beside it."""
    return next((one for one in several if target is not None and _same(target, one)), several[0])


def _slot(event: CalendarEvent) -> Slot:
    return Slot(name=event.name, start=event.timestart, minutes=event.timeduration // 60)


def _event(uuid: str, event: CalendarEvent) -> Event:
    return Event(uuid=uuid, name=event.name, start=event.timestart, minutes=event.timeduration // 60)


def _same(target: NewEvent, found: CalendarEvent) -> bool:
    """Tell whether an event is as we wrote it, and still says so where everybody looks."""
    wanted, written = read_mark(target.description), read_mark(found.description)
    return (
        wanted is not None
        and written is not None
        and wanted.print == written.print
        and (target.name, target.start, target.seconds) == (found.name, found.timestart, found.timeduration)
    )


def _cancelled(event: CalendarEvent) -> NewEvent:
    return NewEvent((CANCELLED + event.name)[:_NAME_MAX], event.description or "", event.timestart, event.timeduration)
