"""The JSON shapes of Moodle 4.5's answers, key for key as recorded."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from connector.moodle.sandbox import calendar_services, completion
from connector.moodle.sandbox.activity_documents import RoomSettings
from connector.moodle.sandbox.site import ROLE_IDS

if TYPE_CHECKING:
    from pydantic import JsonValue

    from connector.moodle.sandbox.site import Course, Module, Person, Section, Site

PLURALS = {
    "assign": "Assignments",
    "bigbluebuttonbn": "BigBlueButton",
    "choice": "Choices",
    "feedback": "Feedback",
    "forum": "Forums",
    "h5pactivity": "H5P",
    "label": "Text and media areas",
    "page": "Pages",
    "quiz": "Quizzes",
    "resource": "Files",
    "url": "URLs",
}
_PURPOSES = {
    "assign": "assessment",
    "bigbluebuttonbn": "communication",
    "choice": "communication",
    "feedback": "communication",
    "forum": "collaboration",
    "h5pactivity": "interactivecontent",
    "quiz": "assessment",
}
_FILTERS = ("displayh5p", "activitynames", "mathjaxloader", "emoticon", "urltolink", "mediaplugin")
_EDITOR_ONLY = (
    "idnumber", "completionnotify", "lang", "theme", "marker", "legacyfiles", "calendartype", "timecreated",
    "timemodified", "requested", "cacherev", "courseformatoptions",
)  # fmt: skip


def shown(text: str) -> str:
    """Return a name as Moodle's `format_string` shows it: `&` that begins no entity, `<` and `>` as HTML."""
    spelt = re.sub(r"&(?![a-zA-Z0-9#]{1,8};)", "&amp;", text)
    return spelt.replace("<", "&lt;").replace(">", "&gt;")


def picture(site: Site, name: str) -> str:
    """Return the address of a theme's image."""
    return f"{site.url}/theme/image.php/boost/core/1/u/{name}"


def user(site: Site, person: Person) -> dict[str, JsonValue]:
    """Return an account as `core_user_get_users_by_field` gives it to a manager; an empty idnumber is left out."""
    rendered: dict[str, JsonValue] = {
        "id": person.id,
        "username": person.username,
        "firstname": person.firstname,
        "lastname": person.lastname,
        "fullname": person.fullname,
        "email": person.email,
        "department": "",
        "idnumber": person.idnumber,
        "firstaccess": 0,
        "lastaccess": 0,
        "auth": "manual",
        "suspended": person.suspended,
        "confirmed": True,
        "lang": "en",
        "theme": "",
        "timezone": "99",
        "mailformat": 1,
        "trackforums": 0,
        "profileimageurlsmall": picture(site, "f2"),
        "profileimageurl": picture(site, "f1"),
    }
    if not person.idnumber:
        del rendered["idnumber"]
    return rendered


_ENROLLED_KEYS = (
    "id", "username", "firstname", "lastname", "fullname", "email", "department", "idnumber", "firstaccess",
    "lastaccess", "profileimageurlsmall", "profileimageurl",
)  # fmt: skip


def enrolled_user(site: Site, course: Course, person: Person) -> dict[str, JsonValue]:
    """Return a participant as `core_enrol_get_enrolled_users` gives it to a manager."""
    account = user(site, person)
    rendered: dict[str, JsonValue] = {key: account[key] for key in _ENROLLED_KEYS if key in account}
    rendered["lastcourseaccess"] = 0
    groups: list[JsonValue] = [
        {"id": group.id, "name": group.name, "description": "", "descriptionformat": 1}
        for group in course.groups.values()
        if person.id in group.members
    ]
    if groups:
        rendered["groups"] = groups
    rendered["roles"] = [
        {"roleid": ROLE_IDS[role], "name": "", "shortname": role, "sortorder": 0}
        for role in sorted(course.enrolments[person.id])
    ]
    rendered["enrolledcourses"] = [
        {"id": other.id, "fullname": other.fullname, "shortname": other.shortname}
        for other in site.courses.values()
        if person.id in other.enrolments
    ]
    return rendered


def course_summary(site: Site, course: Course, *, editor: bool) -> dict[str, JsonValue]:
    """Return a course as `core_course_get_courses_by_field` gives it; some keys are for those who may edit it."""
    category = site.categories[course.categories[-1]] if course.categories else None
    rendered: dict[str, JsonValue] = {
        "id": course.id,
        "fullname": shown(course.fullname),
        "displayname": shown(course.fullname),
        "shortname": shown(course.shortname),
        "courseimage": f"{site.url}/pluginfile.php/{course.id}/course/generated/course.svg",
        "categoryid": category.id if category else 1,
        "categoryname": category.name if category else "Category 1",
        "sortorder": 10000 + course.id,
        "summary": course.summary,
        "summaryformat": 1,
        "summaryfiles": [],
        "overviewfiles": [],
        "showactivitydates": True,
        "showcompletionconditions": True,
        "contacts": [],
        "enrollmentmethods": ["manual"],
        "idnumber": course.idnumber,
        "format": "topics",
        "showgrades": 1,
        "newsitems": 0,
        "startdate": course.startdate,
        "enddate": course.enddate,
        "maxbytes": 0,
        "showreports": 0,
        "visible": int(course.visible),
        "groupmode": 0,
        "groupmodeforce": 0,
        "defaultgroupingid": 0,
        "enablecompletion": 1,
        "completionnotify": 0,
        "lang": "",
        "theme": "",
        "marker": 0,
        "legacyfiles": 0,
        "calendartype": "",
        "timecreated": course.created,
        "timemodified": course.created,
        "requested": 0,
        "cacherev": course.created,
        "filters": [{"filter": name, "localstate": 0, "inheritedstate": 1} for name in _FILTERS],
        "courseformatoptions": [
            {"name": "hiddensections", "value": 1},
            {"name": "coursedisplay", "value": 0},
            {"name": "indentation", "value": "1"},
        ],
    }
    return rendered if editor else {key: value for key, value in rendered.items() if key not in _EDITOR_ONLY}


def section(course: Course, part: Section, modules: list[JsonValue]) -> dict[str, JsonValue]:
    """Return a section as `core_course_get_contents` gives it."""
    return {
        "id": part.id,
        "name": shown(part.name),
        "visible": 1,
        "summary": part.summary,
        "summaryformat": 1,
        "section": course.section_number(part),
        "hiddenbynumsections": 0,
        "uservisible": True,
        "component": None,
        "itemid": None,
        "modules": modules,
    }


def module(
    site: Site, course: Course, part: Module, caller: Person, *, unmet: str | None, staff: bool
) -> dict[str, JsonValue]:
    """Return a module as `core_course_get_contents` gives it to `caller`; `unmet` is the restriction in force."""
    doc, name = part.doc, part.modname
    label = name == "label"
    rendered: dict[str, JsonValue] = {
        "id": part.cmid,
        "name": shown(doc.name),
        "instance": part.instance,
        "contextid": 1000 + part.cmid,
        "visible": int(doc.visible),
        "uservisible": staff or unmet is None,
        "visibleoncoursepage": 1,
        "modicon": f"{site.url}/theme/image.php/boost/{name}/1/monologo?filtericon=1",
        "modname": name,
        "purpose": _PURPOSES.get(name, "content"),
        "branded": name == "bigbluebuttonbn",
        "modplural": PLURALS[name],
        "indent": 0,
        "onclick": "",
        "afterlink": None,
        "customdata": '""',
        "noviewlink": label,
        "completion": completion.TRACKING[doc.completion.tracking],
        "downloadcontent": 1,
        "dates": calendar_services.dates(part),
        "groupmode": group_mode(part),
    }
    if not label:
        rendered["url"] = f"{site.url}/mod/{name}/view.php?id={part.cmid}"
    if label or doc.showdescription:
        rendered["description"] = f'<div class="no-overflow">{doc.intro}</div>'
    if unmet is not None:
        rendered["availabilityinfo"] = unmet
    if staff:
        rendered["availability"] = availability(course, part)
    if doc.completion.tracking != "none":
        rendered["completiondata"] = completion_data(site, course, part, caller, visible=staff or unmet is None)
    return rendered


def group_mode(part: Module) -> int:
    """Return Moodle's number of an activity's group mode: 1 for separate groups, 0 for none."""
    settings = part.doc.settings
    return int(isinstance(settings, RoomSettings) and settings.separate_groups)


def availability(course: Course, part: Module) -> str | None:
    """Return an activity's restrictions as Moodle stores them."""
    wanted = part.doc.availability
    conditions: list[JsonValue] = [
        {"type": "completion", "cm": course.modules[key].cmid, "e": 1} for key in wanted.completed
    ]
    groups = [group.id for group in course.groups.values() if group.name in wanted.groups]
    if groups:
        conditions.append({"op": "|", "c": [{"type": "group", "id": group} for group in groups]})
    for sign, instant in ((">=", wanted.from_), ("<", wanted.until)):
        if instant:
            conditions.append({"type": "date", "d": sign, "t": instant})
    if not conditions:
        return None
    return json.dumps({"op": "&", "c": conditions, "showc": [True] * len(conditions)})


def completion_data(site: Site, course: Course, part: Module, person: Person, *, visible: bool) -> dict[str, JsonValue]:
    """Return one person's completion of a module, as both completion services give it."""
    doc, progress = part.doc, site.seen(person.id, part.cmid)
    overridden = progress.override_by is not None
    details: list[JsonValue] = [
        {
            "rulename": rule.name,
            "rulevalue": {
                "status": progress.state if overridden and rule.name != "completionpassgrade" else rule.status,
                "description": rule.description,
            },
        }
        for rule in completion.rules(doc, progress)
    ]
    needed = {key for other in course.modules.values() for key in other.doc.availability.completed}
    return {
        "state": progress.state,
        "timecompleted": progress.time,
        "overrideby": progress.override_by,
        "valueused": doc.idnumber in needed,
        "hascompletion": True,
        "isautomatic": doc.completion.tracking == "automatic",
        "istrackeduser": "student" in course.enrolments.get(person.id, set()),
        "uservisible": visible,
        "details": details,
        "isoverallcomplete": progress.state in completion.ACHIEVED,
    }
