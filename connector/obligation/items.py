"""What decides a line, one row for a tick or a slot, as set-based SQL (RULES.md sections 2 and 3).

An item is either the completion of an activity without slots or one slot to be signed. Its `verdict` is the rank, in
`VERDICTS`, of `ok` or of the reason that it does not credit. Once a session is attested, each of its activities has an
item whatever was done; so has a line that a person decided on.
Nothing here reads the database: these are expressions, the same on SQLite and PostgreSQL.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from connector.ledger.schema import MAX_US, activity, mailbox, participant, session, slot, trainer
from connector.ledger.states import last_states, latest_first
from connector.ledger.versions import in_force, newest

Teachers = sa.Select[tuple[int]]
"""A query that selects ids of teachers: whose lines are wanted."""

LINE = ("teacher_id", "code", "activity_id")
"""The key of a line."""

_BYTES = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def by_bytes(text: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """Order a text by its code points on every database: ties must not depend on a server's language."""
    return sa.cast(text, _BYTES)


def enrolments(teachers: Teachers) -> sa.CTE:
    """Teacher, session, group and cadre: each teacher's place on each session's list.

    Somebody who is listed twice has the place of their main address.
    """
    rank = sa.func.row_number().over(
        partition_by=(mailbox.c.teacher_id, participant.c.code),
        order_by=(mailbox.c.main.desc(), by_bytes(participant.c.email)),
    )
    listed = (
        sa.select(
            mailbox.c.teacher_id, *(participant.c[name] for name in ("code", "groupe", "cadre")), rank.label("rank")
        )
        .join(participant, participant.c.email == mailbox.c.email)
        .where(mailbox.c.teacher_id.in_(teachers))
        .subquery()
    )
    return (
        sa.select(*(listed.c[name] for name in ("teacher_id", "code", "groupe", "cadre")))
        .where(listed.c.rank == 1)
        .cte("enrolment")
    )


def trains(teacher_id: sa.ColumnElement[Any], code: sa.ColumnElement[Any]) -> sa.Exists:
    """Tell whether the teacher is named among the session's trainers."""
    return sa.exists().where(
        trainer.c.code == code, mailbox.c.email == trainer.c.email, mailbox.c.teacher_id == teacher_id
    )


def items(acts: sa.FromClause, enrolled: sa.CTE) -> sa.CTE:
    """One row for each tick or slot that bears on a line.

    Columns: teacher_id, code, activity_id, slot_id (NULL for a tick), verdict, instant_us (of the deciding statement,
    NULL without one), start_us, end_us and minutes of the slot, attested_us (when a trainer attested the session for
    the teacher; NULL where it is not, or needs no attestation), cadre (of the teacher's place on the session's list;
    NULL without one), granted_us and refused_us (when a person decided on the line, at most one of them). A line with a
    mark is signed: a tick that it also has, from a version of the activity without slots, does not count.
    """
    said = counted(acts)
    every = sa.union_all(
        _ticks(said), _marks(said), _expected(enrolled), _covered(acts), _decided(acts), _listed(enrolled)
    ).subquery()
    line = [every.c[name] for name in LINE]
    is_slot = every.c.slot_id.is_not(None)
    marked = sa.func.max(sa.case((is_slot & every.c.state.is_not(None), 1), else_=0))
    ticked = sa.func.max(sa.case((is_slot, 0), else_=1))
    copy = sa.func.row_number().over(partition_by=[*line, every.c.slot_id], order_by=_deciding_first(every))
    seen = sa.select(
        every,
        marked.over(partition_by=line).label("marked"),
        ticked.over(partition_by=line).label("ticked"),
        copy.label("copy"),
        *(sa.func.max(every.c[name]).over(partition_by=line[:2]).label(f"session_{name}") for name in _OF_SESSION),
        *(sa.func.max(every.c[name]).over(partition_by=line).label(f"line_{name}") for name in _DECIDED),
    ).subquery()
    as_slot = seen.c.slot_id.is_not(None) & ((seen.c.marked == 1) | (seen.c.ticked == 0))
    as_tick = seen.c.slot_id.is_(None) & (seen.c.marked == 0)
    return (
        sa.select(
            *(seen.c[name] for name in (*LINE, "slot_id")),
            _verdict(seen).label("verdict"),
            seen.c.timestamp_us.label("instant_us"),
            *(seen.c[name] for name in ("start_us", "end_us", "minutes")),
            *(seen.c[f"session_{name}"].label(name) for name in _OF_SESSION),
            *(seen.c[f"line_{name}"].label(name) for name in _DECIDED),
        )
        .where(seen.c.copy == 1, seen.c.activity_id.is_not(None), as_slot | as_tick)
        .cte("item")
    )


VERDICTS = ("ok", "non_emarge", "absent", "annule", "echoue", "hors_periode")
"""What an item comes to, the one that says most of its line first; a query has their rank in this order."""


def ordinal(verdict: str) -> int:
    """Return the rank that stands for a verdict in queries."""
    return VERDICTS.index(verdict)


def _verdict(item: sa.FromClause) -> sa.Case[int]:
    return sa.case(
        (item.c.state.is_(None), ordinal("non_emarge")),
        ((item.c.state == "undone") & item.c.slot_id.is_not(None), ordinal("absent")),
        (item.c.state == "undone", ordinal("annule")),
        (item.c.state == "failed", ordinal("echoue")),
        (~item.c.inside, ordinal("hors_periode")),
        else_=ordinal("ok"),
    )


def counted(acts: sa.FromClause) -> sa.CTE:
    """The ticks and marks, with `inside`: whether the session's window holds their timestamp.

    What Moodle ticked while the activity was to be signed is not among acts: `ledger.resolve` set it aside.
    """
    inside = acts.c.timestamp_us.between(session.c.window_start_us, session.c.window_end_us - 1)
    return (
        sa.select(acts, inside.label("inside"))
        .join(session, session.c.code == acts.c.code)
        .where(acts.c.kind.in_(("completion", "attendance")))
        .cte("counted")
    )


def _deciding_first(every: sa.FromClause) -> tuple[sa.ColumnElement[Any], ...]:
    """Order the rows of one tick or slot so that what decides it comes first.

    The last act inside the session's window; where none is inside, the last that says done, else the last. Any act
    comes before a row that only says that the tick or slot is there.
    """
    stage = sa.case((every.c.state.is_(None), 3), (every.c.inside, 0), (every.c.state == "done", 1), else_=2)
    return (stage, *latest_first(every))


_ACT = (*LINE, "slot_id", "state", "inside", "timestamp_us", "stored_us", "rank", "statement_id")
_HOURS = ("start_us", "end_us", "minutes")
_NO_STATEMENT: tuple[sa.ColumnElement[Any], ...] = (
    sa.null().cast(sa.Text).label("state"),
    sa.null().cast(sa.Boolean).label("inside"),
    *(sa.null().cast(sa.BigInteger).label(name) for name in ("timestamp_us", "stored_us")),
    sa.null().cast(sa.Integer).label("rank"),
    sa.null().cast(sa.Uuid).label("statement_id"),
)
_NO_SLOT = (
    *(sa.null().cast(sa.BigInteger).label(name) for name in ("start_us", "end_us")),
    sa.null().cast(sa.Integer).label("minutes"),
)
_DECIDED = ("granted_us", "refused_us")
_OF_SESSION = ("attested_us", "cadre")
_NO_PLACE = sa.null().cast(sa.Text).label("cadre")
_NO_WORD = tuple(sa.null().cast(sa.BigInteger).label(name) for name in ("attested_us", *_DECIDED))
"""Neither attested nor decided."""


def _ticks(said: sa.CTE) -> sa.Select[Any]:
    return sa.select(*(said.c[name] for name in _ACT), *_NO_SLOT, *_NO_WORD, _NO_PLACE).where(said.c.slot_id.is_(None))


def _marks(said: sa.CTE) -> sa.Select[Any]:
    """Marks of signed slots, with the hours that the slot had at their instant."""
    same = {name: said.c[name] for name in ("code", "activity_id", "slot_id")}
    return sa.select(*(said.c[name] for name in _ACT), *(slot.c[name] for name in _HOURS), *_NO_WORD, _NO_PLACE).join(
        slot, in_force(slot, said.c.timestamp_us, **same)
    )


def _listed(enrolled: sa.CTE) -> sa.Select[Any]:
    """The place on the session's list: a row of no activity, for what is known of teacher and session."""
    return sa.select(
        enrolled.c.teacher_id,
        enrolled.c.code,
        *(sa.null().cast(sa.Text).label(name) for name in ("activity_id", "slot_id")),
        *_NO_STATEMENT,
        *_NO_SLOT,
        *_NO_WORD,
        enrolled.c.cadre,
    )


def _expected(enrolled: sa.CTE) -> sa.Select[Any]:
    """Slots where the people on the list are expected: those of their group, or of no group."""
    theirs = sa.or_(slot.c.groupe.is_(None), enrolled.c.groupe.is_(None), slot.c.groupe == enrolled.c.groupe)
    return (
        sa.select(
            enrolled.c.teacher_id,
            *(slot.c[name] for name in ("code", "activity_id", "slot_id")),
            *_NO_STATEMENT,
            *(slot.c[name] for name in _HOURS),
            *_NO_WORD,
            _NO_PLACE,
        )
        .join(slot, slot.c.code == enrolled.c.code)
        .where(newest(slot), slot.c.gone_us == MAX_US, theirs)
    )


def _covered(acts: sa.FromClause) -> sa.Select[Any]:
    """The credited activities of the sessions that are attested for a teacher, those removed since included."""
    attested = attestations(acts)
    return sa.select(
        attested.c.teacher_id,
        attested.c.code,
        activity.c.activity_id,
        sa.null().cast(sa.Text).label("slot_id"),
        *_NO_STATEMENT,
        *_NO_SLOT,
        attested.c.timestamp_us.label("attested_us"),
        *_NO_WORD[1:],
        _NO_PLACE,
    ).join(
        activity,
        sa.and_(
            in_force(activity, attested.c.timestamp_us, code=attested.c.code),
            attested.c.timestamp_us < activity.c.gone_us,
            activity.c.credite,
            activity.c.modalite != "en_classe",
        ),
    )


def _decided(acts: sa.FromClause) -> sa.Select[Any]:
    """The lines that a person grants or refuses, until the decision is withdrawn."""
    decided = decisions(acts)
    granted = decided.c.state == "done"
    return sa.select(
        *(decided.c[name] for name in (*LINE, "slot_id")),
        *_NO_STATEMENT,
        *_NO_SLOT,
        _NO_WORD[0],
        sa.case((granted, decided.c.timestamp_us)).label("granted_us"),
        sa.case((~granted, decided.c.timestamp_us)).label("refused_us"),
        _NO_PLACE,
    )


def decisions(acts: sa.FromClause) -> sa.Subquery:
    """The decisions in force, at most one a line, with the columns of `acts`: `done` grants, `failed` refuses."""
    last = last_states(sa.select(acts).where(acts.c.kind == "decision")).subquery()
    return sa.select(last).where(last.c.state != "undone").subquery("decided")


def attestations(acts: sa.FromClause) -> sa.Subquery:
    """The attestations in force, one row per teacher and session that needs one, with the columns of `acts`."""
    last = last_states(sa.select(acts).where(acts.c.kind == "attestation")).subquery()
    needed = (session.c.code == last.c.code) & (session.c.validation == "attestation")
    return sa.select(last).join(session, needed).where(last.c.state == "done").subquery("attested")
