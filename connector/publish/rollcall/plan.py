"""What a course's roll must become: one session for each slot. Pure.

A session cannot be changed, only removed with its marks and added again: one that was taken is never removed, and what
is wrong with it is left to a person. One that somebody moved in Moodle is left to them, unless it is to be overwritten.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.language import N_, _
from connector.moodle.attendance_functions import NewRollSession
from connector.moodle.roll import NAME
from connector.moodle.slot_mark import mark_of, marked, read_mark, short_print
from connector.publish.changes import Change, FieldChange
from connector.publish.stock.differences import Difference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.moodle.attendance_functions import RollSession
    from connector.moodle.document import Event, Publication
    from connector.moodle.roll import Roll


@dataclass(frozen=True)
class RollPlan:
    """What to do to a roll: `make` it, `add` sessions, `remove` others (their ids).

    `changes` tell that, `drift` what somebody moved in Moodle and that stays, `by_hand` what was taken and differs.
    """

    make: bool = False
    add: tuple[NewRollSession, ...] = ()
    remove: tuple[int, ...] = ()
    changes: tuple[Change, ...] = ()
    drift: tuple[Change, ...] = ()
    by_hand: tuple[Difference, ...] = ()

    @property
    def writes(self) -> bool:
        """Whether anything is to be written."""
        return bool(self.make or self.add or self.remove)


def plan_roll(
    wanted: Publication, roll: Roll | None, groups: Mapping[str, int], *, overwrite: bool = False
) -> RollPlan:
    """Return what brings a roll to the slots of a session; `groups` are the numbers of its groups by name.

    A group that the course has not yet has number 0 in a plan: it is planned again once the course is published.
    """
    events = wanted.events or ()
    if not events and roll is None:
        return RollPlan()
    work = _Work(wanted.code, roll, groups, overwrite)
    for event in events:
        work.slot(event)
    work.rest({event.uuid for event in events})
    making = (Change("creer", "activite", f"{wanted.code}/~appel", NAME),) if roll is None else ()
    return RollPlan(
        make=roll is None,
        add=tuple(work.add),
        remove=tuple(work.remove),
        changes=(*making, *work.changes),
        drift=tuple(work.drift),
        by_hand=tuple(work.by_hand),
    )


class _Work:
    """Goes through slots and sessions, and keeps what is to be done."""

    def __init__(self, code: str, roll: Roll | None, groups: Mapping[str, int], overwrite: bool) -> None:  # noqa: FBT001
        self.code, self.groups, self.overwrite = code, groups, overwrite
        self.names = {number: name for name, number in groups.items()}
        self.known = roll.of_session(code) if roll else {}
        self.others = [one for one in roll.sessions if _of_another(one, code)] if roll else []
        self.add: list[NewRollSession] = []
        self.remove: list[int] = []
        self.changes: list[Change] = []
        self.drift: list[Change] = []
        self.by_hand: list[Difference] = []

    def slot(self, event: Event) -> None:
        """Decide about one slot."""
        target, name = self._target(event), _named(event)
        several = sorted(self.known.get(event.uuid, []), key=lambda one: (not is_taken(one), one.id))
        self.remove += [one.id for one in several[1:] if not is_taken(one)]
        if not several:
            self.add.append(target)
            self.changes.append(Change("creer", "appel", event.uuid, name))
            return
        found = several[0]
        details = self._details(target, found)
        if is_taken(found):
            if details:
                fields = tuple(_(_FRENCH[one.name]) for one in details)
                self.by_hand.append(Difference(event.uuid, _("appel : {name}", name=name), fields))
            return
        unchanged = _print(found.description) == _print(target.description)
        moved = bool(details) and unchanged
        if moved:
            details = tuple(FieldChange(one.name, one.before, one.after, "moodle") for one in details)
            self.drift.append(Change("modifier", "appel", event.uuid, name, details))
        if (moved and self.overwrite) or (not unchanged):
            self.add.append(target)
            self.remove.append(found.id)
            self.changes.append(Change("modifier", "appel", event.uuid, name, details))

    def rest(self, named: set[str]) -> None:
        """Remove sessions that are no slot's, unless they were taken."""
        gone = [one for uuid, several in self.known.items() if uuid not in named for one in several]
        for session in (*gone, *self.others):
            if not is_taken(session):
                self.remove.append(session.id)
                self.changes.append(Change("retirer", "appel", str(session.id), NAME))

    def _target(self, event: Event) -> NewRollSession:
        group = self.groups.get(event.group, 0) if event.group else 0
        mark = mark_of(self.code, event.uuid, event.name, event.start, event.minutes, event.location, event.group)
        place = f", {event.location}" if event.location else ""
        return NewRollSession(event.start, event.minutes * 60, group, marked(mark, f"{_named(event)}{place}"))

    def _details(self, target: NewRollSession, found: RollSession) -> tuple[FieldChange, ...]:
        pairs = (
            ("start", found.sessdate, target.start),
            ("minutes", found.duration // 60, target.seconds // 60),
            ("group", self.names.get(found.groupid, ""), self.names.get(target.group, "")),
        )
        return tuple(FieldChange(name, before, after) for name, before, after in pairs if before != after)


_FRENCH = {"start": N_("date"), "minutes": N_("durée"), "group": N_("groupe")}


def _named(event: Event) -> str:
    return f"{event.name} (groupe {event.group})" if event.group else event.name


def is_taken(session: RollSession) -> bool:
    """Tell whether somebody called a session: removing it would lose marks."""
    return bool(session.lasttaken or session.attendance_log)


def _print(description: str) -> str | None:
    mark = read_mark(description)
    return mark.print if mark else None


def _of_another(session: RollSession, code: str) -> bool:
    """Tell a session of a model's slot, which a copied course may bring along."""
    mark = read_mark(session.description)
    return mark is not None and mark.session != short_print(code)
