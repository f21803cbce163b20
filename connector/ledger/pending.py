"""Evidence to resolve, for the first time or again: whoever changes what a resolution rests on says so here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.ledger.one_writer import take_turn
from connector.ledger.schema import evidence, pending, resolution
from connector.ledger.touch import touch_where

if TYPE_CHECKING:
    from collections.abc import Sequence

_CHUNK = 200

Ids = sa.Select[tuple[int]]


def reopen(connection: sa.Connection, evidence_ids: Ids) -> None:
    """Forget how this evidence was resolved, touch the teachers it was for, and have it resolved again."""
    # No NOT IN: where millions are pending, PostgreSQL would look through them all for each row.
    take_turn(connection)
    connection.execute(
        pending.insert().from_select(
            ["evidence_id"],
            sa.select(evidence.c.id).where(
                evidence.c.id.in_(evidence_ids), ~sa.exists().where(pending.c.evidence_id == evidence.c.id)
            ),
        )
    )
    again = resolution.c.evidence_id.in_(sa.select(pending.c.evidence_id))
    touch_where(connection, sa.select(resolution.c.teacher_id).where(again))
    connection.execute(resolution.delete().where(again))


def reopen_actors(connection: sa.Connection, actors: Sequence[tuple[str, str, str]]) -> None:
    """Reopen what these actors (kind, value, site) did."""
    kind, value = evidence.c.actor_kind, evidence.c.actor_value
    named = sa.tuple_(kind, value, sa.func.coalesce(evidence.c.site, ""))
    for start in range(0, len(actors), _CHUNK):
        some = actors[start : start + _CHUNK]
        # A site may be absent, which no index finds: it is looked at in the rows that the first two find by theirs.
        indexed = sa.and_(kind.in_({one[0] for one in some}), value.in_({one[1] for one in some}))
        reopen(connection, sa.select(evidence.c.id).where(indexed, named.in_(some)))


def reopen_course(connection: sa.Connection, site: str, course_id: int) -> None:
    """Reopen what happened in a Moodle course."""
    here = sa.and_(evidence.c.site == site, evidence.c.course_id == course_id)
    reopen(connection, sa.select(evidence.c.id).where(here))


def reopen_session(connection: sa.Connection, code: str) -> None:
    """Reopen what was resolved to a session, and what waits for a slot or a session."""
    waits = sa.and_(resolution.c.status == "waiting", resolution.c.reason.in_(("creneau_inconnu", "session_inconnue")))
    reopen(connection, sa.select(resolution.c.evidence_id).where(sa.or_(resolution.c.code == code, waits)))
