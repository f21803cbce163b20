"""`forum`: a discussion, with the message that opens it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.moodle.activities.base import brief, contents, settings
from connector.moodle.activities.html import markdown
from scenarios.content import ContenuForum

if TYPE_CHECKING:
    from pydantic import JsonValue

    from connector.moodle.document import ActivitySettings
    from scenarios.prepare import PreparedActivity


def build(activity: PreparedActivity, code: str) -> ActivitySettings:
    """Return a forum where everybody may start a discussion; without `premier_message` it opens empty."""
    activite = activity.activite
    opening = contents(activite, ContenuForum)
    details: dict[str, JsonValue] = {"type": "general"}
    if opening.premier_message:
        details["first_post"] = {
            "subject": opening.sujet or activite.titre,
            "message": markdown(opening.premier_message),
        }
    return settings(activity, code, "forum", intro=brief(activite), details=details)
