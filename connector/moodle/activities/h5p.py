"""`h5p`: an interactive content, from its package."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.moodle.activities.base import brief, kept_in, settings, shown

if TYPE_CHECKING:
    from connector.moodle.document import ActivitySettings
    from scenarios.prepare import PreparedActivity


def build(activity: PreparedActivity, code: str) -> ActivitySettings:
    """Return an H5P activity, whose best attempt gives the mark."""
    return settings(
        activity,
        code,
        "h5pactivity",
        intro=brief(activity),
        files=(*kept_in("package", activity.fichiers), *shown(activity, "intro", "consigne")),
        details={"grade_pass": activity.activite.achevement.note_percent or 0},
    )
