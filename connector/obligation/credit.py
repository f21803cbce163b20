"""Credit as set-based SQL: from acts to the rows of `line` (RULES.md section 3).

The queries hold no connection and run the same on SQLite and PostgreSQL. It is one stream of items (ticks and slots)
that each step widens, joining stored tables by their keys and never an earlier step: a planner has nothing to guess.

    items ─► dated (figures of their line) ─► judged (who and what) ─► kept (no overlap), one a line ─► ranked ─► lines
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from connector.ledger.schema import activity, participant, service, session
from connector.ledger.states import act_states
from connector.ledger.versions import in_force
from connector.obligation.items import LINE, VERDICTS, by_bytes, enrolments, items, ordinal, trains

if TYPE_CHECKING:
    from connector.obligation.items import Teachers

WAITING = ("a_attester", "non_emarge")
"""Reasons that wait for a person; a line with any other one is refused."""

_WORDS = ("attested_us", "granted_us", "refused_us")
_OF_LINE = (
    *LINE, "annee_scolaire", "parcours_key", "nature", "theme", "modalite", "duree_min", "locale", "hors_liste",
    "motif", "instant_us", *_WORDS,
)  # fmt: skip


@dataclass(frozen=True)
class Credit:
    """Two queries over some teachers: `lines` has the columns of `line`, in its order; `overlaps` the refused slots.

    `overlaps` gives teacher_id, code, activity_id, slot_id and the slot that stays: other_code, other_activity_id,
    other_slot_id. It compares slots two by two: meant for one teacher.
    """

    lines: sa.Select[Any]
    overlaps: sa.Select[Any]


def credit(teachers: Teachers) -> Credit:
    """Return the queries for these teachers; each line depends on its own teacher's evidence only."""
    acts = act_states(teachers).cte("act").prefix_with("MATERIALIZED")  # read by every kind of item
    item = items(acts, enrolments(teachers))
    judged = _judged(_dated(item))
    return Credit(_lines(_ranked(_kept(judged))), _overlaps(judged))


def _dated(item: sa.CTE) -> sa.CTE:
    """Items with the figures of their line: the first reason not to credit it, and the instants that date it.

    `instant_us` is that of the deciding statement: a decision, else the attestation, else the last item that is `ok`,
    else the last one. `at_us` picks versions and services: the same, else the end of the last slot.
    """
    line = [item.c[name] for name in LINE]

    def of_line(function: sa.FunctionElement[Any]) -> sa.ColumnElement[Any]:
        return sa.over(function, partition_by=line)

    decided, attested = sa.func.coalesce(item.c.granted_us, item.c.refused_us), item.c.attested_us
    instant = sa.func.coalesce(
        decided,
        attested,
        of_line(sa.func.max(sa.case((item.c.verdict == ordinal("ok"), item.c.instant_us)))),
        of_line(sa.func.max(item.c.instant_us)),
    )
    return sa.select(
        *(item.c[name] for name in (*LINE, "slot_id", "verdict", "start_us", "end_us", "minutes", "cadre", *_WORDS)),
        instant.label("instant_us"),
        sa.func.coalesce(instant, of_line(sa.func.max(item.c.end_us))).label("at_us"),
        sa.case(
            (item.c.granted_us.is_not(None) | attested.is_not(None), ordinal("ok")),
            else_=of_line(sa.func.min(item.c.verdict)),
        ).label("verdict_of_line"),
    ).cte("dated")


def _judged(dated: sa.CTE) -> sa.CTE:
    """Items with their session, the version of their activity, and the first reason not to credit their line.

    `gives_way` marks a signed slot, of a line that would be credited, that another such slot overlaps which comes
    first: by start, then session code, slot id, activity id. A line that a person granted never does.
    """
    who, code = dated.c.teacher_id, dated.c.code
    has_list = sa.exists().where(participant.c.code == code)
    facts = (
        sa.select(
            dated,
            *(session.c[name] for name in ("annee_scolaire", "parcours_key", "nature", "theme", "validation")),
            *(activity.c[name] for name in ("duree_min", "modalite", "locale", "credite")),
            session.c.cadre.label("session_cadre"),
            trains(who, code).label("trains"),
            sa.case((dated.c.cadre.is_not(None), sa.false()), else_=has_list).label("unlisted"),
            _second_degree(who, dated.c.at_us).label("second_degree"),
        )
        .select_from(dated)
        .join(session, session.c.code == code)
        .join(activity, in_force(activity, dated.c.at_us, code=code, activity_id=dated.c.activity_id))
        .cte("facts")
        .prefix_with("MATERIALIZED")  # else its subqueries run once for each use of a column
    )
    waits = (facts.c.validation == "attestation") & facts.c.attested_us.is_(None) & facts.c.granted_us.is_(None)
    motif = sa.case(
        (facts.c.second_degree == 1, "second_degre"),
        (sa.func.coalesce(facts.c.cadre, facts.c.session_cadre) == "paf", "paf"),
        (facts.c.trains, "formateur"),
        (facts.c.refused_us.is_not(None), "decision"),
        (~facts.c.credite | (facts.c.modalite == "en_classe"), "non_credite"),
        (waits, "a_attester"),
        *((facts.c.verdict_of_line == ordinal(name), name) for name in VERDICTS[1:]),
    )
    hors_liste = facts.c.unlisted & ~facts.c.trains
    told = sa.select(facts, motif.label("motif"), hors_liste.label("hors_liste")).subquery()
    signed = (told.c.verdict == ordinal("ok")) & told.c.slot_id.is_not(None) & told.c.motif.is_(None)
    earlier_end = sa.func.max(told.c.end_us).over(
        partition_by=(told.c.teacher_id, signed), order_by=_precedence(told), rows=(None, -1)
    )
    yields = signed & told.c.granted_us.is_(None)
    gives_way = sa.case((yields & (earlier_end > told.c.start_us), 1), else_=0)
    return sa.select(told, sa.case((signed, 1), else_=0).label("signed"), gives_way.label("gives_way")).cte("judged")


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


def _overlaps(judged: sa.CTE) -> sa.Select[Any]:
    """Slots that give way, each with the first of those that it gives way to."""
    late, early = judged.alias("late"), judged.alias("early")
    key = [late.c[name] for name in (*LINE, "slot_id")]
    pairs = (
        sa.select(
            *key,
            *(early.c[name].label(f"other_{name}") for name in ("code", "activity_id", "slot_id")),
            sa.func.row_number().over(partition_by=key, order_by=_precedence(early)).label("rank"),
        )
        .join(early, (early.c.teacher_id == late.c.teacher_id) & (early.c.end_us > late.c.start_us))
        .where(
            late.c.gives_way == 1, early.c.signed == 1, sa.tuple_(*_precedence(early)) < sa.tuple_(*_precedence(late))
        )
        .subquery()
    )
    return sa.select(*(column for column in pairs.c if column.name != "rank")).where(pairs.c.rank == 1)


def _kept(judged: sa.CTE) -> sa.CTE:
    """Lines with the minutes that stay, at most the planned ones.

    Those of the tick or of the slots kept; once attested, the planned ones less the slots absent or given way; the
    planned ones where a person granted the line.
    """
    constant = [judged.c[name] for name in _OF_LINE]
    absent = (judged.c.verdict == ordinal("absent")) & judged.c.slot_id.is_not(None)
    stays = (judged.c.verdict == ordinal("ok")) & (judged.c.gives_way == 0)
    minutes = sa.func.coalesce(judged.c.minutes, judged.c.duree_min)
    planned, attested = judged.c.duree_min, judged.c.attested_us.is_not(None)
    granted = judged.c.granted_us.is_not(None)
    lost = _total(absent | (judged.c.gives_way == 1), minutes)
    total = sa.case((granted, planned), (attested, planned - lost), else_=_total(stays, minutes))
    emptied = sa.case((attested, (lost > 0) & (lost >= planned)), else_=_total(stays, sa.literal(1)) == 0)
    motif = sa.case(
        (judged.c.motif.is_not(None) | granted, judged.c.motif),
        (emptied & attested & (_total(absent, sa.literal(1)) > 0), "absent"),
        (emptied, "chevauchement"),
    )
    return (
        sa.select(
            *(column for column in constant if column.name != "motif"),
            sa.case((total < planned, total), else_=planned).label("minutes"),
            motif.label("motif"),
            (sa.func.max(judged.c.gives_way) == 1).label("chevauchement"),
        )
        .group_by(*constant)
        .cte("kept")
    )


def _total(which: sa.ColumnElement[bool], number: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((which, number), else_=0))


def _ranked(kept: sa.CTE) -> sa.CTE:
    """Lines with their rank among the creditable ones of the same activity of the same parcours, in the year."""
    shared = kept.c.motif.is_(None) & ~kept.c.locale
    rank = sa.func.row_number().over(
        partition_by=(kept.c.teacher_id, kept.c.annee_scolaire, kept.c.parcours_key, kept.c.activity_id, shared),
        order_by=(kept.c.instant_us, by_bytes(kept.c.code)),
    )
    return sa.select(kept, sa.case((shared, rank), else_=1).label("rank")).cte("ranked")


def _lines(ranked: sa.CTE) -> sa.Select[Any]:
    motif = sa.case((ranked.c.rank > 1, "doublon"), else_=ranked.c.motif)
    decided = sa.select(*(column for column in ranked.c if column.name != "motif"), motif.label("motif")).subquery()
    credited = decided.c.motif.is_(None)
    return sa.select(
        *(decided.c[name] for name in LINE),
        decided.c.annee_scolaire,
        sa.case((credited, decided.c.minutes), else_=0).label("minutes"),
        decided.c.duree_min.label("minutes_prevues"),
        decided.c.modalite,
        decided.c.nature,
        decided.c.theme,
        sa.case((credited, "credite"), (decided.c.motif.in_(WAITING), "en_attente"), else_="refuse").label("decision"),
        decided.c.motif,
        decided.c.instant_us,
        decided.c.hors_liste,
        decided.c.chevauchement,
    )
