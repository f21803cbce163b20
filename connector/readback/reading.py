"""What was read of completions in one place, whoever was asked: our plugin, or core services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

MANUAL = 1
"""Moodle's tracking of an activity that people tick by hand."""


class Row(NamedTuple):
    """One person's completion of one activity, as Moodle holds it now.

    `state`: 0 not complete, 1 complete, 2 with the pass grade, 3 without it. `at`: epoch second of its last change,
    0 for none. `by_hand`: somebody set it, the person by ticking or a trainer by overriding; else Moodle worked it out.
    """

    course_id: int
    cmid: int
    userid: int
    state: int
    at: int
    by_hand: bool
    modname: str
    idnumber: str


@dataclass(frozen=True)
class CourseReading:
    """All completions of a course: `tracked` are the modules that still follow completion.

    `people` are the accounts whose completions were asked for, None for everybody's.
    """

    course_id: int
    tracked: frozenset[int]
    rows: tuple[Row, ...]
    people: frozenset[int] | None = None
