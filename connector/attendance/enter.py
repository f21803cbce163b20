"""Entering a sheet: its marks become statements, and who is now present at all their slots is worked out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from connector.attendance.declare import YES_NO, declare, in_force
from connector.attendance.marks import Mark, Place, slot_ends
from connector.attendance.sheet import expected, slots
from xapi.emit import attendance
from xapi.names import normalise_email
from xapi.statement import Actor

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.attendance.declare import Declared, Store
    from scenarios.snapshot import Snapshot
    from xapi.statement import Statement


@dataclass(frozen=True)
class Presence:
    """Whether somebody is marked present at every slot of an activity where they are expected.

    Whoever is expected at none of its slots, and came all the same, is asked for the slots of the sheet.
    """

    email: str
    activity_id: str
    whole: bool


@dataclass(frozen=True)
class Entered:
    """What became of the marks, and the presences that they now make."""

    declared: Declared
    presences: tuple[Presence, ...]


@dataclass(frozen=True)
class _Attended:
    """A mark as a fact of `declare`."""

    code: str
    email: str
    place: Place
    end_us: int
    says: bool

    @property
    def answers(self) -> Sequence[bool]:
        return YES_NO

    def same(self, said: Statement) -> bool:
        return said.timestamp_us == self.end_us

    def unneeded(self) -> bool:
        return False

    def statement(self, *, says: bool, revision: int) -> dict[str, Any]:
        return attendance(
            Actor("mbox", self.email),
            code=self.code,
            activity_id=self.place.activity_id,
            slot_id=self.place.slot_id,
            end_us=self.end_us,
            present=says,
            revision=revision,
        )


def enter(
    store: Store, snapshot: Snapshot, marks: Sequence[Mark], taken: Mapping[Place, int] = MappingProxyType({})
) -> Entered:
    """Declare the marks, then read back the other slots of the same people and activities.

    `taken` says when the roll of a slot was last taken in Moodle (microseconds): what was entered since then stays.
    """
    ends = slot_ends(snapshot)
    facts = [_Attended(snapshot.code, mark.email, mark.place, ends[mark.place], mark.present) for mark in marks]
    declared = declare(store, facts, [taken.get(mark.place) for mark in marks])
    said = {(mark.email, mark.place): mark.present for mark in marks if mark.place not in taken}
    marked: dict[tuple[str, str], list[Place]] = defaultdict(list)
    for mark in marks:
        marked[mark.email, mark.place.activity_id].append(mark.place)
    places = {key: _places(snapshot, *key) or marked[key] for key in sorted(marked)}
    asked = [
        (email, place)
        for (email, _), its_places in places.items()
        for place in its_places
        if (email, place) not in said
    ]
    questions = [_Attended(snapshot.code, email, place, ends[place], says=True) for email, place in asked]
    held = in_force(store, questions)
    answers = {key: answer is True for key, answer in zip(asked, held, strict=True)}
    known = said | answers
    presences = tuple(
        Presence(email, activity_id, all(known[email, place] for place in its_places))
        for (email, activity_id), its_places in places.items()
    )
    return Entered(declared, presences)


def marks_in_force(store: Store, snapshot: Snapshot, place: Place, emails: Sequence[str]) -> list[bool | None]:
    """Return what the LRS says of each person at one slot: present, absent, or nothing (None)."""
    end_us = slot_ends(snapshot)[place]
    return in_force(store, [_Attended(snapshot.code, email, place, end_us, says=True) for email in emails])


def _places(snapshot: Snapshot, email: str, activity_id: str) -> list[Place]:
    """Return the slots of an activity where somebody is expected; all of them for whom the list does not name."""
    one = next((one for one in snapshot.participants if normalise_email(one.courriel) == email), None)
    return [
        Place(activity.id, slot.id)
        for activity, slot in slots(snapshot)
        if activity.id == activity_id and (one is None or expected(slot, one))
    ]
