"""`note_formateur`: a label that participants never see, right after its activity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.moodle.activities.base import idnumber, shown, written
from connector.moodle.document import ActivitySettings

if TYPE_CHECKING:
    from scenarios.prepare import PreparedActivity

SUFFIX = "~note"
"""Ends the idnumber of a note; « ~ » is in no activity's id."""

_TITLE = "Note aux formateurs"
_NAME_MAX = 255


def build(activity: PreparedActivity, code: str) -> ActivitySettings | None:
    """Return the hidden label of an activity's facilitation note, or None when it has none."""
    activite = activity.activite
    if not activite.note_formateur:
        return None
    return ActivitySettings(
        idnumber=idnumber(code, activite.id + SUFFIX),
        section=activity.sequence,
        module="label",
        name=f"{_TITLE} : {activite.titre}"[:_NAME_MAX],
        intro=f"<p><strong>{_TITLE}</strong></p>{written(activity, 'note_formateur', activite.note_formateur)}",
        files=shown(activity, "intro", "note_formateur"),
        visible=False,
    )
