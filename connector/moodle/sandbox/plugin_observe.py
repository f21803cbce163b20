"""`local_parcours_observe` as `docs/plugin.md` says: what the site holds of the published sessions."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from connector.moodle.plugin_zip import plugin_version
from connector.moodle.sandbox.activity_documents import QuizActivity
from connector.moodle.sandbox.document_reader import read
from connector.moodle.sandbox.exceptions import no_permission
from connector.moodle.sandbox.held import held
from connector.moodle.sandbox.plugin_rights import may_observe, rights
from connector.moodle.sandbox.plugin_state import completions, fingerprint, publication, stage
from connector.moodle.sandbox.queries import ChangesDoc, Query
from connector.moodle.sandbox.rendering import PLURALS
from connector.moodle.sandbox.site import ROLE_IDS
from connector.moodle.sandbox.statement_parts import RELEASE

if TYPE_CHECKING:
    from pydantic import JsonValue

    from connector.moodle.sandbox.site import Course, Module, Person, Site

PLUGIN = str(plugin_version().number)
"""The version of the plugin that the program comes with: the sandbox answers as it does."""


def observe(site: Site, caller: Person, text: str) -> dict[str, JsonValue]:
    """Return `parcours-observation/1`."""
    query = read(Query, text)
    courses = [course for course in site.courses.values() if course.published and query.code in (None, course.idnumber)]
    allowed = [course for course in courses if may_observe(caller, course)]
    if query.code is not None and courses and not allowed:
        raise no_permission("Read back published sessions")
    enabled: list[JsonValue] = [name for name in sorted(PLURALS) if name not in site.disabled]
    answer: dict[str, JsonValue] = {
        "format": "parcours-observation/1",
        "plugin": PLUGIN,
        "moodle": RELEASE,
        "now": site.clock(),
        "modules": enabled,
    }
    if query.accounts and not caller.manager:
        raise no_permission("View participants")
    answer["accounts"] = [email for email in query.accounts if site.person_by_email(email)]
    if query.emitter:
        if not caller.manager:
            raise no_permission("Read back published sessions")
        answer["emitter"] = site.emitter()
    if query.capabilities is not None:
        answer["capabilities"] = rights(site, caller, query.capabilities)
    sessions = [_session(site, course, content=query.content) for course in sorted(allowed, key=lambda c: c.idnumber)]
    if query.changes is not None:
        return answer | _changed(query.changes, sessions)
    listed: list[JsonValue] = list(sessions)
    return answer | {"sessions": listed}


def _changed(changes: ChangesDoc, sessions: list[dict[str, JsonValue]]) -> dict[str, JsonValue]:
    """Return the sessions of one answer, those that are as they were known by their code only."""
    known = {one.code: one.mark for one in changes.known}
    following = [session for session in sessions if str(session["code"]) > (changes.after or "")]
    page = following[: changes.limit]
    marks = [hashlib.sha256(json.dumps(session, sort_keys=True).encode()).hexdigest() for session in page]
    told: list[JsonValue] = []
    unchanged: list[JsonValue] = []
    for session, mark in zip(page, marks, strict=True):
        if known.get(str(session["code"])) == mark:
            unchanged.append(session["code"])
        else:
            told.append(session | {"mark": mark})
    following_code = page[-1]["code"] if len(following) > len(page) else None
    return {"sessions": told, "unchanged": unchanged, "next": following_code}


def _session(site: Site, course: Course, *, content: bool) -> dict[str, JsonValue]:
    session: dict[str, JsonValue] = {
        "code": course.idnumber,
        "people": [_enrolled_person(person, course) for person in _enrolled(site, course)],
        "snapshots": [
            {"revision": snapshot.revision, "published_at": snapshot.published_at, "snapshot": snapshot.body}
            for snapshot in course.snapshots
        ],
    }
    modules = course.ordered_modules()
    if not content:
        ids: list[JsonValue] = [_ids(module) for module in modules]
        return session | {"course": _place(site, course), "activities": ids, "publication": stage(course)}
    session |= _planning(site, course, modules)
    session["activities"] = [
        {**_activity(module), "held": dict(held(site, module)), "completions": completions(site, module)}
        for module in modules
    ]
    return session | {"publication": publication(course), "fingerprint": present(site, course)}


def present(site: Site, course: Course | None) -> str:
    """Return the fingerprint of what the site holds of a session, empty for nothing."""
    return "" if course is None else fingerprint(course, _planning(site, course, course.ordered_modules()))


def _place(site: Site, course: Course) -> dict[str, JsonValue]:
    return {"id": course.id, "url": f"{site.url}/course/view.php?id={course.id}"}


def _planning(site: Site, course: Course, modules: list[Module]) -> dict[str, JsonValue]:
    settings = ("shortname", "fullname", "summary", "startdate", "enddate", "visible", "files")
    return {
        "course": _place(site, course) | {key: getattr(course, key) for key in settings},
        "activities": [_activity(module) for module in modules],
        "categories": [{"idnumber": key, "name": site.categories[key].name} for key in course.categories],
        "sections": [
            {
                "id": section.key,
                "name": section.name,
                "summary": section.summary,
                "files": [file.model_dump() for file in section.files],
            }
            for section in course.sections
            if section.key
        ],
        "order": [module.doc.idnumber for module in modules],
        "groups": [{"idnumber": group.idnumber, "name": group.name} for group in course.groups.values()],
        "enrolments": [
            {"email": person.email.lower(), "role": role, "groups": _groups(course, person.id)}
            for person in _enrolled(site, course)
            for role in ROLE_IDS
            if role in course.enrolments[person.id]
        ],
        "events": [event.doc.model_dump(mode="json") for event in course.events.values()],
    }


def _enrolled(site: Site, course: Course) -> list[Person]:
    return sorted((site.people[person] for person in course.enrolments), key=lambda person: person.email)


def _groups(course: Course, person: int) -> list[JsonValue]:
    return [group.name for group in course.groups.values() if person in group.members]


def _ids(module: Module) -> dict[str, JsonValue]:
    return {"idnumber": module.doc.idnumber, "cmid": module.cmid, "modname": module.modname}


def _activity(module: Module) -> dict[str, JsonValue]:
    authored: dict[str, JsonValue] = module.doc.model_dump(mode="json", by_alias=True, exclude={"leave", "replaces"})
    if isinstance(module.doc, QuizActivity):
        authored["slots"] = len(module.questions)
    return {**authored, **_ids(module)}


def identity(person: Person) -> dict[str, JsonValue]:
    """Return what an account is known by."""
    return {"id": person.id, "username": person.username, "email": person.email.lower()}


def _enrolled_person(person: Person, course: Course) -> JsonValue:
    roles: list[JsonValue] = [*sorted(course.enrolments[person.id])]
    return {**identity(person), "roles": roles}
