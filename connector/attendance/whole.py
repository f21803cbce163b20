"""Whether somebody's presence at an activity is whole, as its credit is (RULES.md section 3, rule 3). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from connector.attendance.sheet import expected, slots
from xapi.names import normalise_email

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from scenarios.snapshot import PlannedSlot, Snapshot


@dataclass(frozen=True)
class Share:
    """The slots of an activity for one person: `own` are those where they are expected, `elsewhere` other groups'.

    `minutes` is what makes the presence of whoever signs elsewhere whole: the planned duration, or less where the slots
    are shorter.
    """

    own: tuple[PlannedSlot, ...]
    elsewhere: tuple[PlannedSlot, ...]
    minutes: int

    def whole(self, signed: Collection[str]) -> bool:
        """Tell whether the signed slots (their ids) are a whole presence.

        Either every slot of one's own, or, for whoever signed at another group's, as many minutes as were planned.
        """
        if self.own and all(slot.id in signed for slot in self.own):
            return True
        came = {slot.id: slot for slot in (*self.own, *self.elsewhere) if slot.id in signed}
        return any(slot.id in signed for slot in self.elsewhere) and _minutes(came.values()) >= self.minutes


def share(snapshot: Snapshot, email: str, activity_id: str) -> Share:
    """Return the slots of an activity for one person; whom the list does not name is of no group."""
    one = next((one for one in snapshot.participants if normalise_email(one.courriel) == email), None)
    group = one.groupe if one else None
    planned = 0
    its: list[PlannedSlot] = []
    for activity, slot in slots(snapshot):
        if activity.id == activity_id:
            planned = activity.duree
            its.append(slot)
    own = tuple(slot for slot in its if one is None or expected(slot, one))
    elsewhere = tuple(slot for slot in its if slot.groupe is not None and slot.groupe != group)
    return Share(own, elsewhere, min(planned, _minutes(own or its)))


def _minutes(signed: Iterable[PlannedSlot]) -> int:
    """Add up slots; of two that overlap in time the one that starts later counts for nothing, as in rule 7."""
    total, until = timedelta(), None
    for slot in sorted(signed, key=lambda one: (one.debut, one.id)):
        if until is None or slot.debut >= until:
            total += slot.fin - slot.debut
            until = slot.fin
    return total // timedelta(minutes=1)
