"""`etiquette`: a text in the course page itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.moodle.activities.base import settings, shown, written

if TYPE_CHECKING:
    from connector.moodle.document import ActivitySettings
    from scenarios.prepare import PreparedActivity


def build(activity: PreparedActivity, code: str) -> ActivitySettings:
    """Return a label that shows the text and nothing else."""
    return settings(
        activity,
        code,
        "label",
        intro=written(activity, "texte", activity.texte),
        files=shown(activity, "intro", "texte"),
    )
