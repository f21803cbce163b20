"""What the plugin remembers from one publication to the next, and what it does with that."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import TYPE_CHECKING

from connector.moodle.sandbox.document_reader import refusal

if TYPE_CHECKING:
    from pydantic import JsonValue

    from connector.moodle.sandbox.activity_documents import ActivityDoc
    from connector.moodle.sandbox.document import Publication
    from connector.moodle.sandbox.site import Course, Module, Site

_IDNUMBER_MAX = 100


def fingerprint(course: Course, content: JsonValue) -> str:
    """Return another text as soon as the session is published again or what was published is edited."""
    text = json.dumps([course.revision, content], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def refuse_stale(document: Publication, course: Course | None, present: str) -> None:
    """Refuse a document that was made from another state of the course than `present`, empty for no course."""
    if document.basis is None or document.basis == present:
        return
    since = datetime.fromtimestamp(course.published_at).astimezone().isoformat() if course else ""
    raise refusal("stale", "$.basis", f"{document.code} ({since})" if course else document.code)


def refuse_more(site: Site, module: Module, agreed: int) -> None:
    """Refuse to wipe more completions than a person has agreed to."""
    if completions(site, module) > agreed:
        raise refusal("stale", "$.unlock", module.doc.idnumber)


def completions(site: Site, module: Module) -> int:
    """Return how many people have completed the module."""
    return sum(1 for (_, cmid), progress in site.progress.items() if cmid == module.cmid and progress.state)


def wipe(site: Site, module: Module) -> None:
    """Forget who has completed the module, as Moodle does when its rules are unlocked; their work stays."""
    for (_, cmid), progress in site.progress.items():
        if cmid == module.cmid:
            progress.state = progress.time = 0
            progress.override_by = None


def set_aside(site: Site, course: Course, module: Module, path: str) -> None:
    """Hide an activity and give its idnumber up, for another one to take; refused once somebody has completed it."""
    idnumber = module.doc.idnumber
    if completions(site, module):
        raise refusal("stale", f"{path}.replaces", idnumber)
    suffix = f"~{module.modname}"
    aside = idnumber[: _IDNUMBER_MAX - len(suffix)] + suffix
    module.doc = module.doc.model_copy(update={"idnumber": aside, "visible": False})
    course.modules[aside] = course.modules.pop(idnumber)
    course.order[course.order.index(idnumber)] = aside


def leave(old: ActivityDoc, new: ActivityDoc) -> ActivityDoc:
    """Return `new` with what it wants left alone as it is on the site."""
    plain = {name: getattr(old, name) for name in new.leave if "." not in name}
    settings = {name.partition(".")[2] for name in new.leave if "." in name}
    kept = new.settings.model_copy(update={key: getattr(old.settings, key) for key in settings})
    return new.model_copy(update={**plain, "settings": kept, "leave": ()})


def stage(course: Course) -> dict[str, JsonValue]:
    """Return which publication the session is at, and where it is in its life."""
    return {
        "revision": course.revision,
        "published_at": course.published_at,
        "archived_at": course.archived_at,
        "prepared": course.prepared,
    }


def publication(course: Course) -> dict[str, JsonValue]:
    """Return what `observe` tells of the last publication."""
    return {**stage(course), "prints": course.prints}


def remember(course: Course, document: Publication, now: int) -> int:
    """Remember that the document was published; return its number."""
    course.revision += 1
    course.published_at = now
    if document.prints is not None:
        course.prints = document.prints
    if document.archived is not None:
        course.archived_at = (course.archived_at or now) if document.archived else 0
    if document.prepared is not None:
        course.prepared = document.prepared
    return course.revision
