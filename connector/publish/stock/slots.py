"""Slots as course events that are found again by their mark. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.moodle.course_functions import NewEvent
from connector.moodle.slot_mark import mark_of, marked, read_mark, short_print

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.moodle.course_functions import CalendarEvent
    from connector.moodle.document import Event

CANCELLED = "Annulé : "
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


def plan_events(code: str, wanted: Sequence[Event], found: Sequence[CalendarEvent]) -> EventPlan:
    """Return what brings the events of a course to those of the session `code`.

    A slot that is no more stays, said cancelled; one of a model goes.
    """
    create: list[NewEvent] = []
    ours, others = _ours(code, found)
    delete = [event.id for event in others]
    named = {event.uuid for event in wanted}
    for event in wanted:
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
