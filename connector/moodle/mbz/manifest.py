"""`moodle_backup.xml`: what a backup holds, read first by Moodle."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from connector.moodle.mbz import numbers
from connector.moodle.mbz.activity import VERSION, Place
from connector.moodle.mbz.xml import Content, document, node

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from xml.etree.ElementTree import Element

    from connector.moodle.document import ActivitySettings, CourseSettings

_RELEASE = "4.5"
_ORIGIN = "https://parcours.invalid"
_SETTINGS: dict[str, Content] = {
    "filename": "",
    "users": 0,
    "anonymize": 0,
    "role_assignments": 0,
    "activities": 1,
    "blocks": 0,
    "files": 1,
    "filters": 0,
    "comments": 0,
    "badges": 0,
    "calendarevents": 0,
    "userscompletion": 0,
    "logs": 0,
    "grade_histories": 0,
    "groups": 1,
    "competencies": 0,
    "customfield": 0,
    "contentbankcontent": 0,
    "legacyfiles": 0,
}


def manifest(
    code: str,
    course: CourseSettings,
    sections: Sequence[tuple[int, str]],
    activities: Sequence[ActivitySettings],
    places: Mapping[str, Place],
) -> bytes:
    """Return the manifest; `sections` are the numbers and titles of all of them, the general one first."""
    hashed = hashlib.sha256(f"{_ORIGIN}/{code}".encode()).hexdigest()[:32]
    detail: dict[str, Content] = {
        "type": "course",
        "format": "moodle2",
        "interactive": 1,
        "mode": 10,
        "execution": 1,
        "executiontime": 0,
    }
    fields: dict[str, Content] = {
        "name": f"{code}.mbz",
        "moodle_version": VERSION,
        "moodle_release": _RELEASE,
        "backup_version": VERSION,
        "backup_release": _RELEASE,
        "backup_date": course.startdate,
        "mnet_remoteusers": 0,
        "include_files": 1,
        "include_file_references_to_external_content": 0,
        "original_wwwroot": _ORIGIN,
        "original_site_identifier_hash": hashed,
        "original_course_id": numbers.COURSE,
        "original_course_format": "topics",
        "original_course_fullname": course.fullname,
        "original_course_shortname": course.shortname,
        "original_course_startdate": course.startdate,
        "original_course_enddate": course.enddate,
        "original_course_contextid": numbers.COURSE_CONTEXT,
        "original_system_contextid": numbers.SYSTEM_CONTEXT,
        "details": [node("detail", detail, backup_id=hashed)],
        "contents": {
            "activities": [_activity(one, places[one.idnumber]) for one in activities],
            "sections": [_section(number, title) for number, title in sections],
            "course": {"courseid": numbers.COURSE, "title": course.shortname, "directory": "course"},
        },
        "settings": list(_settings(code, sections, activities, places)),
    }
    return document(node("moodle_backup", node("information", fields)))


def _activity(activity: ActivitySettings, place: Place) -> Element:
    fields: dict[str, Content] = {
        "moduleid": place.cmid,
        "sectionid": place.section,
        "modulename": activity.module,
        "title": activity.name,
        "directory": place.folder(activity.module),
        "insubsection": "",
    }
    return node("activity", fields)


def _section(number: int, title: str) -> Element:
    fields: dict[str, Content] = {
        "sectionid": number,
        "title": title,
        "directory": f"sections/section_{number}",
        "parentcmid": "",
        "modname": "",
    }
    return node("section", fields)


def _settings(
    code: str,
    sections: Sequence[tuple[int, str]],
    activities: Sequence[ActivitySettings],
    places: Mapping[str, Place],
) -> Iterator[Element]:
    for name, value in _SETTINGS.items():
        yield _setting("root", None, name, f"{code}.mbz" if name == "filename" else value)
    names = [("section", f"section_{number}") for number, _ in sections]
    names += [("activity", f"{one.module}_{places[one.idnumber].cmid}") for one in activities]
    for level, name in names:
        yield _setting(level, name, f"{name}_included", 1)
        yield _setting(level, name, f"{name}_userinfo", 0)


def _setting(level: str, owner: str | None, name: str, value: Content) -> Element:
    fields: dict[str, Content] = {"level": level}
    if owner is not None:
        fields[level] = owner
    return node("setting", {**fields, "name": name, "value": value})
