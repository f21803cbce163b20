"""`presence`: slots that are signed, so that nobody can tick them for themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.moodle.activities import wording
from connector.moodle.activities.base import brief, completion_of, settings, shown
from connector.moodle.activities.html import paragraph

if TYPE_CHECKING:
    from connector.moodle.document import ActivitySettings
    from scenarios.prepare import PreparedActivity


def build(activity: PreparedActivity, code: str) -> ActivitySettings:
    """Return a page whose dates and places are on the course page too; the calendar holds one event per slot."""
    told = dates(activity)
    return settings(
        activity,
        code,
        "page",
        intro=paragraph(wording.how(activity.activite)) + told,
        files=shown(activity, "content", "consigne"),
        on_course_page=True,
        details={"content": brief(activity) + told},
    )


def dates(activity: PreparedActivity) -> str:
    """Return the HTML of an activity's slots, and what to know of its button where they are signed."""
    signed = completion_of(activity.activite.achevement).locked
    return wording.slots(activity.creneaux) + (paragraph(wording.SIGNED) if signed else "")
