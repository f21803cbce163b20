"""A course's roll: the attendance activity that a publication made in it, found again by the marks of its sessions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.moodle.attendance_functions import ATTENDANCE_FUNCTIONS, get_sessions
from connector.moodle.functions import get_contents
from connector.moodle.slot_mark import read_mark, short_print

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.moodle.attendance_functions import RollSession
    from connector.moodle.functions import Module, SiteInfo
    from connector.moodle.transport import Transport

NAME = "Feuille d'appel"

_PRESENT, _ABSENT = frozenset({"P", "L", "R"}), frozenset({"A", "E"})
"""mod_attendance's own acronyms, in English and in French: présent, en retard (late, retard); absent, excusé."""


@dataclass(frozen=True)
class Roll:
    """The attendance activity `id` and its sessions; those of slots bear their marks."""

    id: int
    sessions: tuple[RollSession, ...] = ()

    def of_session(self, code: str) -> dict[str, list[RollSession]]:
        """Return the sessions of the slots of the session `code`, by slot (its uuid)."""
        found: dict[str, list[RollSession]] = {}
        for session in self.sessions:
            mark = read_mark(session.description)
            if mark is not None and mark.session == short_print(code):
                found.setdefault(mark.uuid, []).append(session)
        return found


def has_rolls(info: SiteInfo) -> bool:
    """Tell whether the token may call mod_attendance."""
    return not info.lacks(*ATTENDANCE_FUNCTIONS)


def read_roll(transport: Transport, course_id: int, code: str) -> Roll | None:
    """Return a course's roll: that of the session `code`, else of its model, else one that we named and left empty."""
    modules = [
        module
        for section in get_contents(transport, course_id)
        for module in section.modules
        if module.modname == "attendance"
    ]
    rolls = [(module, Roll(module.instance, get_sessions(transport, module.instance))) for module in modules]
    ranked = [(_rank(module, roll, code), rank, roll) for rank, (module, roll) in enumerate(rolls)]
    ours = [one for one in ranked if one[0] < _FOREIGN]
    return min(ours)[2] if ours else None


_FOREIGN = 3


def _rank(module: Module, roll: Roll, code: str) -> int:
    if roll.of_session(code):
        return 0
    if any(read_mark(session.description) for session in roll.sessions):
        return 1
    return 2 if module.name == NAME and not roll.sessions else _FOREIGN


def marks_of(session: RollSession) -> tuple[dict[int, bool], Mapping[str, int]]:
    """Return who (account number) is present or absent; how many marks have another status, by acronym."""
    said = {str(status.id): status.acronym.strip().upper() for status in session.statuses}
    marks: dict[int, bool] = {}
    others: dict[str, int] = {}
    for logged in session.attendance_log:
        acronym = said.get(logged.statusid, logged.statusid)
        if acronym in _PRESENT | _ABSENT:
            marks[logged.studentid] = acronym in _PRESENT
        elif acronym:
            others[acronym] = others.get(acronym, 0) + 1
    return marks, others


def status_for(session: RollSession, *, present: bool) -> int | None:
    """Return the status with which to mark somebody, None where the session has none that says it."""
    wanted = ("P",) if present else ("A",)
    return next((status.id for status in session.statuses if status.acronym.strip().upper() in wanted), None)
