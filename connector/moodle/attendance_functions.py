"""The web services of mod_attendance (Dan Marsden's plugin, « Présence »), one typed wrapper each.

They can make an attendance activity, without an idnumber, in the first section, and sessions in it; a session cannot be
changed, only removed, with its marks. They do not say when a mark was made: only when a session was last taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from connector.moodle.shapes import Name, Read, read

if TYPE_CHECKING:
    from connector.moodle.transport import Transport

ADD_ATTENDANCE = "mod_attendance_add_attendance"
ADD_SESSION = "mod_attendance_add_session"
REMOVE_SESSION = "mod_attendance_remove_session"
GET_SESSIONS = "mod_attendance_get_sessions"
UPDATE_STATUS = "mod_attendance_update_user_status"
ATTENDANCE_FUNCTIONS = (ADD_ATTENDANCE, ADD_SESSION, REMOVE_SESSION, GET_SESSIONS, UPDATE_STATUS)

_VISIBLE_GROUPS = 2


class Status(Read):
    """What somebody may be marked as; `acronym` and `description` are a site's or a trainer's own words."""

    id: int
    acronym: Name
    description: Name = ""
    setnumber: int = 0


class LoggedMark(Read):
    """One person's mark; Moodle gives the status as a text, empty for none."""

    studentid: int
    statusid: str = ""


class RollSession(Read):
    """One roll call; instants and durations in seconds, `groupid` 0 for everybody, `lasttaken` None if it never was."""

    id: int
    attendanceid: int
    groupid: int = 0
    sessdate: int
    duration: int = 0
    lasttaken: int | None = None
    description: str = ""
    statusset: int = 0
    statuses: tuple[Status, ...] = ()
    attendance_log: tuple[LoggedMark, ...] = ()


class NewRollSession(NamedTuple):
    """A roll call to add; `start` in epoch seconds, `group` a group's number or 0."""

    start: int
    seconds: int
    group: int
    description: str


class _Attendance(Read):
    attendanceid: int


class _Session(Read):
    sessionid: int


def add_attendance(transport: Transport, course_id: int, name: str, intro: str) -> int:
    """Make an attendance activity, in visible groups so that a session may be a group's or everybody's; return its id.

    :calls: `mod_attendance_add_attendance`
    """
    params = {"courseid": course_id, "name": name, "intro": intro, "groupmode": _VISIBLE_GROUPS}
    answer = transport.call(ADD_ATTENDANCE, params, write=True)
    return read(_Attendance, ADD_ATTENDANCE, answer).attendanceid


def add_session(transport: Transport, attendance_id: int, session: NewRollSession) -> int:
    """Add a session, without an event of the calendar: the slot has its own; return its id.

    :calls: `mod_attendance_add_session`
    """
    params = {
        "attendanceid": attendance_id,
        "description": session.description,
        "sessiontime": session.start,
        "duration": session.seconds,
        "groupid": session.group,
        "addcalendarevent": False,
    }
    return read(_Session, ADD_SESSION, transport.call(ADD_SESSION, params, write=True)).sessionid


def remove_session(transport: Transport, session_id: int) -> None:
    """Remove a session and its marks.

    :calls: `mod_attendance_remove_session`
    """
    transport.call(REMOVE_SESSION, {"sessionid": session_id}, write=True)


def get_sessions(transport: Transport, attendance_id: int) -> tuple[RollSession, ...]:
    """Return the sessions of an attendance activity with their statuses and marks.

    :calls: `mod_attendance_get_sessions`
    """
    answer = transport.call(GET_SESSIONS, {"attendanceid": attendance_id}, write=False)
    return read(tuple[RollSession, ...], GET_SESSIONS, answer)


def update_status(transport: Transport, session: RollSession, *, student: int, status: int, taken_by: int) -> None:
    """Mark somebody at a session, `taken_by` being the account that says so.

    :calls: `mod_attendance_update_user_status`
    """
    params = {
        "sessionid": session.id,
        "studentid": student,
        "takenbyid": taken_by,
        "statusid": status,
        "statusset": str(session.statusset),
    }
    transport.call(UPDATE_STATUS, params, write=True)
