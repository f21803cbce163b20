"""Slots as course events that are found again: Moodle keeps no identity of ours, so their text carries it. Pure.

The text begins with `<p class="creneau-UUID session-HEX empreinte-HEX">`: a class survives Moodle's cleaning, a comment
does not. `session` tells the slots of a model, which a copied course brings along, from those of the session itself.
`empreinte` is that of everything that we wrote, so that an event is ours, unchanged, or to be written again.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from connector.moodle.course_functions import NewEvent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.moodle.course_functions import CalendarEvent
    from connector.moodle.document import Event

CANCELLED = "Annulé : "
_NAME_MAX = 255
_MARK = re.compile(
    r'class="creneau-(?P<uuid>[0-9a-f-]{36}) session-(?P<session>[0-9a-f]{16}) empreinte-(?P<print>[0-9a-f]{16})"'
)


@dataclass(frozen=True)
class EventPlan:
    """What to create and what to delete; Moodle cannot change an event: one that differs is written again."""

    create: tuple[NewEvent, ...]
    delete: tuple[int, ...]


def new_event(code: str, event: Event) -> NewEvent:
    """Return the course event of a slot of the session `code`: its group in its title, its place in its text."""
    group = f" (groupe {event.group})" if event.group else ""
    name = event.name[: _NAME_MAX - len(group)] + group
    said = "\0".join((name, str(event.start), str(event.minutes), event.location, event.description))
    place = f"Lieu : {escape(event.location, quote=False)}" if event.location else ""
    mark = f'<p class="creneau-{event.uuid} session-{_print(code)} empreinte-{_print(said)}">{place}</p>'
    return NewEvent(name, mark + event.description, event.start, event.minutes * 60)


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
        mark = _MARK.search(event.description or "")
        if mark and mark["session"] == _print(code):
            ours.setdefault(mark["uuid"], []).append(event)
        elif mark:
            others.append(event)
    return ours, others


def _print(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _same(target: NewEvent, found: CalendarEvent) -> bool:
    """Tell whether an event is as we wrote it, and still says so where everybody looks."""
    wanted, written = _MARK.search(target.description), _MARK.search(found.description or "")
    return (
        wanted is not None
        and written is not None
        and wanted["print"] == written["print"]
        and (target.name, target.start, target.seconds) == (found.name, found.timestart, found.timeduration)
    )


def _cancelled(event: CalendarEvent) -> NewEvent:
    return NewEvent((CANCELLED + event.name)[:_NAME_MAX], event.description or "", event.timestart, event.timeduration)
