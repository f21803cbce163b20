"""Credit as set-based SQL: from acts to the rows of `line` (RULES.md section 3).

The queries hold no connection and run the same on SQLite and PostgreSQL. Each step is one common table expression:
items (ticks and slots) → drafts (one a line) → judged (who and what) → overlaps → kept → ranked by parcours → lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from connector.ledger.schema import activity, participant, service, session
from connector.ledger.states import act_states
from connector.obligation.items import LINE, by_bytes, enrolments, holds, items, trainings

if TYPE_CHECKING:
    from connector.obligation.items import Teachers

WAITING = ("a_attester", "non_emarge")
"""Reasons that wait for a person; a line with any other one is refused."""

_OF_ITEMS = ("non_emarge", "absent", "annule", "echoue", "hors_periode")


@dataclass(frozen=True)
class Credit:
    """Two queries over some teachers: `lines` has the columns of `line`, in its order; `overlaps` the refused slots.

    `overlaps` gives teacher_id, code, activity_id, slot_id and the slot that stays: other_code, other_activity_id,
    other_slot_id.
    """

    lines: sa.Select[Any]
    overlaps: sa.Select[Any]


def credit(teachers: Teachers) -> Credit:
    """Return the queries for these teachers; each line depends on its own teacher's evidence only."""
    enrolled = enrolments(teachers)
    item = items(act_states(teachers).cte("act"), enrolled)
    judged = _judged(_drafts(item), enrolled, trainings(teachers))
    overlap = _overlaps(item, judged)
    ranked = _ranked(_kept(item, judged, overlap))
    return Credit(_lines(ranked), sa.select(overlap))


def _drafts(item: sa.CTE) -> sa.CTE:
    """One row a line: how many items are `ok`, the first reason among the others, and the instant that dates it."""
    ok = item.c.verdict == "ok"
    instant = sa.func.coalesce(sa.func.max(sa.case((ok, item.c.instant_us))), sa.func.max(item.c.instant_us))
    number = {name: sa.func.sum(sa.case((item.c.verdict == name, 1), else_=0)) for name in ("ok", *_OF_ITEMS)}
    reason = sa.case((number["ok"] > 0, None), *((number[name] > 0, name) for name in _OF_ITEMS))
    return (
        sa.select(
            *(item.c[name] for name in LINE),
            instant.label("instant_us"),
            sa.func.coalesce(instant, sa.func.max(item.c.end_us)).label("at_us"),
            sa.func.max(sa.case((item.c.slot_id.is_not(None), 1), else_=0)).label("signed"),
            reason.label("reason"),
        )
        .group_by(*(item.c[name] for name in LINE))
        .cte("draft")
    )


def _judged(draft: sa.CTE, enrolled: sa.CTE, trained: sa.CTE) -> sa.CTE:
    """Drafts with their session, the version of the activity in force, and the first reason not to credit."""
    degree = _degrees(draft)
    mine = [draft.c.teacher_id, draft.c.code]
    has_list = sa.exists().where(participant.c.code == draft.c.code)
    motif = sa.case(
        (degree.c.degre == "2D", "second_degre"),
        (sa.func.coalesce(enrolled.c.cadre, session.c.cadre) == "paf", "paf"),
        (trained.c.code.is_not(None), "formateur"),
        (~activity.c.credite | (activity.c.modalite == "en_classe"), "non_credite"),
        (session.c.validation == "attestation", "a_attester"),
        else_=draft.c.reason,
    )
    return (
        sa.select(
            draft,
            session.c.annee_scolaire,
            session.c.parcours_key,
            session.c.nature,
            session.c.theme,
            activity.c.duree_min,
            activity.c.modalite,
            activity.c.locale,
            (enrolled.c.code.is_(None) & trained.c.code.is_(None) & has_list).label("hors_liste"),
            motif.label("motif"),
        )
        .select_from(draft)
        .join(session, session.c.code == draft.c.code)
        .join(activity, holds(draft.c.code, draft.c.activity_id, draft.c.at_us))
        .join(degree, sa.and_(*(degree.c[name] == draft.c[name] for name in LINE)), isouter=True)
        .join(enrolled, sa.and_(enrolled.c.teacher_id == mine[0], enrolled.c.code == mine[1]), isouter=True)
        .join(trained, sa.and_(trained.c.teacher_id == mine[0], trained.c.code == mine[1]), isouter=True)
        .cte("judged")
    )


def _degrees(draft: sa.CTE) -> sa.Subquery:
    """The degree at each line's date: of the roster's row in force, else of the nearest one.

    Of several rows in force, one in the first degree is enough.
    """
    away = sa.case(
        (service.c.start_us > draft.c.at_us, service.c.start_us - draft.c.at_us),
        (service.c.end_us <= draft.c.at_us, draft.c.at_us - service.c.end_us + 1),
        else_=0,
    )
    rank = sa.func.row_number().over(
        partition_by=[draft.c[name] for name in LINE], order_by=(away, by_bytes(service.c.degre), service.c.id)
    )
    near = (
        sa.select(*(draft.c[name] for name in LINE), service.c.degre, rank.label("rank"))
        .join(service, service.c.teacher_id == draft.c.teacher_id)
        .subquery()
    )
    return sa.select(*(near.c[name] for name in (*LINE, "degre"))).where(near.c.rank == 1).subquery()


def _overlaps(item: sa.CTE, judged: sa.CTE) -> sa.CTE:
    """Signed slots that give way: another one, of a line that would be credited too, started before and overlaps.

    Equal starts are ordered by session code, slot id, then activity id. A slot that gives way to several is named
    with the first of them.
    """
    of_line = sa.and_(*(judged.c[name] == item.c[name] for name in LINE))
    signed = (
        sa.select(item)
        .join(judged, of_line)
        .where(item.c.verdict == "ok", item.c.slot_id.is_not(None), judged.c.motif.is_(None))
        .cte("signed")
    )
    late, early = signed.alias("late"), signed.alias("early")
    rank = sa.func.row_number().over(
        partition_by=[late.c[name] for name in (*LINE, "slot_id")], order_by=_precedence(early)
    )
    pairs = (
        sa.select(
            *(late.c[name] for name in (*LINE, "slot_id")),
            *(early.c[name].label(f"other_{name}") for name in ("code", "activity_id", "slot_id")),
            rank.label("rank"),
        )
        .join(
            early,
            sa.and_(
                early.c.teacher_id == late.c.teacher_id,
                early.c.start_us < late.c.end_us,
                late.c.start_us < early.c.end_us,
                sa.tuple_(*_precedence(early)) < sa.tuple_(*_precedence(late)),
            ),
        )
        .subquery()
    )
    columns = [column for column in pairs.c if column.name != "rank"]
    return sa.select(*columns).where(pairs.c.rank == 1).cte("overlap")


def _precedence(signed: sa.FromClause) -> list[sa.ColumnElement[Any]]:
    return [signed.c.start_us, *(by_bytes(signed.c[name]) for name in ("code", "slot_id", "activity_id"))]


def _kept(item: sa.CTE, judged: sa.CTE, overlap: sa.CTE) -> sa.CTE:
    """Judged lines with the minutes that stay: the planned ones of a tick, those of the slots kept, at most planned."""
    gives_way = sa.and_(*(overlap.c[name] == item.c[name] for name in (*LINE, "slot_id")))
    stays = (item.c.verdict == "ok") & overlap.c.slot_id.is_(None)
    sums = (
        sa.select(
            *(item.c[name] for name in LINE),
            sa.func.sum(sa.case((stays, item.c.minutes), else_=0)).label("minutes"),
            sa.func.sum(sa.case((stays, 1), else_=0)).label("number"),
            (sa.func.count(overlap.c.slot_id) > 0).label("chevauchement"),
        )
        .select_from(item)
        .join(overlap, gives_way, isouter=True)
        .group_by(*(item.c[name] for name in LINE))
        .subquery()
    )
    planned = judged.c.duree_min
    minutes = sa.case((judged.c.signed == 0, planned), (sums.c.minutes < planned, sums.c.minutes), else_=planned)
    motif = sa.case((judged.c.motif.is_not(None), judged.c.motif), (sums.c.number == 0, "chevauchement"))
    columns = [column for column in judged.c if column.name != "motif"]
    return (
        sa.select(*columns, minutes.label("minutes"), motif.label("motif"), sums.c.chevauchement)
        .join(sums, sa.and_(*(sums.c[name] == judged.c[name] for name in LINE)))
        .cte("kept")
    )


def _ranked(kept: sa.CTE) -> sa.CTE:
    """Kept lines with their rank among the creditable ones of the same activity of the same parcours, in the year."""
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
