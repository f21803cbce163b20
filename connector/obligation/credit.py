"""Credit as set-based SQL: from what was heard to the rows of `line` (RULES.md section 3).

The queries hold no connection and run the same on SQLite and PostgreSQL. A tick is its line; the slots of a line are
dated, compared and added up first. Both ways meet before doubles are refused.

    heard ─┬─ ticks ─► judged (who and what) ───────────────────────────────────────────┬─► kept ─► lines
           └─ slots ─► dated (figures of their line) ─► judged ─► no overlap, one a line ┘
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from connector.ledger.schema import activity, participant, service, session
from connector.ledger.versions import in_force
from connector.obligation.items import (
    LINE,
    VERDICTS,
    by_bytes,
    decisions,
    ordinal,
    plain_items,
    signed_items,
)

WAITING = ("a_attester", "non_emarge")
"""Reasons that wait for a person; a line with any other one is refused."""

_ITEM = (*LINE, "slot_id", "verdict", "start_us", "end_us", "minutes")
_WORDS = ("attested_us", "granted_us", "refused_us")
_OF_LINE = (
    *LINE, "annee_scolaire", "parcours_key", "nature", "theme", "modalite", "duree_min", "locale", "hors_liste",
    "instant_us",
)  # fmt: skip


@dataclass(frozen=True)
class Credit:
    """Two queries over some teachers: `lines` has the columns of `line`, in its order; `overlaps` the refused slots.

    `overlaps` gives teacher_id, code, activity_id, slot_id and the slot that stays: other_code, other_activity_id,
    other_slot_id. It compares slots two by two: meant for one teacher.
    """

    lines: sa.Select[Any]
    overlaps: sa.Select[Any]


def credit(heard: sa.FromClause, place: sa.FromClause) -> Credit:
    """Return the queries for the teachers of whom `heard` and `place` are: what the selects of these names give.

    Each line depends on its own teacher only.
    """
    ticks = _judged(_dated_ticks(_worded(plain_items(heard, place), heard, place))).subquery("tick_item")
    slots = _judged(_dated_slots(_worded(signed_items(heard, place), heard, place))).cte("slot_item")
    slots = _signed(slots.prefix_with("MATERIALIZED"))  # else its subqueries run once for each use of a column
    kept = sa.union_all(_whole(ticks), _added_up(slots)).cte("kept").prefix_with("MATERIALIZED")
    return Credit(_lines(kept), _overlaps(slots))


def _worded(items: sa.Select[Any], heard: sa.FromClause, place: sa.FromClause) -> sa.Subquery:
    """Items with the teacher's place in their session, and granted_us or refused_us: when a person decided the line."""
    item, decided = items.subquery("item"), decisions(heard).subquery("decided")
    granted = decided.c.state == "done"

    def same(other: sa.FromClause, names: tuple[str, ...]) -> sa.ColumnElement[bool]:
        return sa.and_(*(other.c[name] == item.c[name] for name in names))

    return (
        sa.select(
            item,
            *(place.c[name] for name in ("cadre", "attested_us", "trains")),
            sa.case((granted, decided.c.timestamp_us)).label("granted_us"),
            sa.case((~granted, decided.c.timestamp_us)).label("refused_us"),
        )
        .select_from(item)
        .outerjoin(place, same(place, LINE[:2]))
        .outerjoin(decided, same(decided, LINE))
        .subquery("worded")
    )


def _word_us(item: sa.FromClause) -> sa.ColumnElement[Any]:
    """When a person settled the line: a decision, else the attestation; NULL without either."""
    return sa.func.coalesce(item.c.granted_us, item.c.refused_us, item.c.attested_us)


def _vouched(item: sa.FromClause) -> sa.ColumnElement[bool]:
    return item.c.granted_us.is_not(None) | item.c.attested_us.is_not(None)


def _dated_ticks(item: sa.Subquery) -> sa.Subquery:
    """Ticks with the figures of `_dated_slots`: their own."""
    instant = sa.func.coalesce(_word_us(item), item.c.instant_us)
    return sa.select(
        *(item.c[name] for name in (*_ITEM, "cadre", "trains", *_WORDS)),
        instant.label("instant_us"),
        instant.label("at_us"),
        sa.case((_vouched(item), ordinal("ok")), else_=item.c.verdict).label("verdict_of_line"),
    ).subquery("dated")


def _dated_slots(item: sa.Subquery) -> sa.Subquery:
    """Items with the figures of their line: the first reason not to credit it, and the instants that date it.

    `instant_us` is that of the deciding statement: a decision, else the attestation, else the last item that is `ok`,
    else the last one. `at_us` picks versions and services: the same, else the end of the last slot.
    """
    line = [item.c[name] for name in LINE]

    def of_line(function: sa.FunctionElement[Any]) -> sa.ColumnElement[Any]:
        return sa.over(function, partition_by=line)

    instant = sa.func.coalesce(
        _word_us(item),
        of_line(sa.func.max(sa.case((item.c.verdict == ordinal("ok"), item.c.instant_us)))),
        of_line(sa.func.max(item.c.instant_us)),
    )
    return sa.select(
        *(item.c[name] for name in (*_ITEM, "cadre", "trains", *_WORDS)),
        instant.label("instant_us"),
        sa.func.coalesce(instant, of_line(sa.func.max(item.c.end_us))).label("at_us"),
        sa.case((_vouched(item), ordinal("ok")), else_=of_line(sa.func.min(item.c.verdict))).label("verdict_of_line"),
    ).subquery("dated")


def _judged(dated: sa.Subquery) -> sa.Select[Any]:
    """Items with their session, the version of their activity, and the first reason not to credit their line."""
    who, code = dated.c.teacher_id, dated.c.code
    has_list = sa.exists().where(participant.c.code == code)
    facts = (
        sa.select(
            dated,
            *(session.c[name] for name in ("annee_scolaire", "parcours_key", "nature", "theme", "validation")),
            *(activity.c[name] for name in ("duree_min", "modalite", "locale", "credite")),
            session.c.cadre.label("session_cadre"),
            sa.case((dated.c.cadre.is_not(None), sa.false()), else_=has_list).label("unlisted"),
            _second_degree(who, dated.c.at_us).label("second_degree"),
        )
        .select_from(dated)
        .join(session, session.c.code == code)
        .join(activity, in_force(activity, dated.c.at_us, code=code, activity_id=dated.c.activity_id))
        .subquery("facts")
    )
    waits = (facts.c.validation == "attestation") & facts.c.attested_us.is_(None) & facts.c.granted_us.is_(None)
    motif = sa.case(
        (facts.c.second_degree == 1, "second_degre"),
        (sa.func.coalesce(facts.c.cadre, facts.c.session_cadre) == "paf", "paf"),
        (facts.c.trains == 1, "formateur"),
        (facts.c.refused_us.is_not(None), "decision"),
        (~facts.c.credite | (facts.c.modalite == "en_classe"), "non_credite"),
        (waits, "a_attester"),
        *((facts.c.verdict_of_line == ordinal(name), name) for name in VERDICTS[1:]),
    )
    hors_liste = facts.c.unlisted & facts.c.trains.is_(None)
    return sa.select(facts, motif.label("motif"), hors_liste.label("hors_liste"))


def _signed(judged: sa.CTE) -> sa.CTE:
    """Items with `signed`, whether their line would be credited by that slot, and `gives_way`.

    `gives_way` marks a signed slot that another one overlaps which comes first: by start, then session code, slot id,
    activity id. That of a line that a person granted never does.
    """
    signed = (judged.c.verdict == ordinal("ok")) & judged.c.slot_id.is_not(None) & judged.c.motif.is_(None)
    earlier_end = sa.func.max(judged.c.end_us).over(
        partition_by=(judged.c.teacher_id, signed), order_by=_precedence(judged), rows=(None, -1)
    )
    yields = signed & judged.c.granted_us.is_(None) & (earlier_end > judged.c.start_us)
    return sa.select(
        judged, sa.case((signed, 1), else_=0).label("signed"), sa.case((yields, 1), else_=0).label("gives_way")
    ).cte("signed")


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


def _whole(ticks: sa.Subquery) -> sa.Select[Any]:
    """The lines of ticks: the planned minutes."""
    return sa.select(
        *(ticks.c[name] for name in _OF_LINE),
        ticks.c.duree_min.label("minutes"),
        ticks.c.motif,
        sa.false().label("chevauchement"),
    )


def _added_up(slots: sa.CTE) -> sa.Select[Any]:
    """The lines of slots, with the minutes that stay, at most the planned ones.

    Those of the tick or of the slots kept; once attested, the planned ones less the slots absent or given way; the
    planned ones where a person granted the line.
    """
    constant = [slots.c[name] for name in (*_OF_LINE, "motif", *_WORDS)]
    absent = (slots.c.verdict == ordinal("absent")) & slots.c.slot_id.is_not(None)
    stays = (slots.c.verdict == ordinal("ok")) & (slots.c.gives_way == 0)
    minutes = sa.func.coalesce(slots.c.minutes, slots.c.duree_min)
    planned, attested = slots.c.duree_min, slots.c.attested_us.is_not(None)
    granted = slots.c.granted_us.is_not(None)
    lost = _total(absent | (slots.c.gives_way == 1), minutes)
    total = sa.case((granted, planned), (attested, planned - lost), else_=_total(stays, minutes))
    emptied = sa.case((attested, (lost > 0) & (lost >= planned)), else_=_total(stays, sa.literal(1)) == 0)
    motif = sa.case(
        (slots.c.motif.is_not(None) | granted, slots.c.motif),
        (emptied & attested & (_total(absent, sa.literal(1)) > 0), "absent"),
        (emptied, "chevauchement"),
    )
    return sa.select(
        *(slots.c[name] for name in _OF_LINE),
        sa.case((total < planned, total), else_=planned).label("minutes"),
        motif.label("motif"),
        (sa.func.max(slots.c.gives_way) == 1).label("chevauchement"),
    ).group_by(*constant)


def _total(which: sa.ColumnElement[bool], number: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((which, number), else_=0))


def _doubles(kept: sa.CTE) -> sa.Subquery:
    """The keys of creditable lines that come after another one of the same activity of the same parcours, in a year.

    Looked for among the parcours that a teacher follows in several sessions of the year.
    """
    shared = kept.c.motif.is_(None) & ~kept.c.locale
    parcours = [kept.c[name] for name in ("teacher_id", "annee_scolaire", "parcours_key")]
    several = (
        sa.select(*parcours)
        .where(shared)
        .group_by(*parcours)
        .having(sa.func.min(kept.c.code) != sa.func.max(kept.c.code))
    )
    rank = sa.func.row_number().over(
        partition_by=[*parcours, kept.c.activity_id], order_by=(kept.c.instant_us, by_bytes(kept.c.code))
    )
    ranked = (
        sa.select(*(kept.c[name] for name in LINE), rank.label("rank"))
        .where(shared, sa.tuple_(*parcours).in_(several))
        .subquery("ranked")
    )
    return sa.select(*(ranked.c[name] for name in LINE)).where(ranked.c.rank > 1).subquery("double")


def _lines(kept: sa.CTE) -> sa.Select[Any]:
    double = _doubles(kept)
    motif = sa.case((double.c.code.is_not(None), "doublon"), else_=kept.c.motif)
    same = sa.and_(*(double.c[name] == kept.c[name] for name in LINE))
    decided = (
        sa.select(*(column for column in kept.c if column.name != "motif"), motif.label("motif"))
        .select_from(kept.outerjoin(double, same))
        .subquery()
    )
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
