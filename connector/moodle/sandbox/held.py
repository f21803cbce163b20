"""What learners' work keeps from changing in a module, in the words of `docs/plugin.md`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connector.moodle.sandbox.site import Module, Site

_ANSWERED = {
    "choice": {"settings.options": "hasanswers"},
    "feedback": {"settings.items": "hasresponses"},
    "quiz": {"settings.gift": "hasattempts"},
}


def held(site: Site, module: Module) -> dict[str, str]:
    """Return what would be kept as it is if it were to change, with why."""
    work = [progress for (_, cmid), progress in site.progress.items() if cmid == module.cmid]
    found = {"completion": "hascompletions"} if any(progress.state for progress in work) else {}
    answered = _ANSWERED.get(module.modname, {})
    return found | answered if any(progress.submitted for progress in work) else found
