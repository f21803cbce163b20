"""How each activity type of FORMATS.md section 1 becomes a Moodle activity: one module a type, this registry.

A builder takes a prepared activity and the session's code; it is pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.moodle.activities import (
    classe_virtuelle,
    devoir,
    etiquette,
    fichier,
    forum,
    h5p,
    note,
    page,
    presence,
    questionnaire,
    sondage,
    test,
    url,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from connector.moodle.document import ActivitySettings, File
    from scenarios.prepare import PreparedActivity

BUILDERS: dict[str, Callable[[PreparedActivity, str], ActivitySettings]] = {
    "page": page.build,
    "etiquette": etiquette.build,
    "url": url.build,
    "fichier": fichier.build,
    "h5p": h5p.build,
    "forum": forum.build,
    "devoir": devoir.build,
    "test": test.build,
    "sondage": sondage.build,
    "questionnaire": questionnaire.build,
    "classe_virtuelle": classe_virtuelle.build,
    "presence": presence.build,
    "mise_en_oeuvre": devoir.build,
}


def build(activity: PreparedActivity, code: str) -> Iterator[ActivitySettings]:
    """Yield what Moodle must hold for an activity: itself, then its facilitation note."""
    yield BUILDERS[activity.activite.type](activity, code)
    hidden = note.build(activity, code)
    if hidden is not None:
        yield hidden


def clashing(files: Iterable[File]) -> Iterator[str]:
    """Yield the names that two different files would have in one place of Moodle, which keeps one file a name."""
    contents: dict[tuple[str, str], set[str]] = {}
    for one in files:
        contents.setdefault((one.area, one.name), set()).add(one.sha1)
    yield from (name for (_, name), found in contents.items() if len(found) > 1)
