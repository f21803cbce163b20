"""What a line is made of, one row for a tick or a slot, as set-based SQL (RULES.md sections 2 and 3).

An item is either the completion of an activity without slots or one slot to be signed. Its `verdict` is the rank, in
`VERDICTS`, of `ok` or of the reason that it does not credit. Once a session is attested, each of its activities has an
item whatever was done; so has a line that a person decided on.
Nothing here reads the database: these are expressions, the same on SQLite and PostgreSQL.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from connector.ledger.schema import MAX_US, activity, mailbox, participant, session, slot, trainer
from connector.ledger.versions import in_force, newest

if TYPE_CHECKING:
    from collections.abc import Sequence

Teachers = sa.Select[tuple[int]]
"""A query that selects ids of teachers: whose lines are wanted."""

LINE = ("teacher_id", "code", "activity_id")
"""The key of a line."""


@dataclass(frozen=True)
class Known:
    """What credit is made of, about some teachers: `heard`, its marks and its decided lines apart, and `places`."""

    heard: sa.FromClause
    marks: sa.FromClause
    decided: sa.FromClause
    place: sa.FromClause


def among(column: sa.ColumnElement[int], batch: Sequence[int]) -> sa.ColumnElement[bool]:
    """Pick the rows of some teachers.

    Their ids are written into the query, since drivers are slow at as many values; the first and the last tell a
    planner that knows nothing yet of lines just written how few of them these are.
    """
    ids: sa.BindParameter[Any] = sa.bindparam(None, batch, expanding=True, literal_execute=True)
    return column.in_(ids) & column.between(min(batch), max(batch)) if batch else sa.false()


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
    """Select what each session that concerns these teachers is, and what they are to it: one row each.

    Sessions concern those on their list, those attested, their trainers, and whoever something was heard of. Columns:
    teacher_id, code; groupe and cadre (of the list; cadre is NULL where they are not on it), attested_us (when a
    trainer attested, where the session needs it; NULL else), trains (1 for a trainer, else NULL); annee_scolaire,
    parcours_key, nature, theme, validation and session_cadre of the session; hors_liste, whether the session has a
    list that they should be on; siblings, how many of these sessions are of the same parcours in the same year.
    """
    listed, attested = enrolments(teachers), attestations(heard)
    no_word, no_place, no_role = (sa.null().cast(kind) for kind in (sa.BigInteger, sa.Text, sa.Integer))
    leads = (
        sa.select(mailbox.c.teacher_id, trainer.c.code, no_place, no_place, no_word, sa.literal(1))
        .join(trainer, trainer.c.email == mailbox.c.email)
        .where(mailbox.c.teacher_id.in_(teachers))
    )
    every = sa.union_all(
        sa.select(*listed.c, no_word.label("attested_us"), no_role.label("trains")),
        sa.select(attested.c.teacher_id, attested.c.code, no_place, no_place, attested.c.attested_us, no_role),
        leads,
        sa.select(heard.c.teacher_id, heard.c.code, no_place, no_place, no_word, no_role).distinct(),
    ).subquery("every")
    key = (every.c.teacher_id, every.c.code)
    each = sa.select(*key, *(sa.func.max(every.c[name]).label(name) for name in _PLACE)).group_by(*key).subquery("each")
    has_list = sa.exists().where(participant.c.code == each.c.code)
    parcours = (each.c.teacher_id, session.c.annee_scolaire, session.c.parcours_key)
    return sa.select(
        *each.c,
        *(session.c[name] for name in _SESSION),
        session.c.cadre.label("session_cadre"),
        sa.case((each.c.cadre.is_not(None) | each.c.trains.is_not(None), sa.false()), else_=has_list).label(
            "hors_liste"
        ),
        sa.func.count().over(partition_by=parcours).label("siblings"),
    ).join(session, session.c.code == each.c.code)


_PLACE = ("groupe", "cadre", "attested_us", "trains")
_SESSION = ("annee_scolaire", "parcours_key", "nature", "theme", "validation")


def trains(teacher_id: sa.ColumnElement[Any], code: sa.ColumnElement[Any]) -> sa.Exists:
    """Tell whether the teacher is named among the session's trainers."""
    return sa.exists().where(
        trainer.c.code == code, mailbox.c.email == trainer.c.email, mailbox.c.teacher_id == teacher_id
    )


def tick_items(known: Known) -> sa.Select[Any]:
    """Select the ticks, one a line: those said, and those of lines that a person's word makes without anything said.

    Columns: teacher_id, code, activity_id, verdict, instant_us (of the deciding statement, NULL without one) and end_us
    (NULL: it has no hours). A line with a mark is signed: a tick that it also has, from a version of the activity
    without slots, does not count.
    """
    every = sa.union_all(*_ticks(known)).subquery("every")
    columns = (*(every.c[name] for name in LINE), sa.null().cast(sa.BigInteger).label("end_us"))
    return _with_verdict(every, *columns).where(~_said(known.marks, every))


def slot_items(known: Known) -> sa.Select[Any]:
    """Select the slots of the lines that are signed: any number a line.

    Columns: those of `tick_items`, slot_id, and start_us, end_us and minutes of the slot. A line that has a tick and no
    mark is none.
    """
    tick = sa.union_all(*_ticks(known)).subquery("tick")
    ticked = sa.select(*(tick.c[name] for name in LINE)).where(_has_slots(tick))
    waits = _expected(known).subquery("waits")
    signed = _said(known.marks, waits) | sa.tuple_(*(waits.c[name] for name in LINE)).not_in(ticked)
    every = sa.union_all(_signed(known.marks), sa.select(waits).where(signed)).subquery("every")
    return _with_verdict(every, *(every.c[name] for name in (*LINE, "slot_id", *_HOURS)))


def _said(of: sa.FromClause, line: sa.FromClause, *more: str) -> sa.Exists:
    """Tell whether some rows of what was heard are of a line, or of one slot of it."""
    other = of.alias()
    same = (other.c[name] == line.c[name] for name in (*LINE, *more))
    return sa.exists(sa.select(other.c.code).where(*same).correlate(line))


VERDICTS = ("ok", "non_emarge", "absent", "annule", "echoue", "hors_periode")
"""What an item comes to, the one that says most of its line first; a query has their rank in this order."""


def ordinal(verdict: str) -> int:
    """Return the rank that stands for a verdict in queries."""
    return VERDICTS.index(verdict)


def _with_verdict(item: sa.FromClause, *columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Items with what they come to, and the instant of the statement that decides."""
    verdict = sa.case(
        (item.c.state.is_(None), ordinal("non_emarge")),
        ((item.c.state == "undone") & item.c.slot_id.is_not(None), ordinal("absent")),
        (item.c.state == "undone", ordinal("annule")),
        (item.c.state == "failed", ordinal("echoue")),
        (~item.c.inside, ordinal("hors_periode")),
        else_=ordinal("ok"),
    )
    return sa.select(*columns, verdict.label("verdict"), item.c.timestamp_us.label("instant_us"))


_HOURS = ("start_us", "end_us", "minutes")
_SAID = ("state", "inside", "timestamp_us")
_UNSAID = (
    sa.null().cast(sa.Text).label("state"),
    sa.null().cast(sa.Boolean).label("inside"),
    sa.null().cast(sa.BigInteger).label("timestamp_us"),
)


def _ticks(known: Known) -> tuple[sa.Select[Any], sa.Select[Any]]:
    """The ticks said, and those of lines that an attestation or a decision makes without anything said."""
    tick = known.heard.alias()
    columns = (*LINE, "slot_id", *_SAID)
    said = sa.select(*(tick.c[name] for name in columns)).where(tick.c.kind == "completion")
    made = sa.union(_covered(known.place), sa.select(*(known.decided.c[name] for name in LINE))).subquery("made")
    unsaid = sa.select(*(made.c[name] for name in LINE), sa.null().cast(sa.Text).label("slot_id"), *_UNSAID)
    return said, unsaid.where(~_said(said.subquery("said"), made))


def _has_slots(of: sa.FromClause) -> sa.Exists:
    return sa.exists(
        sa.select(slot.c.code).where(slot.c.code == of.c.code, slot.c.activity_id == of.c.activity_id).correlate(of)
    )


def _signed(marks: sa.FromClause) -> sa.Select[Any]:
    """Marks of signed slots, with the hours that the slot had at their instant."""
    same = {name: marks.c[name] for name in ("code", "activity_id", "slot_id")}
    return sa.select(*(marks.c[name] for name in (*LINE, "slot_id", *_SAID)), *(slot.c[name] for name in _HOURS)).join(
        slot, in_force(slot, marks.c.timestamp_us, **same)
    )


def _expected(known: Known) -> sa.Select[Any]:
    """Slots without a mark where the people on the list are expected: those of their group, or of no group."""
    place = known.place
    theirs = sa.or_(slot.c.groupe.is_(None), place.c.groupe.is_(None), slot.c.groupe == place.c.groupe)
    expected = (
        sa.select(place.c.teacher_id, *(slot.c[name] for name in ("code", "activity_id", "slot_id", *_HOURS)))
        .join(slot, slot.c.code == place.c.code)
        .where(place.c.cadre.is_not(None), newest(slot), slot.c.gone_us == MAX_US, theirs)
        .subquery("expected")
    )
    columns = (*(expected.c[name] for name in (*LINE, "slot_id")), *_UNSAID, *(expected.c[name] for name in _HOURS))
    return sa.select(*columns).where(~_said(known.marks, expected, "slot_id"))


def _covered(place: sa.FromClause) -> sa.Select[Any]:
    """The lines of credited activities of the sessions attested for a teacher, those removed since included."""
    attested = place.alias()
    there = (
        in_force(activity, attested.c.attested_us, code=attested.c.code),
        attested.c.attested_us < activity.c.gone_us,
        activity.c.credite,
        activity.c.modalite != "en_classe",
    )
    return (
        sa.select(attested.c.teacher_id, attested.c.code, activity.c.activity_id)
        .join(activity, sa.and_(*there))
        .where(attested.c.attested_us.is_not(None))
    )


def marks(heard: sa.FromClause) -> sa.Select[Any]:
    """Select what was heard of slots."""
    return sa.select(heard).where(heard.c.kind == "attendance")


def decisions(heard: sa.FromClause) -> sa.Select[Any]:
    """Select the decisions in force, at most one a line, of the rows of `heard`: `done` grants, `failed` refuses."""
    return sa.select(heard).where(heard.c.kind == "decision", heard.c.state != "undone")


def decided_lines(heard: sa.FromClause) -> sa.Select[Any]:
    """Select the lines that a person decided, with granted_us or refused_us: when they did."""
    decided = decisions(heard).subquery("decided")
    granted = decided.c.state == "done"
    return sa.select(
        *(decided.c[name] for name in LINE),
        sa.case((granted, decided.c.timestamp_us)).label("granted_us"),
        sa.case((~granted, decided.c.timestamp_us)).label("refused_us"),
    )


def attestations(heard: sa.FromClause) -> sa.Subquery:
    """The attestations in force, of sessions that need one: teacher_id, code, attested_us."""
    needed = (session.c.code == heard.c.code) & (session.c.validation == "attestation")
    return (
        sa.select(heard.c.teacher_id, heard.c.code, heard.c.timestamp_us.label("attested_us"))
        .join(session, needed)
        .where(heard.c.kind == "attestation", heard.c.state == "done")
        .subquery("attested")
    )
