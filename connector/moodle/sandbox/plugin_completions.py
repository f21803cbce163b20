"""`local_parcours_completions` as `docs/plugin.md` says: everybody's completions, oldest change first, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from connector.moodle.sandbox.completion import TRACKING
from connector.moodle.sandbox.document_reader import read
from connector.moodle.sandbox.exceptions import no_permission
from connector.moodle.sandbox.plugin_observe import identity
from connector.moodle.sandbox.plugin_rights import may_observe
from connector.moodle.sandbox.queries import CompletionsQuery

if TYPE_CHECKING:
    from pydantic import JsonValue

    from connector.moodle.sandbox.site import Course, Module, Person, Progress, Site


class _Row(NamedTuple):
    """A completion that Moodle has a row of; `id` is the row's."""

    time: int
    id: int
    person_id: int
    module: Module
    progress: Progress


def completions(site: Site, caller: Person, text: str) -> dict[str, JsonValue]:
    """Return `parcours-completions/1`."""
    query = read(CompletionsQuery, text)
    courses = _courses(site, caller, query)
    rows = [row for row in _rows(site, courses) if (row.time, row.id) > _start(query)]
    page = rows[: query.limit]
    shown = {row.module.cmid for row in page}
    people = sorted({row.person_id for row in page})
    return {
        "format": "parcours-completions/1",
        "now": site.clock(),
        "courses": [
            {
                "id": course.id,
                "code": course.idnumber if course.published else None,
                "modules": [
                    _module(module)
                    for module in sorted(course.modules.values(), key=lambda module: module.cmid)
                    if query.whole or module.cmid in shown
                ],
            }
            for course in courses
        ],
        "completions": [_completion(row) for row in page],
        "people": [identity(site.people[person]) for person in people if person in site.people],
        "next": f"{page[-1].time}:{page[-1].id}" if len(rows) > len(page) else None,
    }


def _start(query: CompletionsQuery) -> tuple[int, int]:
    if query.after is None:
        return query.since, 0
    time, _, row = query.after.partition(":")
    return int(time), int(row)


def _courses(site: Site, caller: Person, query: CompletionsQuery) -> list[Course]:
    """Return the courses asked for that exist: sessions first, by code; what is named must be open to the caller."""
    published = sorted((one for one in site.courses.values() if one.published), key=lambda one: one.idnumber)
    sessions = [one for one in published if query.codes is None or one.idnumber in query.codes]
    others = [site.courses[number] for number in query.courses if number in site.courses]
    wanted = {course.id: course for course in (*sessions, *others)}
    required = others if query.codes is None else list(wanted.values())
    if not all(may_observe(caller, course) for course in required):
        raise no_permission("Read back published sessions")
    return [course for course in wanted.values() if may_observe(caller, course)]


def _rows(site: Site, courses: list[Course]) -> list[_Row]:
    modules = {module.cmid: module for course in courses for module in course.modules.values()}
    return sorted(
        _Row(progress.time, number, person, modules[cmid], progress)
        for number, ((person, cmid), progress) in enumerate(site.progress.items(), 1)
        if progress.time and cmid in modules
    )


def _module(module: Module) -> JsonValue:
    return {
        "cmid": module.cmid,
        "idnumber": module.doc.idnumber,
        "modname": module.modname,
        "tracking": TRACKING[module.doc.completion.tracking],
    }


def _completion(row: _Row) -> JsonValue:
    return {
        "cmid": row.module.cmid,
        "userid": row.person_id,
        "state": row.progress.state,
        "timemodified": row.time,
        "overrideby": row.progress.override_by,
    }
