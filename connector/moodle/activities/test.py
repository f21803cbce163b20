"""`test`: a quiz, with its questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.moodle.activities.base import brief, contents, settings, shown
from connector.moodle.activities.gift import clean_gift
from scenarios.content import ContenuTest

if TYPE_CHECKING:
    from connector.moodle.document import ActivitySettings
    from scenarios.prepare import PreparedActivity


def build(activity: PreparedActivity, code: str) -> ActivitySettings:
    """Return a quiz. A deadline is shown and closes nothing: what is done late still counts."""
    activite = activity.activite
    quiz = contents(activite, ContenuTest)
    return settings(
        activity,
        code,
        "quiz",
        intro=brief(activity),
        files=shown(activity, "intro", "consigne"),
        details={
            "attempts": quiz.tentatives or 0,
            "grade_pass": activite.achevement.note_percent or quiz.note_minimale or 0,
            "gift": clean_gift(activity.gift or ""),
        },
    )
