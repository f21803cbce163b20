"""Who, in which session, which activity: evidence resolved in one statement, all of it at once.

The statement's course says the session; then the module, else the idnumber's last part, says the activity (a
duplicated course keeps the idnumbers of its model). Attendance names its slot itself, an attestation its session, a
decision its session and activity. What cannot be told waits with its reason (`queue.REASONS`) and is tried again when
the roster, Moodle's identities or the sessions change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.ledger import actors, mailboxes, unsettled
from connector.ledger.one_writer import take_turn
from connector.ledger.schema import (
    activity,
    actor,
    course,
    evidence,
    module,
    moodle_account,
    pending,
    resolution,
    session,
    slot,
    trainer,
)
from connector.ledger.touch import touch_where
from connector.ledger.versions import in_force
from xapi.vocabulary import ROOT

if TYPE_CHECKING:
    from typing import Any

_RESOLVED, _WAITING, _SET_ASIDE = "resolved", "waiting", "set_aside"


def settle(connection: sa.Connection) -> None:
    """Bring every derived answer up to date: whom addresses and statements name, then what evidence is about.

    Costs what is pending and who is new; where a name changed (`unsettled`), the whole of those who are known. Touches
    the teachers concerned. Call it once what is new is in.
    """
    take_turn(connection)
    _weigh_pending(connection)
    changed = unsettled.taken(connection)
    if changed:
        mailboxes.refresh(connection)
    actors.refresh(connection, every=changed)
    _weigh_pending(connection)
    connection.execute(
        resolution.insert().from_select(
            ["evidence_id", "teacher_id", "code", "activity_id", "slot_id", "status", "reason"], _resolved()
        )
    )
    now = resolution.c.evidence_id.in_(sa.select(pending.c.evidence_id))
    touch_where(connection, sa.select(resolution.c.teacher_id).where(now))
    connection.execute(pending.delete())


def _weigh_pending(connection: sa.Connection) -> None:
    """Have PostgreSQL know how much is pending: a few rows of a night, or all that there is.

    Taken for what it held before, it is read from end to end for each row of the others, or they are for it.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ANALYZE pending")


def _resolved() -> sa.Select[Any]:
    """Select what pending evidence is about; whether an activity is signed or ticked is as it was at that instant."""
    at = evidence.c.timestamp_us
    by_module, by_hint = activity.alias("by_module"), activity.alias("by_hint")
    trains = _trainers().subquery("trains")
    code = sa.func.coalesce(slot.c.code, session.c.code, course.c.code)
    decided = evidence.c.kind == "decision"
    hinted = sa.func.coalesce(course.c.code, sa.case((decided, session.c.code)))
    activity_id = sa.func.coalesce(slot.c.activity_id, by_module.c.activity_id, by_hint.c.activity_id)
    signed = sa.func.coalesce(by_module.c.has_slots, by_hint.c.has_slots, sa.false())
    where = _not_placed(decided, activity_id, signed)
    who = sa.case(
        (actor.c.teacher_id.is_not(None), None), (trains.c.code.is_not(None), "formateur"), else_=actor.c.reason
    )
    reason = sa.func.coalesce(where, who)
    status = sa.case(
        (reason.is_(None), _RESOLVED), (reason.in_(("emargement_seul", "formateur")), _SET_ASIDE), else_=_WAITING
    )
    sources = (
        sa.join(pending, evidence, pending.c.evidence_id == evidence.c.id)
        .join(actor, _is_actor())
        .outerjoin(slot, sa.and_(evidence.c.kind == "attendance", in_force(slot, at, iri=evidence.c.object_id)))
        .outerjoin(session, session.c.code == _own_session())
        .outerjoin(course, sa.and_(course.c.site == evidence.c.site, course.c.course_id == evidence.c.course_id))
        .outerjoin(
            module,
            sa.and_(module.c.site == evidence.c.site, module.c.cmid == evidence.c.cmid, module.c.code == course.c.code),
        )
        .outerjoin(by_module, in_force(by_module, at, code=course.c.code, activity_id=module.c.activity_id))
        .outerjoin(by_hint, in_force(by_hint, at, code=hinted, activity_id=evidence.c.activity_hint))
        .outerjoin(
            trains,
            sa.and_(trains.c.code == code, trains.c.kind == actor.c.kind, trains.c.value == actor.c.value),
        )
    )
    return sa.select(evidence.c.id, actor.c.teacher_id, code, activity_id, slot.c.slot_id, status, reason).select_from(
        sources
    )


def _not_placed(
    decided: sa.ColumnElement[bool], activity_id: sa.ColumnElement[str], signed: sa.ColumnElement[bool]
) -> sa.Case[str | None]:
    """Say why evidence is about no activity or session that we know, or cannot be; null where it is."""
    return sa.case(
        (sa.and_(evidence.c.kind == "attendance", slot.c.code.is_not(None)), None),
        (evidence.c.kind == "attendance", _foreign_attendance()),
        (sa.and_(evidence.c.kind == "attestation", session.c.code.is_not(None)), None),
        (session.c.code.is_(None) & (decided | (evidence.c.kind == "attestation")), "session_inconnue"),
        (decided & activity_id.is_not(None), None),
        (decided, "activite_inconnue"),
        (evidence.c.course_id.is_(None), "cours_absent"),
        (course.c.code.is_(None), "cours_inconnu"),
        (activity_id.is_(None), "activite_inconnue"),
        (signed, "emargement_seul"),
    )


def _is_actor() -> sa.ColumnElement[bool]:
    return sa.and_(
        actor.c.kind == evidence.c.actor_kind,
        actor.c.value == evidence.c.actor_value,
        actor.c.site == sa.func.coalesce(evidence.c.site, ""),
    )


def _own_session() -> sa.ColumnElement[str]:
    """The session that an attestation names, or that of the activity that a decision names; NULL for the rest."""
    its_length = sa.func.length(evidence.c.idnumber) - sa.func.length(evidence.c.activity_hint) - 1
    return sa.case(
        (evidence.c.kind == "attestation", evidence.c.idnumber),
        (evidence.c.kind == "decision", sa.func.substr(evidence.c.idnumber, 1, its_length)),
    )


def _foreign_attendance() -> sa.ColumnElement[str]:
    """Our slots bear our IRIs; the rest is somebody else's sign-in (facetoface)."""
    ours = evidence.c.object_id.startswith(ROOT, autoescape=True)
    return sa.case((ours, "creneau_inconnu"), else_="presence_etrangere")


def _trainers() -> sa.CompoundSelect[Any]:
    """Select how statements may name the trainers of each session: code, kind, value."""
    names = actors.account_names().subquery("trainer_names")
    by_account = (
        sa.select(trainer.c.code, names.c.kind, names.c.value)
        .join_from(trainer, moodle_account, moodle_account.c.email == trainer.c.email)
        .join(names, sa.and_(names.c.site == moodle_account.c.site, names.c.userid == moodle_account.c.userid))
    )
    return sa.union(
        sa.select(trainer.c.code, sa.literal("mbox").label("kind"), trainer.c.email.label("value")), by_account
    )
