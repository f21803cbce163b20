"""`url`: a link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.moodle.activities.base import brief, contents, settings, shown
from scenarios.content import ContenuUrl

if TYPE_CHECKING:
    from connector.moodle.document import ActivitySettings
    from scenarios.prepare import PreparedActivity


def build(activity: PreparedActivity, code: str) -> ActivitySettings:
    """Return a link; its brief is on the course page, since opening it may leave Moodle at once."""
    address = contents(activity.activite, ContenuUrl).adresse
    return settings(
        activity,
        code,
        "url",
        intro=brief(activity),
        files=shown(activity, "intro", "consigne"),
        on_course_page=True,
        details={"url": address},
    )
