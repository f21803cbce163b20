"""`classe_virtuelle`: a BigBlueButton room; a page with the same dates where the site has not that module enabled."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from connector.moodle.activities import presence
from connector.moodle.activities.base import brief, settings, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import JsonValue

    from connector.moodle.document import ActivitySettings
    from scenarios.prepare import PreparedActivity
    from scenarios.snapshot import PlannedSlot

OPENS_BEFORE = timedelta(minutes=10)
"""How long before the first slot the room opens, to try one's microphone."""


def build(activity: PreparedActivity, code: str) -> ActivitySettings:
    """Return a room, what it says being on the course page too; the calendar holds one event per slot."""
    room = settings(
        activity,
        code,
        "bigbluebuttonbn",
        intro=brief(activity) + presence.dates(activity),
        files=shown(activity, "intro", "consigne"),
        on_course_page=True,
        details=_details(activity.creneaux),
    )
    return room.model_copy(update={"instead": presence.build(activity, code)})


def _details(slots: Sequence[PlannedSlot]) -> dict[str, JsonValue]:
    """Return when the room is open, and whether each group has one of its own: not where a slot is everybody's."""
    if not slots:
        return {"open": 0, "close": 0, "separate_groups": False}
    return {
        "open": int((min(slot.debut for slot in slots) - OPENS_BEFORE).timestamp()),
        "close": int(max(slot.fin for slot in slots).timestamp()),
        "separate_groups": all(slot.groupe for slot in slots),
    }
