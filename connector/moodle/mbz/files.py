"""The files of a backup: each named once in `files.xml`, its content once under its SHA-1, whatever uses it."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.moodle.activities import clashing
from connector.moodle.mbz import numbers
from connector.moodle.mbz.xml import Content, document, node

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from connector.moodle.document import ActivitySettings, CourseSettings, File, SectionSettings
    from connector.moodle.mbz.activity import Place

_UNKNOWN_TYPE = "document/unknown"
_OWN_TYPES = {".h5p": "application/zip.h5p"}
_MAIN = {"resource": "content"}
"""The area whose file Moodle opens by itself."""


@dataclass(frozen=True)
class Kept:
    """A file in its place; `owner` is an activity's idnumber, a section's id, or empty for the course."""

    number: int
    owner: str
    file: File
    context: int
    component: str
    area: str
    item: int
    main: bool


def kept_files(
    course: CourseSettings,
    sections: Sequence[SectionSettings],
    activities: Sequence[ActivitySettings],
    places: Mapping[str, Place],
) -> tuple[Kept, ...]:
    """Return the files of a publication in their places, numbered from 1."""
    found = [*_of_course(course, sections)]
    found += [row for one in activities for row in _of_activity(one, places[one.idnumber])]
    return tuple(Kept(number, *row) for number, row in enumerate(found, start=1))


_Row = tuple[str, "File", int, str, str, int, bool]


def _of_course(course: CourseSettings, sections: Sequence[SectionSettings]) -> Iterator[_Row]:
    for file in course.files:
        yield "", file, numbers.COURSE_CONTEXT, "course", "summary", 0, False
    for rank, section in enumerate(sections, start=1):
        for file in section.files:
            yield section.id, file, numbers.COURSE_CONTEXT, "course", "section", numbers.GENERAL_SECTION + rank, False


def _of_activity(activity: ActivitySettings, place: Place) -> Iterator[_Row]:
    for file in in_areas(activity):
        main = _MAIN.get(activity.module) == file.area
        context = numbers.context(place.cmid)
        yield activity.idnumber, file, context, f"mod_{activity.module}", file.area, 0, main


def in_areas(activity: ActivitySettings) -> list[File]:
    """Return an activity's files where a backup keeps them: a forum's opening message is in its introduction there."""
    moved = {file.model_copy(update={"area": "intro"}) if file.area == "post" else file for file in activity.files}
    return sorted(moved, key=lambda one: (one.area, one.name, one.sha1))


def clashes(activity: ActivitySettings) -> Iterator[str]:
    """Yield the names that two different files of an activity would share in a backup."""
    yield from clashing(in_areas(activity))


def files_file(kept: Sequence[Kept], at: int) -> bytes:
    """Return `files.xml`; `at` is when they were made, in epoch seconds."""
    return document(node("files", [node("file", _fields(one, at), id=one.number) for one in kept]))


def _fields(one: Kept, at: int) -> Mapping[str, Content]:
    return {
        "contenthash": one.file.sha1,
        "contextid": one.context,
        "component": one.component,
        "filearea": one.area,
        "itemid": one.item,
        "filepath": "/",
        "filename": one.file.name,
        "userid": None,
        "filesize": one.file.size,
        "mimetype": _type(one.file.name),
        "status": 0,
        "timecreated": at,
        "timemodified": at,
        "source": None,
        "author": None,
        "license": None,
        "sortorder": one.main,
        "repositorytype": None,
        "repositoryid": None,
        "reference": None,
    }


def _type(name: str) -> str:
    ending = "." + name.rpartition(".")[2].lower()
    return _OWN_TYPES.get(ending) or mimetypes.guess_type(name)[0] or _UNKNOWN_TYPE


def content_path(sha1: str) -> str:
    """Return where a backup keeps a content."""
    return f"files/{sha1[:2]}/{sha1}"


def references(kept: Sequence[Kept], owner: str) -> dict[str, Content]:
    """Return what an `inforef.xml` says of the files of `owner`: Moodle restores nothing else of them."""
    mine = [node("file", {"id": one.number}) for one in kept if one.owner == owner]
    return {"fileref": mine} if mine else {}
