"""The files of a backup that are about the course as a whole: settings, sections, groups, roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.moodle.mbz import numbers
from connector.moodle.mbz.xml import Content, document, node

if TYPE_CHECKING:
    from collections.abc import Sequence
    from xml.etree.ElementTree import Element

    from connector.moodle.document import CourseSettings, Group, SectionSettings

_EMPTY = {
    "outcomes.xml": "outcomes_definition",
    "scales.xml": "scales_definition",
}
"""Files that Moodle wants though nothing is in them."""


def course_files(code: str, course: CourseSettings) -> dict[str, bytes]:
    """Return the course's settings: completion on, no announcements."""
    fields: dict[str, Content] = {
        "shortname": course.shortname,
        "fullname": course.fullname,
        "idnumber": code,
        "summary": course.summary,
        "summaryformat": 1,
        "format": "topics",
        "showgrades": 1,
        "newsitems": 0,
        "startdate": course.startdate,
        "enddate": course.enddate,
        "marker": 0,
        "maxbytes": 0,
        "legacyfiles": 0,
        "showreports": 0,
        "visible": course.visible,
        "groupmode": 0,
        "groupmodeforce": 0,
        "defaultgroupingid": 0,
        "lang": "",
        "theme": "",
        "timecreated": course.startdate,
        "timemodified": course.startdate,
        "requested": 0,
        "showactivitydates": 1,
        "showcompletionconditions": 1,
        "enablecompletion": 1,
        "completionnotify": 0,
        "category": node("category", {"name": "", "description": ""}, id=1),
        "tags": [],
        "customfields": [],
        "courseformatoptions": [_format_option("hiddensections", 1), _format_option("coursedisplay", 0)],
    }
    return {
        "course/course.xml": document(
            node("course", fields, id=numbers.COURSE, contextid=numbers.COURSE_CONTEXT),
        ),
        "course/roles.xml": document(node("roles", {"role_overrides": [], "role_assignments": []})),
        **{path: document(node(tag, [])) for path, tag in _EMPTY.items()},
    }


def _format_option(name: str, value: int) -> Element:
    fields: dict[str, Content] = {"format": "topics", "sectionid": 0, "name": name, "value": value}
    return node("courseformatoption", fields)


def section_file(number: int, rank: int, section: SectionSettings | None, cmids: Sequence[int], at: int) -> bytes:
    """Return one section with its activities; the general one has no settings of ours."""
    fields: dict[str, Content] = {
        "number": rank,
        "name": section.name if section else None,
        "summary": section.summary if section else "",
        "summaryformat": 1,
        "sequence": ",".join(map(str, cmids)),
        "visible": 1,
        "availabilityjson": None,
        "component": None,
        "itemid": None,
        "timemodified": at,
    }
    return document(node("section", fields, id=number))


def groups_file(groups: Sequence[Group], at: int) -> bytes:
    """Return the groups, numbered in their order from 1, without anybody in them."""
    made = [
        node(
            "group",
            {
                "name": group.name,
                "idnumber": group.idnumber,
                "description": None,
                "descriptionformat": 0,
                "enrolmentkey": None,
                "picture": 0,
                "visibility": 0,
                "participation": 1,
                "timecreated": at,
                "timemodified": at,
                "group_members": [],
            },
            id=number,
        )
        for number, group in enumerate(groups, start=1)
    ]
    return document(node("groups", made))


def roles_file(*, locked: bool) -> bytes:
    """Return the roles that the file speaks of: the participants', when something is theirs not to tick."""
    student: dict[str, Content] = {
        "name": "",
        "shortname": "student",
        "nameincourse": None,
        "description": "",
        "sortorder": numbers.STUDENT_ROLE,
        "archetype": "student",
    }
    return document(node("roles_definition", [node("role", student, id=numbers.STUDENT_ROLE)] if locked else []))
