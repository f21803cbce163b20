"""What decides each tick and slot, and the last word of each person asked, as set-based SQL (RULES.md section 2).

Most things are said to be done after whatever else was said of them: the last instant tells all, and an aggregation
finds it. Copies, replays and ties matter where something else came last, or at once, and copies where one object was
taken for two activities: there, acts are put in order.

    said ─► things ─┬─ done, last of all: the latest instant ───────────────────────┬─► heard
                    └─ others, an object of two, a person's word ─► acts ─► deciding ┘
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
_TOLD = (*_THING, "state", "timestamp_us", "stored_us", "object_id")
HEARD = (*_THING, "state", "inside", "timestamp_us")


def heard(teachers: Teachers) -> sa.Select[Any]:
    """Select what decides of these teachers' ticks, slots, attestations and lines decided on: one row each.

    Columns: teacher_id, code, activity_id (NULL for an attestation), slot_id (NULL but for attendance), kind, state,
    inside (whether the session's window holds it; no window binds a person's word), timestamp_us.
    """
    thing = things(teachers).cte("thing").prefix_with("MATERIALIZED")
    settled = sa.select(thing).where(thing.c.state.is_not(None))
    return sa.select(sa.union_all(settled, disputed(teachers, thing)).subquery())


def things(teachers: Teachers) -> sa.Select[Any]:
    """Select the rows of `heard` that an aggregation settles, and the others without a state: whatever was spoken of.

    It settles a thing where all else that was said came before, by its instant and, at one instant, by when it was
    stored: whatever copies collapse and replays go, the last `done` still decides. Outside the window, that holds where
    nothing else was said.
    """
    whole = said(teachers).subquery("whole")
    told = sa.select(*(whole.c[name] for name in _TOLD)).cte("said").prefix_with("MATERIALIZED")  # read again: _of_two
    done, inside = told.c.state == DONE, _inside(told)
    latest_inside = sa.func.max(sa.case((done & inside, told.c.timestamp_us)))
    other_us, other_stored = (sa.func.max(sa.case((~done, told.c[name]))) for name in ("timestamp_us", "stored_us"))
    first_stored = sa.func.min(sa.case((done, told.c.stored_us)))
    doubtful = told.c.kind.not_in(EVIDENCE) | told.c.object_id.in_(_of_two(told))
    sure = sa.func.max(sa.case((doubtful, 1), else_=0)) == 0
    before = (other_us < latest_inside) | ((other_us == latest_inside) & (other_stored < first_stored))
    thing = [told.c[name] for name in _THING]
    return (
        sa.select(
            *thing,
            sa.case((sure & (other_us.is_(None) | before), DONE)).label("state"),
            latest_inside.is_not(None).label("inside"),
            sa.func.coalesce(latest_inside, sa.func.max(told.c.timestamp_us)).label("timestamp_us"),
        )
        .join(session, session.c.code == told.c.code)
        .group_by(*thing)
    )


def disputed(teachers: Teachers, thing: sa.FromClause) -> sa.Select[Any]:
    """Select the rows of `heard` for what `things` left without a state: the acts are put in order."""
    told = said(teachers).subquery("told")
    left = sa.select(*_key(thing)).where(thing.c.state.is_(None))
    last = deciding(acts_of(sa.select(told).where(sa.tuple_(*_key(told)).in_(left)))).subquery("last")
    return sa.select(*(last.c[name] for name in HEARD))


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


def _of_two(told: sa.CTE) -> sa.Select[str]:
    """The objects that were taken for two activities: copies of one act may then tell of two lines.

    Such a module is known by its idnumber alone, and somebody changed it.
    """
    columns = [told.c[name] for name in ("object_id", "code", "activity_id")]
    taken = sa.select(*columns).where(told.c.kind == "completion").distinct().subquery("taken")
    return sa.select(taken.c.object_id).group_by(taken.c.object_id).having(sa.func.count() > 1)


def _key(of: sa.FromClause) -> list[sa.ColumnElement[Any]]:
    """The key of a thing, without NULL: what an IN compares."""
    return [of.c.teacher_id, of.c.code, *(sa.func.coalesce(of.c[name], "") for name in _THING[2:])]


def _inside(said: sa.FromClause) -> sa.ColumnElement[bool]:
    return said.c.timestamp_us.between(session.c.window_start_us, session.c.window_end_us - 1)
