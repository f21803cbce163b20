"""What Moodle no longer has: credits whose completion is gone from a course that was read whole.

Moodle announces no change of rules, no reset and no deletion. The credit stays until a person decides: this only tells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from connector.ledger.erased import stand_ins
from connector.ledger.schema import evidence, lost, resolution
from connector.ledger.states import DONE, acts_of, last_states, said
from connector.readback.said import teachers_of
from xapi.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.readback.reading import CourseReading

GONE_MODULE, GONE_COMPLETION = "activite_disparue", "achevement_disparu"
_ACHIEVED = (1, 2)


class Credit(NamedTuple):
    """What somebody has completed by the ledger's last word, in a module of the course."""

    teacher_id: int
    activity_id: str
    cmid: int


def compare(connection: sa.Connection, site: str, code: str, reading: CourseReading, *, at_us: int) -> int:
    """Write in `lost` what the ledger credits and this reading does not hold; what came back leaves. Returns how many.

    `site` is normalised. People whom the reading did not ask about are left as they were.
    """
    teachers = teachers_of(connection, site)
    gone = gone_from(reading, _credits(connection, site, code, reading.course_id), teachers)
    here = sa.and_(lost.c.site == site, lost.c.course_id == reading.course_id)
    before = {(row.teacher_id, row.cmid): row for row in connection.execute(sa.select(lost).where(here))}
    known = _known_people(reading, teachers)
    stays = {key for key, row in before.items() if known is not None and row.teacher_id not in known}
    kept = stays | gone.keys()
    for teacher_id, cmid in before.keys() - kept:
        connection.execute(lost.delete().where(here, lost.c.teacher_id == teacher_id, lost.c.cmid == cmid))
    rows = [
        {
            **credit._asdict(),
            "site": site,
            "course_id": reading.course_id,
            "code": code,
            "reason": reason,
            "seen_us": at_us,
        }
        for credit, reason in gone.values()
    ]
    upsert(connection, lost, rows, update=["reason"])
    return len(kept)


def gone_from(
    reading: CourseReading, credited: list[Credit], teachers: Mapping[int, frozenset[int]]
) -> dict[tuple[int, int], tuple[Credit, str]]:
    """Return the credits that a reading does not hold, each with a reason of the queue: pure.

    A row that somebody set back by hand is no loss: it is an act, which a statement tells.
    """
    held = {
        (teacher_id, row.cmid)
        for row in reading.rows
        if row.state in _ACHIEVED or (row.by_hand and row.at)
        for teacher_id in teachers.get(row.userid, ())
    }
    known = _known_people(reading, teachers)
    found: dict[tuple[int, int], tuple[Credit, str]] = {}
    for credit in credited:
        key = (credit.teacher_id, credit.cmid)
        if key not in held and (known is None or credit.teacher_id in known):
            found[key] = (credit, GONE_COMPLETION if credit.cmid in reading.tracked else GONE_MODULE)
    return found


def _known_people(reading: CourseReading, teachers: Mapping[int, frozenset[int]]) -> frozenset[int] | None:
    if reading.people is None:
        return None
    return frozenset(teacher_id for userid in reading.people for teacher_id in teachers.get(userid, ()))


def _credits(connection: sa.Connection, site: str, code: str, course_id: int) -> list[Credit]:
    here = said().where(resolution.c.code == code, resolution.c.teacher_id.not_in(stand_ins()))
    states = last_states(acts_of(here)).subquery("states")
    query = (
        sa.select(states.c.teacher_id, states.c.activity_id, evidence.c.cmid)
        .join(evidence, evidence.c.id == states.c.evidence_id)
        .where(states.c.kind == "completion", states.c.state == DONE)
        .where(evidence.c.site == site, evidence.c.course_id == course_id, evidence.c.cmid.is_not(None))
    )
    return [Credit(*row) for row in connection.execute(query)]
