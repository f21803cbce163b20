"""What a site would keep as it is, whatever is sent, because of what learners have done. Pure.

The plugin says which settings learners' work holds (docs/plugin.md, `held`); here is what that means for a wish, so
that a wish that cannot be granted is told and not sent again at each publication.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.moodle.document import Kept

if TYPE_CHECKING:
    from connector.moodle.document import ActivitySettings, Completion, File
    from connector.moodle.observation import ObservedActivity

_SETTINGS = "settings."


def attainable(wanted: ActivitySettings, found: ObservedActivity) -> tuple[ActivitySettings, tuple[Kept, ...]]:
    """Return what the site will hold once `wanted` is sent, and what it will have kept of what it holds."""
    settings = dict(wanted.settings)
    completion = wanted.completion
    kept = []
    for what, why in found.held.items():
        key = what.removeprefix(_SETTINGS)
        if what == "completion":
            completion = _completion(wanted.completion, found.completion)
            refused = completion != wanted.completion
        else:
            refused = key in settings and not _grantable(key, settings[key], found.settings.get(key))
            if refused:
                settings[key] = found.settings.get(key)
        if refused:
            kept.append(Kept(idnumber=wanted.idnumber, what=what, why=why))
    files = _files(wanted, found)
    return wanted.model_copy(update={"completion": completion, "settings": settings, "files": files}), tuple(kept)


def _files(wanted: ActivitySettings, found: ObservedActivity) -> tuple[File, ...]:
    """A forum keeps its opening message, with what it shows, when none is wanted any more."""
    if wanted.module != "forum" or wanted.settings.get("first_post"):
        return wanted.files
    return (*wanted.files, *(file for file in found.files if file.area == "post"))


def _completion(wanted: Completion, found: Completion) -> Completion:
    """Tracking and rules stay; a manual activity can still be locked or unlocked."""
    return found.model_copy(update={"locked": found.tracking == "manual" and wanted.locked})


def _grantable(key: str, wanted: object, found: object) -> bool:
    """Tell whether a setting that is held can become `wanted`: options can be added at the end of a poll's."""
    if key == "options" and isinstance(wanted, list) and isinstance(found, list):
        return wanted[: len(found)] == found
    return wanted == found
