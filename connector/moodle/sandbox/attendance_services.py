"""The services of mod_attendance, as its version for Moodle 4.3 answers on 4.5 and 5.1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.moodle.sandbox.calls import Function, accessible_course
from connector.moodle.sandbox.exceptions import invalid_parameter, missing_record, no_permission
from connector.moodle.sandbox.params import Struct, Value
from connector.moodle.sandbox.rendering import shown
from connector.moodle.sandbox.site import Attendance, RollSession

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import JsonValue

    from connector.moodle.sandbox.calls import Call
    from connector.moodle.sandbox.params import Spec
    from connector.moodle.sandbox.site import Course

STATUSES = (("P", "Present", 2), ("A", "Absent", 0), ("L", "Late", 1), ("E", "Excused", 1))
"""Acronym, description and grade, in the order in which they are numbered; they are given by grade, highest first."""


def _add_attendance(call: Call) -> JsonValue:
    name = call.text("name")
    if "<" in name:
        raise invalid_parameter(f"name => Invalid parameter value detected: {name}")
    course = accessible_course(call, call.integer("courseid"))
    if not call.caller.manager:
        raise no_permission("Add a new attendance activity")
    site = call.site
    made = Attendance(site.next_id("attendance"), site.next_id("course_modules", 2), name, 0)
    first = [site.next_id("attendance_statuses", 5) for _ in STATUSES]
    made.statuses = first[0]
    course.attendances[made.id] = made
    return {"attendanceid": made.id}


def _add_session(call: Call) -> JsonValue:
    course, attendance = _found(call, call.integer("attendanceid"))
    group = call.integer("groupid")
    if group and group not in {one.id for one in course.groups.values()}:
        raise invalid_parameter("Invalid group id")
    made = RollSession(
        id=call.site.next_id("attendance_sessions"),
        start=call.integer("sessiontime"),
        seconds=call.integer("duration"),
        group=group,
        description=call.text("description"),
        modified=call.site.clock(),
    )
    attendance.sessions[made.id] = made
    return {"sessionid": made.id}


def _remove_session(call: Call) -> JsonValue:
    _, attendance, session = _session(call)
    del attendance.sessions[session.id]
    return True


def _get_sessions(call: Call) -> JsonValue:
    course, attendance = _found(call, call.integer("attendanceid"))
    return [_shown(call, course, attendance, session) for session in attendance.sessions.values()]


def _update_status(call: Call) -> JsonValue:
    _, _, session = _session(call)
    for name in ("studentid", "takenbyid"):
        if call.integer(name) not in call.site.people:
            raise missing_record("user", "id", str(call.integer(name)))
    session.log[call.integer("studentid")] = call.integer("statusid")
    session.taken, session.taken_by, session.modified = call.site.clock(), call.integer("takenbyid"), call.site.clock()
    return None


def _found(call: Call, number: int) -> tuple[Course, Attendance]:
    for course in call.site.courses.values():
        if number in course.attendances:
            accessible_course(call, course.id)
            if not call.caller.manager:
                raise invalid_parameter("Invalid session id or no permissions.")
            return course, course.attendances[number]
    raise missing_record("course_modules", "instance", str(number))


def _session(call: Call) -> tuple[Course, Attendance, RollSession]:
    number = call.integer("sessionid")
    for course in call.site.courses.values():
        for attendance in course.attendances.values():
            if number in attendance.sessions:
                _found(call, attendance.id)
                return course, attendance, attendance.sessions[number]
    raise missing_record("attendance_sessions", "id", str(number))


def _shown(call: Call, course: Course, attendance: Attendance, session: RollSession) -> JsonValue:
    group = next((one for one in course.groups.values() if one.id == session.group), None)
    people = [
        call.site.people[number]
        for number, roles in sorted(course.enrolments.items())
        if "student" in roles and (group is None or number in group.members)
    ]
    return {
        "id": session.id,
        "attendanceid": attendance.id,
        "groupid": session.group,
        "sessdate": session.start,
        "duration": session.seconds,
        "lasttaken": session.taken,
        "lasttakenby": session.taken_by,
        "timemodified": session.modified,
        "description": session.description,
        "descriptionformat": 1,
        "studentscanmark": 0,
        "absenteereport": 1,
        "autoassignstatus": 0,
        "preventsharedip": 0,
        "preventsharediptime": None,
        "statusset": 0,
        "includeqrcode": 0,
        "studentsearlyopentime": 0,
        "courseid": course.id,
        "statuses": _statuses(attendance),
        "attendance_log": [
            {"studentid": student, "statusid": str(status), "remarks": None, "id": str(rank)}
            for rank, (student, status) in enumerate(session.log.items(), 1)
        ],
        "users": [{"id": one.id, "firstname": one.firstname, "lastname": one.lastname} for one in people],
    }


def _statuses(attendance: Attendance) -> list[JsonValue]:
    ranked = sorted(enumerate(STATUSES), key=lambda one: -one[1][2])
    return [
        {
            "id": attendance.statuses + rank,
            "attendanceid": attendance.id,
            "acronym": acronym,
            "description": description,
            "grade": grade,
            "visible": 1,
            "deleted": 0,
            "setnumber": 0,
        }
        for rank, (acronym, description, grade) in ranked
    ]


def module(attendance: Attendance, url: str) -> dict[str, JsonValue]:
    """Return the activity as `core_course_get_contents` gives it."""
    return {
        "id": attendance.cmid,
        "url": f"{url}/mod/attendance/view.php?id={attendance.cmid}",
        "name": shown(attendance.name),
        "instance": attendance.id,
        "contextid": 1000 + attendance.cmid,
        "visible": 1,
        "uservisible": True,
        "visibleoncoursepage": 1,
        "modicon": f"{url}/theme/image.php/boost/attendance/1/monologo?filtericon=1",
        "modname": "attendance",
        "purpose": "administration",
        "branded": False,
        "modplural": "Attendances",
        "availability": None,
        "indent": 0,
        "onclick": "",
        "afterlink": None,
        "customdata": '""',
        "noviewlink": False,
        "completion": 0,
        "downloadcontent": 1,
        "dates": [],
        "groupmode": 2,
    }


def details(attendance: Attendance, course: Course) -> dict[str, JsonValue]:
    """Return the activity as `core_course_get_course_module` gives it to an editor."""
    return {
        "id": attendance.cmid,
        "course": course.id,
        "module": 25,
        "name": shown(attendance.name),
        "modname": "attendance",
        "instance": attendance.id,
        "section": course.sections[0].id,
        "sectionnum": 0,
        "groupmode": 2,
        "groupingid": 0,
        "completion": 0,
        "idnumber": "",
        "added": 0,
        "score": 0,
        "indent": 0,
        "visible": 1,
        "visibleoncoursepage": 1,
        "visibleold": 1,
        "completiongradeitemnumber": None,
        "completionpassgrade": 0,
        "completionview": 0,
        "completionexpected": 0,
        "showdescription": 0,
        "downloadcontent": 1,
        "availability": None,
    }


def _takes(run: Callable[[Call], JsonValue], **params: Spec) -> Function:
    return Function(Struct(params), run)


_INT = Value("int")
ATTENDANCE_SERVICES: dict[str, Function] = {
    "mod_attendance_add_attendance": _takes(
        _add_attendance, courseid=_INT, name=Value("raw"), intro=Value("raw", ""), groupmode=Value("int", 0)
    ),
    "mod_attendance_add_session": _takes(
        _add_session,
        attendanceid=_INT,
        description=Value("raw", ""),
        sessiontime=_INT,
        duration=Value("int", 0),
        groupid=Value("int", 0),
        addcalendarevent=Value("bool", default=True),
    ),
    "mod_attendance_remove_session": _takes(_remove_session, sessionid=_INT),
    "mod_attendance_get_sessions": _takes(_get_sessions, attendanceid=_INT),
    "mod_attendance_update_user_status": _takes(
        _update_status, sessionid=_INT, studentid=_INT, takenbyid=_INT, statusid=_INT, statusset=Value("raw")
    ),
}
"""Answered where the sandbox is told to have mod_attendance."""
