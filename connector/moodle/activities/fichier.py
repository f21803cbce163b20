"""`fichier`: files handed out; Moodle opens the first one, the others are links in its description."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from connector.moodle.activities.base import brief, kept_in, settings, shown
from connector.moodle.activities.html import file_address

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.moodle.document import ActivitySettings
    from scenarios.prepare import PreparedActivity
    from scenarios.source_file import SourceFile


def build(activity: PreparedActivity, code: str) -> ActivitySettings:
    """Return a resource; what it says is on the course page, since opening it may download the file at once."""
    first, *others = activity.fichiers
    return settings(
        activity,
        code,
        "resource",
        intro=brief(activity) + _list(others),
        files=(*kept_in("content", [first]), *kept_in("intro", others), *shown(activity, "intro", "consigne")),
        on_course_page=True,
    )


def _list(files: Sequence[SourceFile]) -> str:
    items = (f'<li><a href="{file_address(one.name)}">{escape(one.name, quote=False)}</a></li>' for one in files)
    return f"<ul>{''.join(items)}</ul>" if files else ""
