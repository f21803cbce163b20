"""Entering a sheet: its marks become statements, and who is now present at all their slots is worked out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from connector.attendance.declare import YES_NO, declare, in_force
from connector.attendance.marks import Place, slot_ends
from connector.attendance.whole import share
from xapi.emit import attendance
from xapi.statement import Actor

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from connector.attendance.declare import Declared, Store
    from connector.attendance.marks import Mark
    from scenarios.snapshot import Snapshot
    from xapi.statement import Statement


@dataclass(frozen=True)
class Presence:
    """Whether somebody's marks make a whole presence at an activity: see `whole.Share`."""

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
    store: Store,
    snapshot: Snapshot,
    marks: Sequence[Mark],
    taken: Mapping[Place, int] = MappingProxyType({}),
    before: Sequence[Mark] = (),
) -> Entered:
    """Declare the marks, then read back the other slots of the same people and activities.

    `taken` says when the roll of a slot was last taken in Moodle (microseconds): what was entered since then stays.
    Marks of `before` were declared already: nothing is said again, but the presences of their people are told too.
    """
    ends = slot_ends(snapshot)
    facts = [_Attended(snapshot.code, mark.email, mark.place, ends[mark.place], mark.present) for mark in marks]
    declared = declare(store, facts, [taken.get(mark.place) for mark in marks])
    said = {(mark.email, mark.place): mark.present for mark in marks if mark.place not in taken}
    people = sorted({(mark.email, mark.place.activity_id) for mark in (*marks, *before)})
    return Entered(declared, _presences(store, snapshot, people, said))


def _presences(
    store: Store, snapshot: Snapshot, people: Sequence[tuple[str, str]], said: Mapping[tuple[str, Place], bool]
) -> tuple[Presence, ...]:
    """Work out the presence of each person (address, activity); `said` is what the LRS needs not be asked.

    Other groups' slots are only asked about for those who are not at all of their own.
    """
    shares = {key: share(snapshot, *key) for key in people}
    signed: dict[tuple[str, str], set[str]] = defaultdict(set)
    for at_home in (True, False):
        asked = [
            (email, Place(activity_id, slot.id))
            for (email, activity_id), its in shares.items()
            if not its.whole(signed[email, activity_id])
            for slot in (its.own if at_home else its.elsewhere)
        ]
        for email, place in _present(store, snapshot, asked, said):
            signed[email, place.activity_id].add(place.slot_id)
    return tuple(Presence(*key, whole=its.whole(signed[key])) for key, its in shares.items())


def _present(
    store: Store,
    snapshot: Snapshot,
    asked: Sequence[tuple[str, Place]],
    said: Mapping[tuple[str, Place], bool],
) -> Iterator[tuple[str, Place]]:
    """Yield those of the people and places asked about where the person is marked present."""
    ends = slot_ends(snapshot)
    unsaid = [one for one in asked if one not in said]
    held = in_force(store, [_Attended(snapshot.code, email, place, ends[place], says=True) for email, place in unsaid])
    known = {**said, **dict(zip(unsaid, held, strict=True))}
    return (one for one in asked if known[one])


def marks_in_force(store: Store, snapshot: Snapshot, place: Place, emails: Sequence[str]) -> list[bool | None]:
    """Return what the LRS says of each person at one slot: present, absent, or nothing (None)."""
    end_us = slot_ends(snapshot)[place]
    return in_force(store, [_Attended(snapshot.code, email, place, end_us, says=True) for email in emails])
