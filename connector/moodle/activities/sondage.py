"""`sondage`: one question, one choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.moodle.activities.base import brief, contents, settings, shown
from scenarios.content import ContenuSondage

if TYPE_CHECKING:
    from pydantic import JsonValue

    from connector.moodle.document import ActivitySettings
    from scenarios.prepare import PreparedActivity


def build(activity: PreparedActivity, code: str) -> ActivitySettings:
    """Return a choice; the question is the activity's title and brief."""
    options: list[JsonValue] = list(contents(activity.activite, ContenuSondage).options)
    return settings(
        activity,
        code,
        "choice",
        intro=brief(activity),
        files=shown(activity, "intro", "consigne"),
        details={"options": options},
    )
