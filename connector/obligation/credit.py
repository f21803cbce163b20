"""Credit as set-based SQL: from what was heard to the rows of `line` (RULES.md section 3).

The queries hold no connection and run the same on SQLite and PostgreSQL. A line is one tick, or some slots that are
added up; each is judged once: who, what, when. Then its slots are compared with those of the teacher's other lines, and
doubles are refused.

    heard ─┬─ ticks ─────────────► judged ───────────────────────────┬─► lines ─► doubles
           └─ slots ─► added up ─► judged ─► without what overlaps ──┘
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from connector.ledger.schema import activity, service
from connector.ledger.versions import in_force
from connector.obligation.heard import heard
from connector.obligation.items import (
    LINE,
    VERDICTS,
    Known,
    by_bytes,
    decided_lines,
    marks,
    ordinal,
    places,
    slot_items,
    tick_items,
)

if TYPE_CHECKING:
    from connector.obligation.items import Teachers

WAITING = ("a_attester", "non_emarge")
"""Reasons that wait for a person; a line with any other one is refused."""

OUTSIDE = ("second_degre", "paf")
"""Reasons that say nothing of what was done: the line is outside the 18 hours."""

_OF_LINE = (*LINE, "annee_scolaire", "modalite", "nature", "theme", "instant_us", "hors_liste")
_OF_PARCOURS = ("parcours_key", "locale", "siblings")


@dataclass(frozen=True)
class Credit:
    """Two queries over some teachers: `lines` before doubles are refused; `overlaps` the refused slots.

    `lines` has the columns of `line`, and what `doubles` needs. `overlaps` gives teacher_id, code, activity_id, slot_id
    and the slot that stays: other_code, other_activity_id, other_slot_id. It compares slots two by two: meant for one
    teacher.
    """

    lines: sa.Select[Any]
    overlaps: sa.Select[Any]


def credit(known: Known, *, outside: bool = False) -> Credit:
    """Return the queries for the teachers of whom `known` is.

    Each line depends on its own teacher only. With `outside`, what is outside the 18 hours is judged like the rest.
    """
    slots = slot_items(known).cte("slot_item").prefix_with("MATERIALIZED")
    ticked = _judged(_dated(tick_items(known).subquery("tick_item"), known), outside).subquery("ticked")
    signed = _judged(_dated(_added_up(slots), known), outside).cte("signed").prefix_with("MATERIALIZED")
    compared = _compared(slots, signed)
    kept = sa.union_all(_whole(ticked), _without_overlaps(signed, compared)).subquery("kept")
    return Credit(_lines(kept), _overlaps(compared))


def known_of(teachers: Teachers) -> Known:
    """Return what credit is made of about few teachers, in one query: many are put aside first (`line_writing`)."""
    said = heard(teachers).cte("heard").prefix_with("MATERIALIZED")
    apart = (marks(said).cte("mark"), decided_lines(said).cte("decided"), places(teachers, said).cte("place"))
    return Known(said, *(one.prefix_with("MATERIALIZED") for one in apart))


def doubles(lines: sa.FromClause) -> sa.Select[Any]:
    """Select the keys of credited lines that come after another of the same activity of the same parcours, in a year.

    Looked for among the parcours that a teacher follows in several sessions of the year.
    """
    same = [lines.c[name] for name in ("teacher_id", "annee_scolaire", "parcours_key", "activity_id")]
    rank = sa.func.row_number().over(partition_by=same, order_by=(lines.c.instant_us, by_bytes(lines.c.code)))
    ranked = (
        sa.select(*(lines.c[name] for name in LINE), rank.label("rank"))
        .where(lines.c.motif.is_(None), ~lines.c.locale, lines.c.siblings > 1)
        .subquery("ranked")
    )
    return sa.select(*(ranked.c[name] for name in LINE)).where(ranked.c.rank > 1)


def _added_up(slots: sa.CTE) -> sa.Subquery:
    """The lines of slots: the verdict that says most of the line, and the figures of its slots.

    `instant_us` is that of the deciding statement: of the last slot that is `ok`, else of the last one; `end_us` the
    end of the last slot, which dates a line that nobody signed.
    """
    ok, absent = slots.c.verdict == ordinal("ok"), slots.c.verdict == ordinal("absent")
    signed_us = sa.func.max(sa.case((ok, slots.c.instant_us)))
    line = [slots.c[name] for name in LINE]
    return (
        sa.select(
            *line,
            sa.func.min(slots.c.verdict).label("verdict"),
            sa.func.coalesce(signed_us, sa.func.max(slots.c.instant_us)).label("instant_us"),
            sa.func.max(slots.c.end_us).label("end_us"),
            _total(ok, slots.c.minutes).label("signed_min"),
            _total(ok, sa.literal(1)).label("signed"),
            _total(absent, slots.c.minutes).label("absent_min"),
        )
        .group_by(*line)
        .subquery("added_up")
    )


def _dated(line: sa.Subquery, known: Known) -> sa.Subquery:
    """Lines with the teacher's place in their session, and with the words of people: granted, refused, attested.

    They settle a line: `instant_us` is then theirs, and who vouches for a line says `ok`. `at_us` picks versions and
    services: the same instant, else the end of the last slot.
    """
    place, decided = known.place, known.decided
    spoken = sa.func.coalesce(decided.c.granted_us, decided.c.refused_us, place.c.attested_us)
    vouched = decided.c.granted_us.is_not(None) | place.c.attested_us.is_not(None)
    instant = sa.func.coalesce(spoken, line.c.instant_us)
    return (
        sa.select(
            *(column for column in line.c if column.name not in {"verdict", "instant_us"}),
            *(column for column in place.c if column.name not in {"teacher_id", "code", "groupe"}),
            *(decided.c[name] for name in ("granted_us", "refused_us")),
            sa.case((vouched, ordinal("ok")), else_=line.c.verdict).label("verdict"),
            instant.label("instant_us"),
            sa.func.coalesce(instant, line.c.end_us).label("at_us"),
        )
        .select_from(line)
        .join(place, sa.and_(*(place.c[name] == line.c[name] for name in LINE[:2])))
        .outerjoin(decided, sa.and_(*(decided.c[name] == line.c[name] for name in LINE)))
        .subquery("dated")
    )


def _judged(dated: sa.Subquery, outside: bool) -> sa.Select[Any]:  # noqa: FBT001 - as `credit` was asked
    """Lines with the version of their activity, and the first reason not to credit them."""
    facts = (
        sa.select(
            dated,
            *(activity.c[name] for name in ("duree_min", "modalite", "locale", "credite")),
            _second_degree(dated.c.teacher_id, dated.c.at_us).label("second_degree"),
        )
        .join(activity, in_force(activity, dated.c.at_us, code=dated.c.code, activity_id=dated.c.activity_id))
        .subquery("facts")
    )
    waits = (facts.c.validation == "attestation") & facts.c.attested_us.is_(None) & facts.c.granted_us.is_(None)
    frame = sa.func.coalesce(facts.c.cadre, facts.c.session_cadre)
    apart = () if outside else ((facts.c.second_degree == 1, OUTSIDE[0]), (frame == "paf", OUTSIDE[1]))
    motif = sa.case(
        *apart,
        (facts.c.trains == 1, "formateur"),
        (facts.c.refused_us.is_not(None), "decision"),
        (~facts.c.credite | (facts.c.modalite == "en_classe"), "non_credite"),
        (waits, "a_attester"),
        *((facts.c.verdict == ordinal(name), name) for name in VERDICTS[1:]),
    )
    return sa.select(facts, motif.label("motif"))


def _compared(slots: sa.CTE, signed: sa.CTE) -> sa.CTE:
    """The signed slots of the lines that would be credited, with `gives_way`, whether (1) or not.

    A slot gives way to another one that it overlaps and that comes first: by start, then session code, slot id,
    activity id. That of a line that a person granted never does.
    """
    same = sa.and_(*(signed.c[name] == slots.c[name] for name in LINE))
    earlier_end = sa.func.max(slots.c.end_us).over(
        partition_by=slots.c.teacher_id, order_by=_precedence(slots), rows=(None, -1)
    )
    yields = signed.c.granted_us.is_(None) & (earlier_end > slots.c.start_us)
    return (
        sa.select(
            *(slots.c[name] for name in (*LINE, "slot_id", "start_us", "end_us", "minutes")),
            sa.case((yields, 1), else_=0).label("gives_way"),
        )
        .join(signed, same)
        .where(slots.c.verdict == ordinal("ok"), signed.c.motif.is_(None))
        .cte("compared")
    )


def _second_degree(who: sa.ColumnElement[Any], at_us: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    """Whether the teacher is of the second degree at an instant (1, else 0).

    The roster's row in force decides, else the nearest one; of several, one in the first degree is enough: the least
    of twice the distance, plus one for the second degree, is odd.
    """
    away = sa.case(
        (service.c.start_us > at_us, service.c.start_us - at_us),
        (service.c.end_us <= at_us, at_us - service.c.end_us + 1),
        else_=0,
    )
    nearest = sa.func.min(away * 2 + sa.case((service.c.degre == "2D", 1), else_=0))
    ever = who.in_(sa.select(service.c.teacher_id).where(service.c.degre == "2D"))
    return sa.case((ever, sa.select(nearest % 2).where(service.c.teacher_id == who).scalar_subquery()), else_=0)


def _precedence(slots: sa.FromClause) -> list[sa.ColumnElement[Any]]:
    return [slots.c.start_us, *(by_bytes(slots.c[name]) for name in ("code", "slot_id", "activity_id"))]


def _overlaps(compared: sa.CTE) -> sa.Select[Any]:
    """Slots that give way, each with the first of those that it gives way to."""
    late, early = compared.alias("late"), compared.alias("early")
    key = [late.c[name] for name in (*LINE, "slot_id")]
    pairs = (
        sa.select(
            *key,
            *(early.c[name].label(f"other_{name}") for name in ("code", "activity_id", "slot_id")),
            sa.func.row_number().over(partition_by=key, order_by=_precedence(early)).label("rank"),
        )
        .join(early, (early.c.teacher_id == late.c.teacher_id) & (early.c.end_us > late.c.start_us))
        .where(late.c.gives_way == 1, sa.tuple_(*_precedence(early)) < sa.tuple_(*_precedence(late)))
        .subquery()
    )
    return sa.select(*(column for column in pairs.c if column.name != "rank")).where(pairs.c.rank == 1)


def _whole(ticked: sa.Subquery) -> sa.Select[Any]:
    """The lines of ticks: the planned minutes."""
    return sa.select(
        *(ticked.c[name] for name in (*_OF_LINE, *_OF_PARCOURS)),
        ticked.c.duree_min.label("minutes_prevues"),
        ticked.c.duree_min.label("minutes"),
        ticked.c.motif,
        sa.false().label("chevauchement"),
    )


def _without_overlaps(signed: sa.CTE, compared: sa.CTE) -> sa.Select[Any]:
    """The lines of slots, with the minutes that stay, at most the planned ones.

    Those of the slots kept; once attested, the planned ones less the slots absent or given way; the planned ones where
    a person granted the line.
    """
    key = [compared.c[name] for name in LINE]
    lost = sa.select(*key, sa.func.sum(compared.c.minutes).label("minutes"), sa.func.count().label("slots"))
    way = lost.where(compared.c.gives_way == 1).group_by(*key).subquery("way")
    given, slots_given = sa.func.coalesce(way.c.minutes, 0), sa.func.coalesce(way.c.slots, 0)
    planned, attested, granted = signed.c.duree_min, signed.c.attested_us.is_not(None), signed.c.granted_us.is_not(None)
    gone = signed.c.absent_min + given
    total = sa.case((granted, planned), (attested, planned - gone), else_=signed.c.signed_min - given)
    emptied = sa.case((attested, (gone > 0) & (gone >= planned)), else_=signed.c.signed == slots_given)
    motif = sa.case(
        (signed.c.motif.is_not(None) | granted, signed.c.motif),
        (emptied & attested & (signed.c.absent_min > 0), "absent"),
        (emptied, "chevauchement"),
    )
    return sa.select(
        *(signed.c[name] for name in (*_OF_LINE, *_OF_PARCOURS)),
        planned.label("minutes_prevues"),
        sa.case((total < planned, total), else_=planned).label("minutes"),
        motif.label("motif"),
        (slots_given > 0).label("chevauchement"),
    ).select_from(signed.outerjoin(way, sa.and_(*(way.c[name] == signed.c[name] for name in LINE))))


def _total(which: sa.ColumnElement[bool], number: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((which, number), else_=0))


def _lines(kept: sa.Subquery) -> sa.Select[Any]:
    credited = kept.c.motif.is_(None)
    return sa.select(
        *(column for column in kept.c if column.name != "minutes"),
        sa.case((credited, kept.c.minutes), else_=0).label("minutes"),
        sa.case((credited, "credite"), (kept.c.motif.in_(WAITING), "en_attente"), else_="refuse").label("decision"),
    )
