"""The web-service functions that the sandbox answers, with the parameters, rights and errors of Moodle 4.5."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from connector.moodle.encode import encode
from connector.moodle.sandbox import attendance_services, completion, completion_services, rendering
from connector.moodle.sandbox.acts import can_override
from connector.moodle.sandbox.calls import Call, Function, accessible_course, open_to
from connector.moodle.sandbox.exceptions import MoodleError, access_denied, invalid_parameter, moodle_error
from connector.moodle.sandbox.params import Many, Spec, Struct, Value, decode_form, validate
from connector.moodle.sandbox.plugin_completions import completions
from connector.moodle.sandbox.plugin_figures import figures
from connector.moodle.sandbox.plugin_observe import observe
from connector.moodle.sandbox.plugin_publish import publish
from connector.moodle.sandbox.statement_parts import RELEASE
from connector.moodle.sandbox.stock_functions import STOCK_FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import JsonValue

    from connector.moodle.sandbox.site import Course

VERSION = "2024100706"


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
        "uploadfiles": 1,
        "release": RELEASE,
        "version": VERSION,
        "mobilecssurl": "",
        "advancedfeatures": [{"name": "enablecompletion", "value": 1}],
        "usercanmanageownfiles": True,
        "userquota": 104857600,
        "usermaxuploadfilesize": site.upload_limit,
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
        rendering.course_summary(call.site, course, editor=can_override(call.caller, course))
        for course in call.site.courses.values()
        if _COURSE_FIELDS[field](course, value) and open_to(call.caller, course)
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
    course = accessible_course(call, call.integer("courseid"))
    rendered: list[JsonValue] = []
    for position, section in enumerate(course.sections):
        if options.get("sectionid", str(section.id)) != str(section.id):
            continue
        if options.get("sectionnumber", str(position)) != str(position):
            continue
        modules = [] if options.get("excludemodules") in {"1", "true"} else _modules(call, course, section.key, options)
        if not section.key and options.get("excludemodules") not in {"1", "true"}:
            modules += [attendance_services.module(one, call.site.url) for one in course.attendances.values()]
        rendered.append(rendering.section(course, section, modules))
    return rendered


def _modules(call: Call, course: Course, section: str, options: dict[str, str]) -> list[JsonValue]:
    """Return the modules that the caller sees: a participant never meets a hidden one."""
    staff = can_override(call.caller, course)
    seen: list[JsonValue] = []
    for module in course.ordered_modules():
        wanted = options.get("cmid", str(module.cmid)) == str(module.cmid)
        wanted = wanted and options.get("modname", module.modname) == module.modname
        wanted = wanted and module.modname not in call.site.disabled
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
    course = accessible_course(call, call.integer("courseid"))
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


def _publish(call: Call) -> JsonValue:
    result, raised = publish(call.site, call.caller, call.text("document"))
    call.raised.extend(raised)
    return json.dumps(result, ensure_ascii=False)


def _observe(call: Call) -> JsonValue:
    return json.dumps(observe(call.site, call.caller, call.text("query")), ensure_ascii=False)


def _completions(call: Call) -> JsonValue:
    return json.dumps(completions(call.site, call.caller, call.text("query")), ensure_ascii=False)


def _figures(call: Call) -> JsonValue:
    return json.dumps(figures(call.site, call.caller, call.text("document")), ensure_ascii=False)


def _batch(call: Call) -> JsonValue:
    """Answer `tool_mobile_call_external_functions`: one call after the other, until one is refused."""
    responses: list[JsonValue] = []
    for request in call.rows("requests"):
        name = str(request["function"])
        try:
            if name not in FUNCTIONS or name in call.withheld:
                raise access_denied(name)
            inner = FUNCTIONS[name]
            given = decode_form(encode(json.loads(str(request["arguments"]))))
            checked = validate(inner.params, given)
            answer = inner.run(Call(call.site, call.caller, checked, call.raised, call.withheld))
            responses.append({"error": False, "data": json.dumps(answer)})
        except MoodleError as error:
            said = json.dumps({"errorcode": error.errorcode, "message": error.message})
            return {"responses": [*responses, {"error": True, "exception": said}]}
    return {"responses": responses}


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
    "core_completion_get_activities_completion_status": _takes(
        completion_services.activities_completion, courseid=_INT, userid=_INT
    ),
    "core_completion_override_activity_completion_status": _takes(
        completion_services.override, userid=_INT, cmid=_INT, newstate=_INT
    ),
    "tool_mobile_call_external_functions": _takes(
        _batch, requests=Many(Struct({"function": Value("raw"), "arguments": Value("raw", "{}")}))
    ),
    "core_completion_update_activity_completion_status_manually": _takes(
        completion_services.complete_manually, cmid=_INT, completed=Value("bool")
    ),
    **STOCK_FUNCTIONS,
    **attendance_services.ATTENDANCE_SERVICES,
    "local_parcours_publish": _takes(_publish, document=Value("raw")),
    "local_parcours_observe": _takes(_observe, query=Value("raw")),
    "local_parcours_completions": _takes(_completions, query=Value("raw")),
    "local_parcours_figures": _takes(_figures, document=Value("raw")),
}
"""Every function that the connector calls, by name."""
