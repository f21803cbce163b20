"""`devoir` and `mise_en_oeuvre`: a production handed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.moodle.activities.base import brief, contents, settings, shown
from scenarios.content import ContenuDevoir

if TYPE_CHECKING:
    from connector.moodle.document import ActivitySettings
    from scenarios.prepare import PreparedActivity


def build(activity: PreparedActivity, code: str) -> ActivitySettings:
    """Return an assignment, due at the activity's deadline when it has one."""
    handed_in = contents(activity.activite, ContenuDevoir).rendu
    return settings(
        activity,
        code,
        "assign",
        intro=brief(activity),
        files=shown(activity, "intro", "consigne"),
        expected=False,
        details={
            "online_text": handed_in == "texte",
            "files": handed_in == "fichier",
            "due": int(activity.echeance.timestamp()) if activity.echeance is not None else 0,
        },
    )
