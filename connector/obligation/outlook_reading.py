"""What the ledger knows of the days to come, for many teachers at once: sessions, attestations missing, the queue."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from connector.ledger.instants import PARIS, midnight_us
from connector.ledger.queue import waiting_of
from connector.ledger.schema import MAX_US, activity, line, session, slot, teacher
from connector.ledger.versions import newest
from connector.obligation.balance import Credited
from connector.obligation.dues import read_dues
from connector.obligation.items import enrolments, trains
from connector.obligation.outlook import Coming, Late, Outlook, outlook
from connector.obligation.sums import credited_of

if TYPE_CHECKING:
    from datetime import date

    from connector.obligation.items import Teachers
    from connector.obligation.policy import LocalRules
    from scenarios.calendar import SchoolYear

_BATCH = 500
_FINAL = ("second_degre", "paf", "formateur", "decision", "non_credite", "doublon")
"""Reasons that nothing done later in the session takes away."""


@dataclass
class _Found:
    """What was read of one teacher."""

    waiting: list[Coming] = field(default_factory=list)
    coming: list[Coming] = field(default_factory=list)
    late: set[Late] = field(default_factory=set)


def read_outlooks(
    connection: sa.Connection, teachers: Teachers, year: SchoolYear, on: date, local: LocalRules
) -> dict[int, Outlook]:
    """Return where each teacher stands on the day `on`, by id, as last reconciled."""
    ids: list[int] = sorted(connection.scalars(sa.select(teacher.c.id).where(teacher.c.id.in_(teachers))))
    dues = read_dues(connection, ids, year, local)
    queued = waiting_of(connection, teachers)
    found: defaultdict[int, _Found] = defaultdict(_Found)
    _read_coming(connection, teachers, year, on, found)
    _read_waiting(connection, teachers, year, on, found)
    made: dict[int, Outlook] = {}
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        credited = credited_of(connection, batch)
        for teacher_id in batch:
            theirs = found[teacher_id]
            made[teacher_id] = outlook(
                dues[teacher_id],
                credited.get((teacher_id, str(year)), Credited()),
                on,
                waiting=theirs.waiting,
                coming=theirs.coming,
                late=sorted(theirs.late),
                queued=queued.get(teacher_id, 0),
            )
    return made


def _read_coming(
    connection: sa.Connection, teachers: Teachers, year: SchoolYear, on: date, found: defaultdict[int, _Found]
) -> None:
    """Add what sessions that are not over may yet bring: of an activity planned in two of them, one only."""
    seen: set[tuple[int, str, str]] = set()
    for row in connection.execute(_coming(teachers, year, on)).mappings():
        shared = (row["teacher_id"], row["parcours_key"], row["activity_id"])
        if row["minutes"] <= 0 or (not row["locale"] and shared in seen):
            continue
        seen.add(shared)
        found[row["teacher_id"]].coming.append(_as_coming(row))


def _coming(teachers: Teachers, year: SchoolYear, on: date) -> sa.Select[Any]:
    """What is left of each credited activity of the sessions that the teachers are listed in, not over on that day.

    Of an activity that is signed, only the slots that have not ended; of one that waits for an attestation, all of it.
    """
    listed = enrolments(teachers)
    credited = sa.func.coalesce(line.c.minutes, 0)
    whole = sa.or_(~activity.c.has_slots, session.c.validation == "attestation")
    left = activity.c.duree_min - credited
    signed = _slots_to_come(listed, midnight_us(on, PARIS))
    can_be = sa.or_(line.c.motif.is_(None), line.c.motif.not_in(_FINAL))
    return (
        sa.select(
            listed.c.teacher_id,
            *(session.c[name] for name in ("code", "parcours_key", "nature", "theme")),
            *(activity.c[name] for name in ("activity_id", "modalite", "locale")),
            sa.case((whole, left), (signed < left, signed), else_=left).label("minutes"),
        )
        .join(session, session.c.code == listed.c.code)
        .join(activity, sa.and_(activity.c.code == session.c.code, newest(activity), activity.c.gone_us == MAX_US))
        .outerjoin(
            line,
            sa.and_(
                line.c.teacher_id == listed.c.teacher_id,
                line.c.code == session.c.code,
                line.c.activity_id == activity.c.activity_id,
            ),
        )
        .where(
            session.c.annee_scolaire == str(year),
            sa.or_(session.c.fin.is_(None), session.c.fin >= on),
            listed.c.cadre != "paf",
            ~trains(listed.c.teacher_id, session.c.code),
            activity.c.credite,
            activity.c.modalite != "en_classe",
            can_be,
            ~_credited_elsewhere(listed.c.teacher_id),
        )
        .order_by(listed.c.teacher_id, session.c.debut, session.c.code, activity.c.position)
    )


def _slots_to_come(listed: sa.CTE, from_us: int) -> sa.ScalarSelect[Any]:
    """Minutes of the slots of their group that end after an instant; 0 without any."""
    theirs = sa.or_(slot.c.groupe.is_(None), listed.c.groupe.is_(None), slot.c.groupe == listed.c.groupe)
    return (
        sa.select(sa.func.coalesce(sa.func.sum(slot.c.minutes), 0))
        .where(
            slot.c.code == activity.c.code,
            slot.c.activity_id == activity.c.activity_id,
            newest(slot),
            slot.c.gone_us == MAX_US,
            slot.c.end_us > from_us,
            theirs,
        )
        .scalar_subquery()
    )


def _credited_elsewhere(teacher_id: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """The same activity of the same parcours is credited in another session: it counts once (rule 6)."""
    other, its = line.alias("other"), session.alias("its")
    kept = sa.exists().where(
        other.c.teacher_id == teacher_id,
        other.c.activity_id == activity.c.activity_id,
        other.c.annee_scolaire == session.c.annee_scolaire,
        other.c.decision == "credite",
        other.c.code != session.c.code,
        its.c.code == other.c.code,
        its.c.parcours_key == session.c.parcours_key,
    )
    return sa.and_(~activity.c.locale, kept)


def _read_waiting(
    connection: sa.Connection, teachers: Teachers, year: SchoolYear, on: date, found: defaultdict[int, _Found]
) -> None:
    """Add the lines that wait for a mark or an attestation in sessions that are over."""
    query = (
        sa.select(
            *(line.c[name] for name in ("teacher_id", "code", "activity_id", "modalite", "nature", "theme", "motif")),
            line.c.minutes_prevues.label("minutes"),
            session.c.fin,
        )
        .join(session, session.c.code == line.c.code)
        .where(
            line.c.teacher_id.in_(teachers),
            line.c.annee_scolaire == str(year),
            line.c.decision == "en_attente",
            session.c.fin < on,
        )
        .order_by(line.c.teacher_id, line.c.code, line.c.activity_id)
    )
    for row in connection.execute(query).mappings():
        theirs = found[row["teacher_id"]]
        theirs.waiting.append(_as_coming(row))
        if row["motif"] == "a_attester":
            theirs.late.add(Late(row["code"], row["fin"]))


def _as_coming(row: sa.RowMapping) -> Coming:
    return Coming(*(row[name] for name in Coming._fields))
