"""The core web-service functions that change a course without our plugin, one typed wrapper each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from connector.moodle.shapes import Name, Read, read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.moodle.functions import Course
    from connector.moodle.transport import Transport

UPDATE_COURSES = "core_course_update_courses"
DUPLICATE = "core_course_duplicate_course"
COURSE_MODULE = "core_course_get_course_module"
EDIT_COURSE = "core_courseformat_update_course"
GROUPS = "core_group_get_course_groups"
CREATE_GROUPS = "core_group_create_groups"
JOIN = "core_group_add_group_members"
LEAVE = "core_group_delete_group_members"
ENROL = "enrol_manual_enrol_users"
EVENTS = "core_calendar_get_calendar_events"
CREATE_EVENTS = "core_calendar_create_calendar_events"
DELETE_EVENTS = "core_calendar_delete_calendar_events"
MOVE_EVENT = "core_calendar_update_event_start_day"

_HTML = 1


class ModuleDetails(Read):
    """What Moodle tells an editor of an activity; `availability` is its own JSON, `completion` 0 to 2."""

    id: int
    idnumber: str | None = None
    completion: int = 0
    completionview: bool = False
    completionpassgrade: bool = False
    completionexpected: int = 0
    availability: str | None = None


class CourseGroup(Read):
    """A group of a course."""

    id: int
    name: Name
    idnumber: str | None = None


class CalendarEvent(Read):
    """An event of a course: somebody's, or an activity's own when it has a `modulename`; times in epoch seconds."""

    id: int
    name: Name
    description: str | None = None
    eventtype: str
    timestart: int
    timeduration: int = 0
    modulename: str | None = None
    instance: int | None = None


@dataclass(frozen=True)
class NewEvent:
    """A course event to create."""

    name: str
    description: str
    start: int
    seconds: int


class _Details(Read):
    cm: ModuleDetails


class _Events(Read):
    events: tuple[CalendarEvent, ...]


def get_course_module(transport: Transport, cmid: int) -> ModuleDetails:
    """Return an activity's idnumber, completion and restrictions; the token must be allowed to edit it.

    :calls: `core_course_get_course_module`
    """
    return read(_Details, COURSE_MODULE, transport.call(COURSE_MODULE, {"cmid": cmid}, write=False)).cm


def update_course(transport: Transport, course_id: int, fields: Mapping[str, str | int]) -> None:
    """Change a course's settings; `startdate` and `enddate` go together, Moodle refuses one without the other.

    :calls: `core_course_update_courses`
    """
    transport.call(UPDATE_COURSES, {"courses": [{"id": course_id, **fields}]}, write=True)


def duplicate_course(transport: Transport, model: Course, *, shortname: str, fullname: str) -> int:
    """Copy a course, without its people, hidden, into the same category; return the copy's id.

    :calls: `core_course_duplicate_course`
    """
    params = {
        "courseid": model.id,
        "fullname": fullname,
        "shortname": shortname,
        "categoryid": model.categoryid,
        "visible": False,
        "options": [{"name": "users", "value": "0"}],
    }
    return read(_Copy, DUPLICATE, transport.call(DUPLICATE, params, write=True)).id


class _Copy(Read):
    id: int


def set_visible(transport: Transport, course_id: int, cmids: Sequence[int], *, visible: bool) -> None:
    """Show or hide activities.

    :calls: `core_courseformat_update_course`
    """
    action = "cm_show" if visible else "cm_hide"
    transport.call(EDIT_COURSE, {"action": action, "courseid": course_id, "ids": list(cmids)}, write=True)


def get_groups(transport: Transport, course_id: int) -> tuple[CourseGroup, ...]:
    """Return the groups of a course.

    :calls: `core_group_get_course_groups`
    """
    return read(tuple[CourseGroup, ...], GROUPS, transport.call(GROUPS, {"courseid": course_id}, write=False))


def create_groups(transport: Transport, course_id: int, groups: Mapping[str, str]) -> tuple[CourseGroup, ...]:
    """Create groups, names by idnumber.

    :calls: `core_group_create_groups`
    """
    rows = [
        {"courseid": course_id, "name": name, "description": "", "idnumber": idnumber}
        for idnumber, name in groups.items()
    ]
    answer = transport.call(CREATE_GROUPS, {"groups": rows}, write=True)
    return read(tuple[CourseGroup, ...], CREATE_GROUPS, answer)


def change_members(transport: Transport, pairs: Sequence[tuple[int, int]], what: Literal["join", "leave"]) -> None:
    """Put enrolled people into groups or out of them; `pairs` are group and user ids.

    :calls: `core_group_add_group_members`, `core_group_delete_group_members`
    """
    members = [{"groupid": group, "userid": user} for group, user in pairs]
    transport.call(JOIN if what == "join" else LEAVE, {"members": members}, write=True)


def enrol(transport: Transport, course_id: int, people: Sequence[tuple[int, int]]) -> None:
    """Enrol people; `people` are user and role ids. Who is enrolled already gets the role too.

    :calls: `enrol_manual_enrol_users`
    """
    rows = [{"roleid": role, "userid": user, "courseid": course_id} for user, role in people]
    transport.call(ENROL, {"enrolments": rows}, write=True)


def get_events(transport: Transport, course_id: int) -> tuple[CalendarEvent, ...]:
    """Return the events of a course and of its activities, whatever their date.

    Events of groups are not among them: Moodle shows those to the groups' members only.

    :calls: `core_calendar_get_calendar_events`
    """
    params = {
        "events": {"courseids": [course_id]},
        "options": {"userevents": False, "siteevents": False, "timestart": 0, "timeend": 0},
    }
    return read(_Events, EVENTS, transport.call(EVENTS, params, write=False)).events


def create_events(transport: Transport, course_id: int, events: Sequence[NewEvent]) -> None:
    """Create course events.

    :calls: `core_calendar_create_calendar_events`
    """
    rows = [
        {
            "name": event.name,
            "description": event.description,
            "format": _HTML,
            "courseid": course_id,
            "eventtype": "course",
            "timestart": event.start,
            "timeduration": event.seconds,
            "visible": True,
        }
        for event in events
    ]
    transport.call(CREATE_EVENTS, {"events": rows}, write=True)


def delete_events(transport: Transport, event_ids: Sequence[int]) -> None:
    """Delete events.

    :calls: `core_calendar_delete_calendar_events`
    """
    rows = [{"eventid": event_id, "repeat": False} for event_id in event_ids]
    transport.call(DELETE_EVENTS, {"events": rows}, write=True)


def move_event(transport: Transport, event_id: int, day: int) -> None:
    """Put an event on the day (in the site's time zone) of the instant `day`; its time of day stays.

    An activity's own event takes the activity's date with it: `due` of an assignment, `open` and `close` of a quiz.

    :calls: `core_calendar_update_event_start_day`
    """
    transport.call(MOVE_EVENT, {"eventid": event_id, "daytimestamp": day}, write=True)
