"""What is applied in class: recorded as anything done is, never credited (RULES.md section 3, rule 1).

Those concerned are the people on the list of a session that has such activities, its trainers aside, and whoever of the
roster did one without being listed. It is done where the last word on it says so, whatever the session's window: no
hour depends on it. Selects only: no connection in here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from connector.ledger.schema import MAX_US, activity, mailbox, participant, resolution, trainer
from connector.ledger.states import DONE, acts_of, last_states, said
from connector.ledger.versions import newest

if TYPE_CHECKING:
    Codes = sa.Select[tuple[str]]

_KEY = ("teacher_id", "code", "activity_id")


def applications(codes: Codes) -> sa.Select[Any]:
    """Select each classroom activity of each person concerned, in the sessions that `codes` selects.

    Columns: teacher_id, code, activity_id, done_us: the instant of the word that says done, NULL where none does.
    """
    in_class, done = _in_class(codes).cte("in_class"), _done(codes).cte("done")
    listed = (
        sa.select(mailbox.c.teacher_id, in_class.c.code, in_class.c.activity_id)
        .join(participant, participant.c.code == in_class.c.code)
        .join(mailbox, mailbox.c.email == participant.c.email)
    )
    did = sa.select(*(done.c[name] for name in _KEY)).join(in_class, _same(done, in_class, _KEY[1:]))
    every = sa.union(listed, did).subquery("concerned")
    trains = sa.exists().where(
        trainer.c.code == every.c.code, mailbox.c.email == trainer.c.email, mailbox.c.teacher_id == every.c.teacher_id
    )
    return (
        sa.select(*(every.c[name] for name in _KEY), done.c.done_us)
        .select_from(every.outerjoin(done, _same(every, done, _KEY)))
        .where(~trains)
    )


def _in_class(codes: Codes) -> sa.Select[Any]:
    """The classroom activities that the newest publication of each session holds."""
    return sa.select(activity.c.code, activity.c.activity_id).where(
        activity.c.code.in_(codes), activity.c.modalite == "en_classe", newest(activity), activity.c.gone_us == MAX_US
    )


def _done(codes: Codes) -> sa.Select[Any]:
    # The codes alone too, which an index finds: few sessions have something to apply in class.
    theirs = resolution.c.code.in_(_in_class(codes).with_only_columns(activity.c.code))
    in_class = sa.tuple_(resolution.c.code, resolution.c.activity_id).in_(_in_class(codes))
    last = last_states(acts_of(said().where(theirs, in_class))).subquery("last")
    return sa.select(*(last.c[name] for name in _KEY), last.c.timestamp_us.label("done_us")).where(
        last.c.kind == "completion", last.c.state == DONE
    )


def _same(left: sa.FromClause, right: sa.FromClause, names: tuple[str, ...]) -> sa.ColumnElement[bool]:
    return sa.and_(*(left.c[name] == right.c[name] for name in names))
