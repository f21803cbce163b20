"""Core services that change a course: settings, a copy, one activity's details, visibility."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING

from connector.moodle.sandbox import attendance_services, completion, rendering
from connector.moodle.sandbox.calls import Call, accessible_course, accessible_module
from connector.moodle.sandbox.exceptions import missing_record, moodle_error, no_permission
from connector.moodle.sandbox.site import Course, Group

if TYPE_CHECKING:
    from pydantic import JsonValue

    from connector.moodle.sandbox.site import Module, Site

_SETTINGS = ("shortname", "fullname", "idnumber", "startdate", "enddate", "visible")


def update_courses(call: Call) -> JsonValue:
    """Answer `core_course_update_courses`: what is wrong with a course is a warning, and it is left as it was."""
    warnings: list[JsonValue] = []
    for row in call.rows("courses"):
        identifier = int(str(row["id"]))
        refused = _refusal(call, identifier, row)
        if refused is not None:
            code, message = refused
            warnings.append({"item": "course", "itemid": identifier, "warningcode": code, "message": message})
            continue
        course = call.site.courses[identifier]
        for key in _SETTINGS:
            if row[key] is not None:
                setattr(course, key, bool(row[key]) if key == "visible" else row[key])
    return {"warnings": warnings}


def _refusal(call: Call, identifier: int, row: dict[str, object]) -> tuple[str, str] | None:
    course = call.site.courses.get(identifier)
    if course is None:
        return "invalidrecord", "Can't find data record in database table course."
    if not call.caller.manager:
        return "nopermissions", "Sorry, but you do not currently have permissions to do that (Edit course settings)."
    for other in call.site.courses.values():
        if other is not course and row["shortname"] is not None and other.shortname == row["shortname"]:
            return "shortnametaken", f"Short name is already used for another course ({other.fullname})"
        if other is not course and row["idnumber"] and other.idnumber == row["idnumber"]:
            return "courseidnumbertaken", f"ID number is already used for another course ({other.fullname})"
    if row["enddate"] and row["startdate"] is None:
        return "nostartdatenoenddate", "A course end date can only be set if a start date is also set."
    return None


def duplicate(call: Call) -> JsonValue:
    """Answer `core_course_duplicate_course`: all but people, the course's idnumber, the activities' events.

    Of a model that does not pass the check before restoration, Moodle leaves an empty, hidden course.
    """
    site, shortname = call.site, call.text("shortname")
    model = accessible_course(call, call.integer("courseid"))
    if not call.caller.manager:
        raise no_permission("Backup course")
    for other in site.courses.values():
        if other.shortname == shortname:
            raise moodle_error("shortnametaken", f"Short name is already used for another course ({other.fullname})")
    made = Course(site.next_id("course", 2), shortname, call.text("fullname"), site.clock(), visible=False)
    site.courses[made.id] = made
    if model.uncopiable:
        raise moodle_error("backupprecheckerrors", "webservice/backupprecheckerrors")
    for key in ("summary", "startdate", "enddate", "categories", "order"):
        setattr(made, key, copy.copy(getattr(model, key)))
    made.visible, made.dated = bool(call.integer("visible")), False
    made.sections = [copy.copy(section) for section in model.sections]
    for section in made.sections:
        section.id = site.next_id("course_sections", 2)
    made.modules = {key: _copied(site, made.id, module) for key, module in model.modules.items()}
    made.groups = {key: Group(site.next_id("groups"), key, group.name) for key, group in model.groups.items()}
    for event in model.calendar.values():
        made_event = copy.copy(event)
        made_event.id = site.next_id("event")
        made.calendar[made_event.id] = made_event
    return {"id": made.id, "shortname": shortname}


def _copied(site: Site, course_id: int, module: Module) -> Module:
    made = copy.copy(module)
    made.cmid, made.instance = site.next_id("course_modules", 2), site.next_id(module.modname)
    made.course_id, made.modified = course_id, site.clock()
    return made


def course_module(call: Call) -> JsonValue:
    """Answer `core_course_get_course_module`, to an editor: anybody else gets a few fields only."""
    for one in call.site.courses.values():
        for attendance in one.attendances.values():
            if attendance.cmid == call.integer("cmid"):
                return {"cm": attendance_services.details(attendance, one), "warnings": []}
    course, module = accessible_module(call)
    section = course.section_of(module)
    shown: dict[str, JsonValue] = {
        "id": module.cmid,
        "course": course.id,
        "module": sorted(rendering.PLURALS).index(module.modname) + 1,
        "name": module.doc.name,
        "modname": module.modname,
        "instance": module.instance,
        "section": section.id,
        "sectionnum": course.section_number(section),
        "groupmode": rendering.group_mode(module),
        "groupingid": 0,
        "completion": completion.TRACKING[module.doc.completion.tracking],
    }
    if call.caller.manager:
        shown |= _edited(course, module)
    return {"cm": shown, "warnings": []}


def _edited(course: Course, module: Module) -> dict[str, JsonValue]:
    doc, visible = module.doc, int(module.doc.visible)
    return {
        "idnumber": doc.idnumber,
        "added": module.modified,
        "score": 0,
        "indent": 0,
        "visible": visible,
        "visibleoncoursepage": 1,
        "visibleold": visible,
        "completiongradeitemnumber": 0 if doc.completion.passgrade else None,
        "completionpassgrade": int(doc.completion.passgrade),
        "completionview": int(doc.completion.view),
        "completionexpected": doc.expected,
        "showdescription": int(doc.showdescription),
        "downloadcontent": 1,
        "availability": rendering.availability(course, module),
    }


def edit_course(call: Call) -> JsonValue:
    """Answer `core_courseformat_update_course` for `cm_show` and `cm_hide`: JSON in a text."""
    course = accessible_course(call, call.integer("courseid"))
    if not call.caller.manager:
        raise no_permission("Manage activities")
    action = call.text("action")
    if action not in {"cm_show", "cm_hide"}:
        raise moodle_error("invalidcourseeditoraction", f"Invalid course format action {action}")
    changed: list[JsonValue] = []
    for cmid in call.integers("ids"):
        module = next((one for one in course.modules.values() if one.cmid == cmid), None)
        if module is None:
            raise missing_record("course_modules", "id", str(cmid))
        module.doc = module.doc.model_copy(update={"visible": action == "cm_show"})
        fields: JsonValue = {"id": str(cmid), "name": module.doc.name, "visible": module.doc.visible}
        changed.append({"name": "cm", "action": "put", "fields": fields})
    return json.dumps(changed)
