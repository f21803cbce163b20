"""`page`: a Moodle page; its body is the `consigne`, then the text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.moodle.activities import wording
from connector.moodle.activities.base import brief, settings, shown, written
from connector.moodle.activities.html import paragraph

if TYPE_CHECKING:
    from connector.moodle.document import ActivitySettings
    from scenarios.prepare import PreparedActivity


def build(activity: PreparedActivity, code: str) -> ActivitySettings:
    """Return a page; the course page shows how it is lived, the page itself the rest."""
    activite = activity.activite
    own_text = activity.texte if activite.contenu is not None else None
    return settings(
        activity,
        code,
        "page",
        intro=paragraph(wording.how(activite)),
        files=shown(activity, "content", "consigne", *(["texte"] if own_text else [])),
        on_course_page=True,
        details={"content": brief(activity) + written(activity, "texte", own_text)},
    )
