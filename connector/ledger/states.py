"""Which act decides (RULES.md section 2, rules 1 to 4), as selects: no connection in here, nothing read one by one.

evidence ─ not voided ─► copies collapse ─► acts ─ not a replay ─► `act_states` ─► the last of each: `last_states`
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from connector.ledger.schema import evidence, resolution, void

REPLAY_US = 30_000_000
"""An `uncompleted` that comes this long after the `completed` of the same instant is a replay of it."""

DONE, FAILED, UNDONE = "done", "failed", "undone"


def said(teachers: sa.Select[tuple[int]] | None = None) -> sa.Select[Any]:
    """Select the evidence that is resolved and not voided, of everybody or of the teachers that `teachers` selects.

    Columns: those of `act_states`, and object_id. Copies and replays are still there.
    """
    # Said so, not as « resolved »: SQLite would go through all that is resolved rather than through what is theirs.
    voided = sa.exists().where(void.c.target_id == evidence.c.statement_id)
    found = (
        sa.select(
            *resolution.c["teacher_id", "code", "activity_id", "slot_id"],
            *evidence.c["kind", "state", "timestamp_us", "stored_us", "rank"],
            evidence.c.id.label("evidence_id"),
            *evidence.c["statement_id", "object_id"],
        )
        .join_from(evidence, resolution, resolution.c.evidence_id == evidence.c.id)
        .where(resolution.c.status.not_in(("waiting", "set_aside")), sa.not_(voided))
    )
    return found if teachers is None else found.where(resolution.c.teacher_id.in_(teachers))


def act_states(teachers: sa.Select[tuple[int]] | None = None) -> sa.Select[Any]:
    """Select the acts that count, one row each, of everybody or of the teachers that `teachers` selects.

    Columns: teacher_id, code, activity_id (None for an attestation), slot_id (None but for attendance),
    kind (completion | attendance | attestation), state (done | failed | undone; attendance: done is present, undone
    absent; attestation: undone is withdrawn), timestamp_us, stored_us, rank, evidence_id and statement_id (those of
    the copy stored first).

    Left out: what is not resolved, voided copies, other copies of an act, replays. An act of a trainer of the
    session is there: refusing it is for credit.
    """
    return acts_of(said(teachers))


def acts_of(told: sa.Select[Any]) -> sa.Select[Any]:
    """Select the acts, as `act_states` does, that some rows of `said` come to: all copies of an act, or none."""
    acts = _acts(told)
    return sa.select(*_public(acts)).where(sa.not_(_is_replay(acts)))


def replays(teachers: sa.Select[tuple[int]] | None = None) -> sa.Select[Any]:
    """Select, with the columns of `act_states`, the acts set aside as `rejeu`: they never un-credit."""
    acts = _acts(said(teachers))
    return sa.select(*_public(acts)).where(_is_replay(acts))


def last_states(acts: sa.Select[Any]) -> sa.Select[Any]:
    """Select from `acts` (`act_states()`, perhaps narrowed to a window) the last one of each.

    "Each" is a teacher, session, activity, slot and kind; "last" is by timestamp, then stored, then rank, then
    undone before failed before done, since Moodle says both in one second at a first view. Same columns.
    """
    of = acts.subquery("of")
    each = (of.c.teacher_id, of.c.code, of.c.activity_id, of.c.slot_id, of.c.kind)
    latest = sa.func.row_number().over(partition_by=each, order_by=latest_first(of)).label("latest")
    ranked = sa.select(*of.c, latest).subquery("ranked")
    return sa.select(*_public(ranked)).where(ranked.c.latest == 1)


def latest_first(acts: sa.FromClause) -> tuple[sa.ColumnElement[Any], ...]:
    """Order acts of one thing so that the one that decides comes first (see `last_states`)."""
    weight = sa.case({UNDONE: 0, FAILED: 1}, value=acts.c.state, else_=2)
    return (
        *(acts.c[name].desc() for name in ("timestamp_us", "stored_us", "rank")),
        weight.desc(),
        acts.c.statement_id.desc(),
    )


_PUBLIC = (
    "teacher_id", "code", "activity_id", "slot_id", "kind", "state", "timestamp_us", "stored_us", "rank",
    "evidence_id", "statement_id",
)  # fmt: skip


def _public(source: sa.Subquery) -> list[sa.ColumnElement[Any]]:
    return [source.c[name] for name in _PUBLIC]


def _acts(told: sa.Select[Any]) -> sa.Subquery:
    """One row per act; `done_us`: when the first `completed` of that teacher, object and instant was stored.

    Only completions have copies under other ids. Attendance and attestations are ours: present, absent, present
    again are three acts at the one instant that ends their slot.
    """
    of = told.subquery("said")
    # Numbers come first: a sort then seldom has two addresses to compare.
    same = (of.c.teacher_id, of.c.timestamp_us, of.c.kind, of.c.object_id)
    own_id = sa.case((of.c.kind != "completion", of.c.statement_id))
    copy = sa.func.row_number().over(
        partition_by=(*same, of.c.state, own_id), order_by=(of.c.stored_us, of.c.rank, of.c.statement_id)
    )
    done_us = sa.func.min(sa.case((of.c.state != UNDONE, of.c.stored_us))).over(partition_by=same)
    each = sa.select(*_public(of), copy.label("copy"), done_us.label("done_us")).subquery("copies")
    return sa.select(*each.c).where(each.c.copy == 1).subquery("acts")


def _is_replay(acts: sa.Subquery) -> sa.ColumnElement[bool]:
    return sa.and_(
        acts.c.kind == "completion",
        acts.c.state == UNDONE,
        acts.c.done_us.is_not(None),
        acts.c.stored_us - sa.func.coalesce(acts.c.done_us, acts.c.stored_us) >= REPLAY_US,
    )
