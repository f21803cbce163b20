"""Core services about groups and enrolments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.moodle.sandbox import rendering
from connector.moodle.sandbox.calls import Call, accessible_course
from connector.moodle.sandbox.exceptions import (
    MoodleError,
    invalid_parameter,
    missing_record,
    moodle_error,
    no_permission,
)
from connector.moodle.sandbox.site import ROLE_IDS, Group

if TYPE_CHECKING:
    from pydantic import JsonValue

    from connector.moodle.sandbox.site import Course

_ROLES = {number: role for role, number in ROLE_IDS.items()}


def course_groups(call: Call) -> JsonValue:
    """Answer `core_group_get_course_groups`."""
    course = accessible_course(call, call.integer("courseid"))
    return [_group(course, group) for group in course.groups.values()]


def create_groups(call: Call) -> JsonValue:
    """Answer `core_group_create_groups`: all of them, or none."""
    made: list[JsonValue] = []
    rows = [(accessible_course(call, int(str(row["courseid"]))), row) for row in call.rows("groups")]
    if not call.caller.manager:
        raise no_permission("Manage groups")
    for course, row in rows:
        if str(row["name"]) in {group.name for group in course.groups.values()}:
            raise invalid_parameter("Group with the same name already exists in the course")
    for course, row in rows:
        key = str(row["idnumber"] or row["name"])
        course.groups[key] = Group(call.site.next_id("groups"), key, str(row["name"]))
        made.append(_group(course, course.groups[key]))
    return made


def _group(course: Course, group: Group) -> JsonValue:
    return {
        "id": group.id,
        "courseid": course.id,
        "name": rendering.shown(group.name),
        "description": "",
        "descriptionformat": 1,
        "enrolmentkey": None,
        "idnumber": group.idnumber,
        "visibility": 0,
        "participation": True,
    }


def join(call: Call) -> JsonValue:
    """Answer `core_group_add_group_members`: who is not enrolled cannot join."""
    for course, group, person in _members(call):
        if person not in course.enrolments:
            raise invalid_parameter("Only enrolled users may be members of groups")
        group.members.add(person)
    return None


def leave(call: Call) -> JsonValue:
    """Answer `core_group_delete_group_members`."""
    for _, group, person in _members(call):
        group.members.discard(person)
    return None


def _members(call: Call) -> list[tuple[Course, Group, int]]:
    if not call.caller.manager:
        raise no_permission("Manage groups")
    groups = {group.id: (course, group) for course in call.site.courses.values() for group in course.groups.values()}
    found = []
    for row in call.rows("members"):
        number = int(str(row["groupid"]))
        if number not in groups:
            raise missing_record("groups", "id", str(number))
        found.append((*groups[number], int(str(row["userid"]))))
    return found


def enrol(call: Call) -> JsonValue:
    """Answer `enrol_manual_enrol_users`: everybody, or nobody."""
    rows = [[int(str(row[key])) for key in ("courseid", "userid", "roleid")] for row in call.rows("enrolments")]
    for course_id, user, role in rows:
        course = accessible_course(call, course_id)
        if not call.caller.manager:
            raise no_permission("Enrol users")
        if role not in _ROLES:
            raise moodle_error(
                "wsusercannotassign",
                f"You don't have the permission to assign this role ({role}) to this user ({user}) in this"
                f" course({course.id}).",
            )
        if user not in call.site.people:
            raise MoodleError("dml_missing_record_exception", "invaliduser", "Invalid user")
    for course_id, user, role in rows:
        call.site.courses[course_id].enrolments.setdefault(user, set()).add(_ROLES[role])
    return None


def create_users(call: Call) -> JsonValue:
    """Answer `core_user_create_users`: all of them, or none; the words of a refusal are those recorded."""
    if not call.caller.manager:
        raise no_permission("Create users")
    rows = call.rows("users")
    taken = {name for person in call.site.people.values() for name in (person.username.lower(), person.email.lower())}
    for row in rows:
        if row["auth"] == "manual" and not row["password"] and not row["createpassword"]:
            raise invalid_parameter("Invalid password: you must provide a password, or set createpassword.")
        if str(row["username"]).lower() in taken:
            raise invalid_parameter(f"Username already exists: {row['username']}")
        if str(row["email"]).lower() in taken:
            raise invalid_parameter(f"Email address already exists: {row['email']}")
    names = ("username", "firstname", "lastname", "email")
    made = [call.site.add_person(*(str(row[name]) for name in names)) for row in rows]
    return [{"id": person.id, "username": person.username} for person in made]
