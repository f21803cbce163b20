"""`forum`: a discussion, with the message that opens it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.moodle.activities.base import brief, contents, settings, shown, written
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
            "message": written(activity, "premier_message", opening.premier_message),
        }
    files = (*shown(activity, "intro", "consigne"), *shown(activity, "post", "premier_message"))
    return settings(activity, code, "forum", intro=brief(activity), files=files, details=details)
