"""Between sheets and the roll of mod_attendance: a sheet's marks go there, and what trainers mark there comes back.

A mark has no date of its own in Moodle's services, only its session has one: when it was last taken. So the last word
wins, by session: what a roll says counts unless something was entered for that person and slot since it was last taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.attendance.marks import Mark, Place
from connector.attendance.sheet import slots
from connector.errors import DataError, FatalError, ParcoursError
from connector.moodle.attendance_functions import update_status
from connector.moodle.roll import marks_of, read_roll, status_for
from connector.moodle.slot_mark import slot_uuid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from connector.moodle.attendance_functions import RollSession
    from connector.moodle.roll import Roll
    from connector.moodle.transport import Transport
    from scenarios.snapshot import Snapshot


@dataclass(frozen=True)
class Called:
    """What a roll says of a session: its marks, when each slot was last taken (microseconds), what counts for nothing.

    `strangers` are marks of accounts whose address is not known, `others` of a status neither present nor absent.
    """

    marks: tuple[Mark, ...]
    taken: Mapping[Place, int]
    strangers: int
    others: Mapping[str, int]


def read_call(snapshot: Snapshot, roll: Roll, emails: Mapping[int, str], standing: Callable[[str], str]) -> Called:
    """Read a roll; `standing` gives the one address that stands for somebody in this session. Pure.

    Where a slot has several sessions, the last one taken says it.
    """
    ours = roll.of_session(snapshot.code)
    marks: dict[tuple[str, Place], Mark] = {}
    taken: dict[Place, int] = {}
    strangers, others = 0, dict[str, int]()
    for activity, slot in slots(snapshot):
        place = Place(activity.id, slot.id)
        for session in sorted(ours.get(slot_uuid(snapshot.code, *place), ()), key=lambda one: one.lasttaken or 0):
            said, unread = marks_of(session)
            others = {key: others.get(key, 0) + unread.get(key, 0) for key in {*others, *unread}}
            strangers += len(said.keys() - emails.keys())
            for account in said.keys() & emails.keys():
                email = standing(emails[account])
                marks[email, place] = Mark(email, place, said[account])
            taken[place] = (session.lasttaken or 0) * 1_000_000
    return Called(tuple(marks[key] for key in sorted(marks)), taken, strangers, others)


def call_roll(
    transport: Transport,
    course_id: int,
    code: str,
    marks: Sequence[Mark],
    account: Callable[[str], int | None],
    caller: int,
) -> tuple[int, list[ParcoursError]]:
    """Write a sheet's marks into the course's roll; return how many were not there yet, and what failed.

    A mark that a site refuses costs no other; somebody without an account in the course has none to write.
    """
    roll = read_roll(transport, course_id, code)
    ours = roll.of_session(code) if roll else {}
    written, failures = 0, list[ParcoursError]()
    for mark in marks:
        student = account(mark.email)
        if student is None:
            continue
        for session in ours.get(slot_uuid(code, *mark.place), ()):
            status = _to_write(session, student, present=mark.present)
            if status is None:
                continue
            try:
                update_status(transport, session, student=student, status=status, taken_by=caller)
                written += 1
            except (DataError, FatalError) as exc:
                failures.append(exc)
    return written, failures


def _to_write(session: RollSession, student: int, *, present: bool) -> int | None:
    """Return the status to give somebody, None where the roll says as much, or has no word for it."""
    said, _ = marks_of(session)
    return None if said.get(student) is present else status_for(session, present=present)
