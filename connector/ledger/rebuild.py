"""Everything derived, thrown away and worked out again from what happened, what was published and the roster.

What stays: evidence, voids, conflicts, snapshots, links to courses, Moodle's accounts, the roster, the journal. What
comes out is what was there: a difference would be a defect, or the mending of one.
"""

from __future__ import annotations

import sqlalchemy as sa

from connector.ledger import actors, schema
from connector.ledger.resolve import settle
from connector.ledger.sessions import project_again
from connector.ledger.touch import touch_where
from connector.ledger.unsettled import mark

_DERIVED = (schema.resolution, schema.pending, schema.mailbox, schema.actor)


def rebuild(connection: sa.Connection) -> None:
    """Derive everything again, in the caller's transaction, and touch everybody: reconcile them all afterwards."""
    mark(connection)
    for table in _DERIVED:
        connection.execute(table.delete())
    evidence = schema.evidence.c
    named = sa.select(evidence.actor_kind, evidence.actor_value, evidence.site).distinct()
    actors.remember(connection, (tuple(row) for row in connection.execute(named)))
    for code in connection.scalars(sa.select(schema.snapshot.c.code).distinct()).all():
        project_again(connection, code)
    # Before anything is pending: `settle` would reopen, actor by actor, what all is.
    actors.work_out(connection, every=True)
    connection.execute(schema.pending.delete())
    connection.execute(schema.pending.insert().from_select(["evidence_id"], sa.select(evidence.id)))
    settle(connection)
    touch_where(connection, sa.select(schema.teacher.c.id))
