"""The web-service functions that the sandbox answers, with the parameters, rights and errors of Moodle 4.5."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from connector.moodle.sandbox import completion, events, rendering
from connector.moodle.sandbox.acts import can_override
from connector.moodle.sandbox.events import Detail, Event
from connector.moodle.sandbox.exceptions import (
    course_not_accessible,
    invalid_parameter,
    missing_module,
    missing_record,
    moodle_error,
    no_permission,
    not_enrolled,
)
from connector.moodle.sandbox.params import Checked, Many, Spec, Struct, Value
from connector.moodle.sandbox.plugin_observe import observe
from connector.moodle.sandbox.plugin_publish import publish
from connector.moodle.sandbox.statement_parts import RELEASE

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import JsonValue

    from connector.moodle.sandbox.site import Course, Module, Person, Site

Params: TypeAlias = "dict[str, Checked]"
VERSION = "2024100706"


@dataclass(frozen=True)
class Call:
    """One authenticated call; `raised` collects the events that it makes."""

    site: Site
    caller: Person
    params: dict[str, Checked]
    raised: list[Event]
    withheld: frozenset[str] = frozenset()

    def integer(self, name: str) -> int:
        """Return a parameter that `Value("int")` has checked."""
        value = self.params[name]
        assert isinstance(value, int)  # noqa: S101 - checked by the function's Spec
        return value

    def text(self, name: str) -> str:
        """Return a parameter that `Value("raw")` has checked."""
        return str(self.params[name])

    def options(self) -> dict[str, str]:
        """Return the `options` list as a dictionary."""
        listed = self.params["options"]
        assert isinstance(listed, list)  # noqa: S101 - checked by the function's Spec
        return {str(option["name"]): str(option["value"]) for option in listed if isinstance(option, dict)}


@dataclass(frozen=True)
class Function:
    """A web-service function: what it takes, and what it does."""

    params: Struct
    run: Callable[[Call], JsonValue]


def _accessible_course(call: Call, course_id: int) -> Course:
    course = call.site.courses.get(course_id)
    if course is None:
        raise missing_record("course", "id", str(course_id))
    if not call.caller.manager and (call.caller.id not in course.enrolments or not _open_to(call.caller, course)):
        raise course_not_accessible(course_id)
    return course


def _open_to(person: Person, course: Course) -> bool:
    return course.visible or _is_staff(person, course)


def _is_staff(person: Person, course: Course) -> bool:
    return can_override(person, course)


def _accessible_module(call: Call) -> tuple[Course, Module]:
    cmid = call.integer("cmid")
    module = call.site.module(cmid)
    if module is None:
        raise missing_module(cmid)
    course = call.site.courses[module.course_id]
    if not call.caller.manager and call.caller.id not in course.enrolments:
        raise not_enrolled()
    return course, module


def _site_info(call: Call) -> JsonValue:
    site, caller = call.site, call.caller
    return {
        "sitename": site.name,
        "username": caller.username,
        "firstname": caller.firstname,
        "lastname": caller.lastname,
        "fullname": caller.fullname,
        "lang": "en",
        "userid": caller.id,
        "siteurl": site.url,
        "userpictureurl": rendering.picture(site, "f1"),
        "functions": [{"name": name, "version": VERSION} for name in FUNCTIONS if name not in call.withheld],
        "downloadfiles": 0,
        "uploadfiles": 0,
        "release": RELEASE,
        "version": VERSION,
        "mobilecssurl": "",
        "advancedfeatures": [{"name": "enablecompletion", "value": 1}],
        "usercanmanageownfiles": True,
        "userquota": 104857600,
        "usermaxuploadfilesize": 67108864,
        "userhomepage": 1,
        "siteid": 1,
        "sitecalendartype": "gregorian",
        "usercalendartype": "gregorian",
        "userissiteadmin": False,
        "theme": "boost",
        "limitconcurrentlogins": 0,
        "policyagreed": 0,
    }


_COURSE_FIELDS: dict[str, Callable[[Course, str], bool]] = {
    "": lambda _course, _value: True,
    "id": lambda course, value: str(course.id) == value,
    "ids": lambda course, value: str(course.id) in value.split(","),
    "shortname": lambda course, value: course.shortname == value,
    "idnumber": lambda course, value: course.idnumber == value,
}


def _courses_by_field(call: Call) -> JsonValue:
    field, value = call.text("field"), call.text("value")
    if field not in _COURSE_FIELDS:
        raise invalid_parameter("Invalid field name")
    found: list[JsonValue] = [
        rendering.course_summary(call.site, course, editor=_is_staff(call.caller, course))
        for course in call.site.courses.values()
        if _COURSE_FIELDS[field](course, value) and _open_to(call.caller, course)
    ]
    return {"courses": found, "warnings": []}


_CONTENT_OPTIONS = {
    "excludemodules", "excludecontents", "includestealthmodules", "sectionid", "sectionnumber", "cmid", "modname",
    "modid",
}  # fmt: skip


def _contents(call: Call) -> JsonValue:
    options = call.options()
    for name in options:
        if name not in _CONTENT_OPTIONS:
            raise moodle_error("errorinvalidparam", f'The param "{name}" is invalid.')
    course = _accessible_course(call, call.integer("courseid"))
    rendered: list[JsonValue] = []
    for position, section in enumerate(course.sections):
        if options.get("sectionid", str(section.id)) != str(section.id):
            continue
        if options.get("sectionnumber", str(position)) != str(position):
            continue
        modules = [] if options.get("excludemodules") in {"1", "true"} else _modules(call, course, section.key, options)
        rendered.append(rendering.section(course, section, modules))
    return rendered


def _modules(call: Call, course: Course, section: str, options: dict[str, str]) -> list[JsonValue]:
    """Return the modules that the caller sees: a participant never meets a hidden one."""
    staff = _is_staff(call.caller, course)
    seen: list[JsonValue] = []
    for module in course.ordered_modules():
        wanted = options.get("cmid", str(module.cmid)) == str(module.cmid)
        wanted = wanted and options.get("modname", module.modname) == module.modname
        if module.doc.section == section and wanted and (module.doc.visible or staff):
            unmet = completion.unmet_restriction(call.site, course, module, call.caller.id, call.site.clock())
            seen.append(rendering.module(call.site, course, module, call.caller, unmet=unmet, staff=staff))
    return seen


_ENROLLED_OPTIONS = {
    "withcapability", "groupid", "onlyactive", "onlysuspended", "userfields", "limitfrom", "limitnumber", "sortby",
    "sortdirection",
}  # fmt: skip


def _enrolled_users(call: Call) -> JsonValue:
    options = call.options()
    course = _accessible_course(call, call.integer("courseid"))
    people = [call.site.people[person] for person in sorted(course.enrolments)]
    start = int(options.get("limitfrom", 0))
    stop = start + int(options["limitnumber"]) if int(options.get("limitnumber", 0)) else None
    rendered = [rendering.enrolled_user(call.site, course, person) for person in people[start:stop]]
    if "userfields" in options:
        fields = {"id", "fullname", *options["userfields"].split(",")}
        rendered = [{key: value for key, value in person.items() if key in fields} for person in rendered]
    return list(rendered)


_USER_FIELDS = ("id", "idnumber", "username", "email")


def _users_by_field(call: Call) -> JsonValue:
    field, values = call.text("field"), call.params["values"]
    if field not in _USER_FIELDS:
        raise invalid_parameter(f"field => Invalid parameter value detected: Invalid user field: {field}")
    assert isinstance(values, list)  # noqa: S101 - checked by the function's Spec
    wanted = {str(value).lower() for value in values}
    return [
        rendering.user(call.site, person)
        for person in call.site.people.values()
        if str(getattr(person, field)).lower() in wanted and (call.caller.manager or person is call.caller)
    ]


def _activities_completion(call: Call) -> JsonValue:
    course = call.site.courses.get(call.integer("courseid"))
    if course is None:
        raise missing_record("course", "id", str(call.integer("courseid")))
    person = call.site.people.get(call.integer("userid"))
    if person is None:
        raise moodle_error("invaliduser", "Invalid user")
    _accessible_course(call, course.id)
    staff = _is_staff(call.caller, course)
    if person is not call.caller and not staff:
        raise no_permission("View activity completion reports")
    statuses: list[JsonValue] = []
    for module in course.ordered_modules():
        unmet = completion.unmet_restriction(call.site, course, module, call.caller.id, call.site.clock())
        visible = staff or (module.doc.visible and unmet is None)
        if module.doc.completion.tracking != "none" and visible:
            ids: dict[str, JsonValue] = {
                "cmid": module.cmid,
                "modname": module.modname,
                "instance": module.instance,
                "tracking": completion.TRACKING[module.doc.completion.tracking],
            }
            statuses.append(ids | rendering.completion_data(call.site, course, module, person, visible=visible))
    return {"statuses": statuses, "warnings": []}


def _override(call: Call) -> JsonValue:
    course, module = _accessible_module(call)
    state, person = call.integer("newstate"), call.integer("userid")
    tracked = module.doc.completion.tracking != "none"
    progress = call.site.progress_of(person, module.cmid) if tracked else call.site.seen(person, module.cmid)
    if tracked:
        if not can_override(call.caller, course):
            raise no_permission("Override activity completion status")
        if progress.state != state:
            completion.check_direct(module.cmid, state)
        states = completion.update(module.doc, progress, state, call.site.clock(), override_by=call.caller.id)
        _announce(call, course, module, person, states)
    return {
        "cmid": module.cmid,
        "userid": person,
        "state": progress.state,
        "timecompleted": progress.time,
        "overrideby": progress.override_by,
        "tracking": completion.TRACKING[module.doc.completion.tracking],
    }


def _announce(call: Call, course: Course, module: Module, person: int, states: list[int]) -> None:
    call.raised.extend(
        Event(events.COMPLETION, person, course.id, call.site.clock(), module.cmid, detail=Detail(state=state))
        for state in states
    )


def _complete_manually(call: Call) -> JsonValue:
    course, module = _accessible_module(call)
    if module.doc.completion.locked and not call.caller.manager:
        raise no_permission("Manually mark activities as complete")
    if module.doc.completion.tracking != "manual":
        raise moodle_error("cannotmanualctrack", "Activity does not provide manual completion tracking")
    state = completion.COMPLETE if call.params["completed"] else completion.INCOMPLETE
    progress = call.site.progress_of(call.caller.id, module.cmid)
    states = completion.update(module.doc, progress, state, call.site.clock())
    _announce(call, course, module, call.caller.id, states)
    return {"status": True, "warnings": []}


def _publish(call: Call) -> JsonValue:
    result, raised = publish(call.site, call.caller, call.text("document"))
    call.raised.extend(raised)
    return json.dumps(result, ensure_ascii=False)


def _observe(call: Call) -> JsonValue:
    return json.dumps(observe(call.site, call.caller, call.text("query")), ensure_ascii=False)


_OPTIONS = Many(Struct({"name": Value("raw"), "value": Value("raw")}), optional=True)
_INT = Value("int")


def _takes(run: Callable[[Call], JsonValue], **params: Spec) -> Function:
    return Function(Struct(params), run)


FUNCTIONS: dict[str, Function] = {
    "core_webservice_get_site_info": _takes(_site_info, serviceshortnames=Many(Value("raw"), optional=True)),
    "core_course_get_courses_by_field": _takes(_courses_by_field, field=Value("raw", ""), value=Value("raw", "")),
    "core_course_get_contents": _takes(_contents, courseid=_INT, options=_OPTIONS),
    "core_enrol_get_enrolled_users": _takes(_enrolled_users, courseid=_INT, options=_OPTIONS),
    "core_user_get_users_by_field": _takes(_users_by_field, field=Value("raw"), values=Many(Value("raw"))),
    "core_completion_get_activities_completion_status": _takes(_activities_completion, courseid=_INT, userid=_INT),
    "core_completion_override_activity_completion_status": _takes(_override, userid=_INT, cmid=_INT, newstate=_INT),
    "core_completion_update_activity_completion_status_manually": _takes(
        _complete_manually, cmid=_INT, completed=Value("bool")
    ),
    "local_parcours_publish": _takes(_publish, document=Value("raw")),
    "local_parcours_observe": _takes(_observe, query=Value("raw")),
}
"""Every function that the connector calls, by name."""
