"""What decides each tick and slot, and the last word of each person asked, as set-based SQL (RULES.md section 2).

Most things are only ever said to be done: the last instant tells all, whatever the order of arrival, and an aggregation
finds it. Copies, replays and ties matter where something else was said too, and copies where one object was taken for
two activities: there, acts are put in order.

    said ─┬─ nothing but done ─► latest instant ────────────────────────────────┬─► heard
          └─ something else, an object of two, a person's word ─► acts ─► deciding ┘
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from connector.ledger.schema import session
from connector.ledger.states import DONE, acts_of, latest_first, said

if TYPE_CHECKING:
    from connector.obligation.items import Teachers

EVIDENCE = ("completion", "attendance")
"""The kinds that the session's window binds: a person's word is none."""
_THING = ("teacher_id", "code", "activity_id", "slot_id", "kind")


def heard(teachers: Teachers) -> sa.Select[Any]:
    """Select what decides of these teachers' ticks, slots, attestations and lines decided on: one row each.

    Columns: teacher_id, code, activity_id (NULL for an attestation), slot_id (NULL but for attendance), kind, state,
    inside (whether the session's window holds it; no window binds a person's word), timestamp_us.
    """
    told = said(teachers).cte("said").prefix_with("MATERIALIZED")  # read by both ways
    evidence = told.c.kind.in_(EVIDENCE)
    doubtful = (told.c.state != DONE) | told.c.object_id.in_(sa.select(_of_two(told).c.object_id))
    settled = _settled(told, doubtful).where(evidence)
    unsettled = sa.select(*_thing(told)).where(evidence, doubtful)
    disputed = sa.select(told).where(~evidence | sa.tuple_(*_thing(told)).in_(unsettled))
    last = deciding(acts_of(disputed)).subquery("last")
    return sa.select(
        sa.union_all(settled, sa.select(*(last.c[column.name] for column in settled.selected_columns))).subquery()
    )


def deciding(acts: sa.Select[Any]) -> sa.Select[Any]:
    """Select from `acts` (`act_states`) the one that decides each tick, slot, attestation and decision; and `inside`.

    The last act inside the session's window; where none is inside, the last that says done, else the last.
    """
    of = acts.subquery("of")
    inside = of.c.kind.not_in(EVIDENCE) | _inside(of)
    stage = sa.case((inside, 0), (of.c.state == DONE, 1), else_=2)
    rank = sa.func.row_number().over(partition_by=[of.c[name] for name in _THING], order_by=(stage, *latest_first(of)))
    ranked = (
        sa.select(of, inside.label("inside"), rank.label("place"))
        .join(session, session.c.code == of.c.code)
        .subquery("placed")
    )
    return sa.select(*(column for column in ranked.c if column.name != "place")).where(ranked.c.place == 1)


def _of_two(told: sa.CTE) -> sa.CTE:
    """The objects that were taken for two activities: copies of one act may then tell of two lines.

    Such a module is known by its idnumber alone, and somebody changed it.
    """
    ends = ((sa.func.min(told.c[name]), sa.func.max(told.c[name])) for name in ("code", "activity_id"))
    several = sa.or_(*(first != last for first, last in ends))
    objects = sa.select(told.c.object_id).where(told.c.kind == "completion").group_by(told.c.object_id).having(several)
    return objects.cte("of_two").prefix_with("MATERIALIZED")


def _settled(told: sa.CTE, doubtful: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """What nothing is `doubtful` of, only ever `done`, with its last instant: inside the window, where one is."""
    thing = [told.c[name] for name in _THING]
    latest_inside = sa.func.max(sa.case((_inside(told), told.c.timestamp_us)))
    return (
        sa.select(
            *thing,
            sa.literal(DONE).label("state"),
            latest_inside.is_not(None).label("inside"),
            sa.func.coalesce(latest_inside, sa.func.max(told.c.timestamp_us)).label("timestamp_us"),
        )
        .join(session, session.c.code == told.c.code)
        .group_by(*thing)
        .having(sa.func.max(sa.case((doubtful, 1), else_=0)) == 0)
    )


def _thing(told: sa.CTE) -> list[sa.ColumnElement[Any]]:
    """The key of a tick or slot, without NULL: what an IN compares."""
    return [told.c.teacher_id, told.c.code, told.c.activity_id, sa.func.coalesce(told.c.slot_id, "")]


def _inside(said: sa.FromClause) -> sa.ColumnElement[bool]:
    return said.c.timestamp_us.between(session.c.window_start_us, session.c.window_end_us - 1)
