"""The core functions that change a course, with their parameters: what modes M and S call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.moodle.sandbox import calendar_services, course_services, people_services
from connector.moodle.sandbox.calls import Function
from connector.moodle.sandbox.params import Many, Struct, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import JsonValue

    from connector.moodle.sandbox.calls import Call
    from connector.moodle.sandbox.params import Spec

_INT, _RAW = Value("int"), Value("raw")
_IDS = Many(_INT, optional=True)
_MEMBERS = Many(Struct({"groupid": _INT, "userid": _INT}))
_SETTINGS = {
    "id": _INT,
    **dict.fromkeys(("fullname", "shortname", "idnumber", "summary"), Value("raw", None)),
    **dict.fromkeys(("categoryid", "summaryformat", "startdate", "enddate", "visible"), Value("int", None)),
}
_GROUP = {
    "courseid": _INT,
    "name": _RAW,
    "description": _RAW,
    "descriptionformat": Value("int", 1),
    "enrolmentkey": Value("raw", ""),
    "idnumber": Value("raw", ""),
}
_ACCOUNT = {
    "createpassword": Value("bool", default=False),
    "username": _RAW,
    "auth": Value("raw", "manual"),
    "password": Value("raw", ""),
    "firstname": _RAW,
    "lastname": _RAW,
    "email": _RAW,
}
_EVENT = {
    "name": _RAW,
    "description": Value("raw", None),
    "format": Value("int", 1),
    "courseid": Value("int", 0),
    "groupid": Value("int", 0),
    "repeats": Value("int", 0),
    "eventtype": Value("raw", "user"),
    "timestart": Value("int", 0),
    "timeduration": Value("int", 0),
    "visible": Value("int", 1),
    "sequence": Value("int", 1),
}
_ASKED = Struct({"eventids": _IDS, "courseids": _IDS, "groupids": _IDS, "categoryids": _IDS})
_WINDOW = Struct(
    {
        "userevents": Value("bool", default=True),
        "siteevents": Value("bool", default=True),
        "timestart": Value("int", 0),
        "timeend": Value("int", 0),
        "ignorehidden": Value("bool", default=True),
    }
)


def _takes(run: Callable[[Call], JsonValue], **params: Spec) -> Function:
    return Function(Struct(params), run)


STOCK_FUNCTIONS: dict[str, Function] = {
    "core_course_update_courses": _takes(course_services.update_courses, courses=Many(Struct(_SETTINGS))),
    "core_course_duplicate_course": _takes(
        course_services.duplicate,
        courseid=_INT,
        fullname=_RAW,
        shortname=_RAW,
        categoryid=_INT,
        visible=Value("int", 1),
        options=Many(Struct({"name": _RAW, "value": _RAW}), optional=True),
    ),
    "core_course_get_course_module": _takes(course_services.course_module, cmid=_INT),
    "core_courseformat_update_course": _takes(
        course_services.edit_course,
        action=_RAW,
        courseid=_INT,
        ids=_IDS,
        targetsectionid=Value("int", None),
        targetcmid=Value("int", None),
    ),
    "core_group_get_course_groups": _takes(people_services.course_groups, courseid=_INT),
    "core_group_create_groups": _takes(people_services.create_groups, groups=Many(Struct(_GROUP))),
    "core_group_add_group_members": _takes(people_services.join, members=_MEMBERS),
    "core_group_delete_group_members": _takes(people_services.leave, members=_MEMBERS),
    "core_user_create_users": _takes(people_services.create_users, users=Many(Struct(_ACCOUNT))),
    "enrol_manual_enrol_users": _takes(
        people_services.enrol, enrolments=Many(Struct({"roleid": _INT, "userid": _INT, "courseid": _INT}))
    ),
    "core_calendar_get_calendar_events": _takes(calendar_services.get_events, events=_ASKED, options=_WINDOW),
    "core_calendar_create_calendar_events": _takes(calendar_services.create_events, events=Many(Struct(_EVENT))),
    "core_calendar_delete_calendar_events": _takes(
        calendar_services.delete_events, events=Many(Struct({"eventid": _INT, "repeat": Value("bool")}))
    ),
    "core_calendar_update_event_start_day": _takes(calendar_services.move_event, eventid=_INT, daytimestamp=_INT),
}
