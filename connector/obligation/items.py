"""What a line is made of, one row for a tick or a slot, as set-based SQL (RULES.md sections 2 and 3).

An item is either the completion of an activity without slots or one slot to be signed. Its `verdict` is the rank, in
`VERDICTS`, of `ok` or of the reason that it does not credit. Once a session is attested, each of its activities has an
item whatever was done; so has a line that a person decided on.
Nothing here reads the database: these are expressions, the same on SQLite and PostgreSQL.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from connector.ledger.schema import MAX_US, activity, mailbox, participant, session, slot, trainer
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


def places(teachers: Teachers, heard: sa.FromClause) -> sa.Select[Any]:
    """Select what each of these teachers is to each session: on its list, attested, a trainer; no row for neither.

    Columns: teacher_id, code, groupe and cadre (of the list; cadre is NULL where they are not on it), attested_us (when
    a trainer attested, where the session needs it; NULL else), trains (1 for a trainer, else NULL).
    """
    listed, attested = enrolments(teachers), attestations(heard)
    no_word, no_place = sa.null().cast(sa.BigInteger), sa.null().cast(sa.Text)
    leads = (
        sa.select(mailbox.c.teacher_id, trainer.c.code, no_place, no_place, no_word, sa.literal(1))
        .join(trainer, trainer.c.email == mailbox.c.email)
        .where(mailbox.c.teacher_id.in_(teachers))
    )
    every = sa.union_all(
        sa.select(*listed.c, no_word.label("attested_us"), sa.null().cast(sa.Integer).label("trains")),
        sa.select(attested.c.teacher_id, attested.c.code, no_place, no_place, attested.c.attested_us, sa.null()),
        leads,
    ).subquery("every")
    key = (every.c.teacher_id, every.c.code)
    return sa.select(
        *key, *(sa.func.max(every.c[name]).label(name) for name in ("groupe", "cadre", "attested_us", "trains"))
    ).group_by(*key)


def trains(teacher_id: sa.ColumnElement[Any], code: sa.ColumnElement[Any]) -> sa.Exists:
    """Tell whether the teacher is named among the session's trainers."""
    return sa.exists().where(
        trainer.c.code == code, mailbox.c.email == trainer.c.email, mailbox.c.teacher_id == teacher_id
    )


def plain_items(heard: sa.FromClause, place: sa.FromClause) -> sa.Select[Any]:
    """Select the ticks of activities that never had a slot: one a line, with the columns of `signed_items`."""
    tick = sa.union_all(*_ticks(heard, place, slotted=False)).subquery("tick")
    return sa.select(
        *(tick.c[name] for name in (*LINE, "slot_id")),
        _verdict(tick).label("verdict"),
        tick.c.timestamp_us.label("instant_us"),
        *(tick.c[name] for name in _HOURS),
    )


def signed_items(heard: sa.FromClause, place: sa.FromClause) -> sa.Select[Any]:
    """Select the slots, and the ticks of activities that have some, or had: any number a line.

    Columns: teacher_id, code, activity_id, slot_id (NULL for a tick), verdict, instant_us (of the deciding statement,
    NULL without one), start_us, end_us and minutes of the slot. A line with a mark is signed: a tick that it also has,
    from a version of the activity without slots, does not count.
    """
    every = sa.union_all(*_ticks(heard, place, slotted=True), _marks(heard), _expected(place)).subquery("every")
    line = [every.c[name] for name in LINE]
    is_slot = every.c.slot_id.is_not(None)
    marked = sa.func.max(sa.case((is_slot & every.c.state.is_not(None), 1), else_=0))
    ticked = sa.func.max(sa.case((is_slot, 0), else_=1))
    said_first = sa.case((every.c.state.is_(None), 1), else_=0)
    seen = sa.select(
        every,
        marked.over(partition_by=line).label("marked"),
        ticked.over(partition_by=line).label("ticked"),
        sa.func.row_number().over(partition_by=[*line, every.c.slot_id], order_by=said_first).label("copy"),
    ).subquery("seen")
    as_slot = seen.c.slot_id.is_not(None) & ((seen.c.marked == 1) | (seen.c.ticked == 0))
    as_tick = seen.c.slot_id.is_(None) & (seen.c.marked == 0)
    return sa.select(
        *(seen.c[name] for name in (*LINE, "slot_id")),
        _verdict(seen).label("verdict"),
        seen.c.timestamp_us.label("instant_us"),
        *(seen.c[name] for name in _HOURS),
    ).where(seen.c.copy == 1, as_slot | as_tick)


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


_HOURS = ("start_us", "end_us", "minutes")
_SAID = ("state", "inside", "timestamp_us")
_UNSAID = (
    sa.null().cast(sa.Text).label("state"),
    sa.null().cast(sa.Boolean).label("inside"),
    sa.null().cast(sa.BigInteger).label("timestamp_us"),
)
_NO_SLOT = (
    *(sa.null().cast(sa.BigInteger).label(name) for name in ("start_us", "end_us")),
    sa.null().cast(sa.Integer).label("minutes"),
)


def _ticks(heard: sa.FromClause, place: sa.FromClause, *, slotted: bool) -> tuple[sa.Select[Any], sa.Select[Any]]:
    """The ticks of activities that have, or had, slots, or of the others.

    Those said, and those of lines that an attestation or a decision makes without anything said.
    """
    ticked = heard.alias("ticked")
    made = sa.union(_covered(place), _decided(heard)).subquery("made")
    same = sa.and_(*(ticked.c[name] == made.c[name] for name in LINE), ticked.c.kind == "completion")
    unsaid = (
        sa.select(*(made.c[name] for name in LINE), sa.null().cast(sa.Text).label("slot_id"), *_UNSAID, *_NO_SLOT)
        .select_from(made.outerjoin(ticked, same))
        .where(ticked.c.kind.is_(None), _has_slots(made) if slotted else ~_has_slots(made))
    )
    said = sa.select(*(heard.c[name] for name in (*LINE, "slot_id", *_SAID)), *_NO_SLOT).where(
        heard.c.kind == "completion", _has_slots(heard) if slotted else ~_has_slots(heard)
    )
    return said, unsaid


def _has_slots(of: sa.FromClause) -> sa.Exists:
    return sa.exists(
        sa.select(slot.c.code).where(slot.c.code == of.c.code, slot.c.activity_id == of.c.activity_id).correlate(of)
    )


def _marks(heard: sa.FromClause) -> sa.Select[Any]:
    """Marks of signed slots, with the hours that the slot had at their instant."""
    same = {name: heard.c[name] for name in ("code", "activity_id", "slot_id")}
    return (
        sa.select(*(heard.c[name] for name in (*LINE, "slot_id", *_SAID)), *(slot.c[name] for name in _HOURS))
        .join(slot, in_force(slot, heard.c.timestamp_us, **same))
        .where(heard.c.kind == "attendance")
    )


def _expected(place: sa.FromClause) -> sa.Select[Any]:
    """Slots where the people on the list are expected: those of their group, or of no group."""
    theirs = sa.or_(slot.c.groupe.is_(None), place.c.groupe.is_(None), slot.c.groupe == place.c.groupe)
    return (
        sa.select(
            place.c.teacher_id,
            *(slot.c[name] for name in ("code", "activity_id", "slot_id")),
            *_UNSAID,
            *(slot.c[name] for name in _HOURS),
        )
        .join(slot, slot.c.code == place.c.code)
        .where(place.c.cadre.is_not(None), newest(slot), slot.c.gone_us == MAX_US, theirs)
    )


def _covered(place: sa.FromClause) -> sa.Select[Any]:
    """The lines of credited activities of the sessions attested for a teacher, those removed since included."""
    return sa.select(place.c.teacher_id, place.c.code, activity.c.activity_id).join(
        activity,
        sa.and_(
            in_force(activity, place.c.attested_us, code=place.c.code),
            place.c.attested_us < activity.c.gone_us,
            activity.c.credite,
            activity.c.modalite != "en_classe",
        ),
    )


def _decided(heard: sa.FromClause) -> sa.Select[Any]:
    decided = decisions(heard).subquery("decided")
    return sa.select(*(decided.c[name] for name in LINE))


def decisions(heard: sa.FromClause) -> sa.Select[Any]:
    """Select the decisions in force, at most one a line, of the rows of `heard`: `done` grants, `failed` refuses."""
    return sa.select(heard).where(heard.c.kind == "decision", heard.c.state != "undone")


def attestations(heard: sa.FromClause) -> sa.Subquery:
    """The attestations in force, of sessions that need one: teacher_id, code, attested_us."""
    needed = (session.c.code == heard.c.code) & (session.c.validation == "attestation")
    return (
        sa.select(heard.c.teacher_id, heard.c.code, heard.c.timestamp_us.label("attested_us"))
        .join(session, needed)
        .where(heard.c.kind == "attestation", heard.c.state == "done")
        .subquery("attested")
    )
