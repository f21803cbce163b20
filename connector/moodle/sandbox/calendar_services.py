"""Core services about the calendar: a course's events, and the activities' own."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, NamedTuple

from connector.moodle.sandbox.activity_documents import AssignSettings, QuizSettings
from connector.moodle.sandbox.calls import Call, accessible_course
from connector.moodle.sandbox.exceptions import moodle_error, no_permission
from connector.moodle.sandbox.site import CourseEvent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import JsonValue

    from connector.moodle.sandbox.site import Course, Module, Site

_DAY = 86_400
_OWN = 1_000_000
_KINDS = {"due": "is due", "open": "opens", "close": "closes"}


class _Own(NamedTuple):
    """An activity's own event: its id is worked out, so that nothing needs to be remembered."""

    id: int
    course: Course
    module: Module
    kind: str
    timestart: int


def get_events(call: Call) -> JsonValue:
    """Answer `core_calendar_get_calendar_events` for courses; groups' events are not for who is not a member."""
    wanted = call.params["events"]
    ids = wanted["courseids"] if isinstance(wanted, dict) else None
    shown: list[JsonValue] = []
    for number in ids if isinstance(ids, list) else []:
        course = accessible_course(call, int(str(number)))
        shown += [_event(course, event) for event in course.calendar.values()]
        shown += [_own_event(own) for own in _own(course)]
    return {"events": shown, "warnings": []}


def create_events(call: Call) -> JsonValue:
    """Answer `core_calendar_create_calendar_events` for events of a course."""
    made: list[JsonValue] = []
    for row in call.rows("events"):
        course = accessible_course(call, int(str(row["courseid"])))
        _check(call)
        event = CourseEvent(
            id=call.site.next_id("event"),
            name=str(row["name"]),
            description=str(row["description"] or ""),
            timestart=int(str(row["timestart"])),
            timeduration=int(str(row["timeduration"])),
        )
        course.calendar[event.id] = event
        made.append({**_event(course, event), "uuid": "", "groupid": 0, "modulename": "", "instance": 0})
    return {"events": made, "warnings": []}


def delete_events(call: Call) -> JsonValue:
    """Answer `core_calendar_delete_calendar_events`."""
    for row in call.rows("events"):
        _check(call)
        number = int(str(row["eventid"]))
        for course in call.site.courses.values():
            course.calendar.pop(number, None)
    return None


def move_event(call: Call) -> JsonValue:
    """Answer `core_calendar_update_event_start_day`: the day changes (counted in UTC here), the time of day stays."""
    number, wanted = call.integer("eventid"), call.integer("daytimestamp")
    own = next((one for one in _all_own(call.site) if one.id == number), None)
    if own is None:
        raise moodle_error(
            "Unable to find event with id " + str(number), f"error/Unable to find event with id {number}"
        )
    _check(call)
    moved = wanted // _DAY * _DAY + own.timestart % _DAY
    settings = own.module.doc.settings.model_copy(update={own.kind: moved})
    own.module.doc = own.module.doc.model_copy(update={"settings": settings})
    return {"event": _own_event(own._replace(timestart=moved))}


def dates(module: Module) -> list[JsonValue]:
    """Return an activity's dates as its course page shows them."""
    names = {"due": ("Due:", "duedate"), "open": ("Opened:", "timeopen"), "close": ("Closes:", "timeclose")}
    return [
        {"label": names[kind][0], "timestamp": instant, "dataid": names[kind][1]} for kind, instant in _dates(module)
    ]


def _dates(module: Module) -> Iterator[tuple[str, int]]:
    settings = module.doc.settings
    if isinstance(settings, AssignSettings) and settings.due:
        yield "due", settings.due
    if isinstance(settings, QuizSettings):
        yield from ((kind, at) for kind, at in (("open", settings.open), ("close", settings.close)) if at)


def _own(course: Course) -> Iterator[_Own]:
    for module in course.ordered_modules() if course.dated else ():
        for kind, instant in _dates(module):
            yield _Own(_OWN + module.cmid * 10 + list(_KINDS).index(kind), course, module, kind, instant)


def _all_own(site: Site) -> Iterator[_Own]:
    for course in site.courses.values():
        yield from _own(course)


def _check(call: Call) -> None:
    if not call.caller.manager:
        raise no_permission("Manage any calendar entries")


def _event(course: Course, event: CourseEvent) -> dict[str, JsonValue]:
    return {
        "id": event.id,
        "name": html.escape(event.name, quote=False),
        "description": event.description,
        "format": 1,
        "courseid": course.id,
        "categoryid": None,
        "groupid": None,
        "userid": 3,
        "repeatid": None,
        "modulename": None,
        "instance": None,
        "eventtype": "course",
        "timestart": event.timestart,
        "timeduration": event.timeduration,
        "visible": 1,
        "sequence": 1,
        "timemodified": course.created,
        "subscriptionid": None,
    }


def _own_event(own: _Own) -> dict[str, JsonValue]:
    event = CourseEvent(own.id, f"{own.module.doc.name} {_KINDS[own.kind]}", own.module.doc.intro, own.timestart, 0)
    return {
        **_event(own.course, event),
        "modulename": own.module.modname,
        "instance": own.module.instance,
        "eventtype": own.kind,
    }
