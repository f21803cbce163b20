"""How a test asks what became of the one statement that it took."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from connector.ledger.schema import pending, resolution, teacher


class Answer(NamedTuple):
    who: str | None
    activity_id: str | None
    slot_id: str | None
    status: str
    reason: str | None


def answer(connection: sa.Connection) -> Answer:
    query = (
        sa.select(
            teacher.c.identifiant,
            resolution.c.activity_id,
            resolution.c.slot_id,
            resolution.c.status,
            resolution.c.reason,
        )
        .select_from(resolution.outerjoin(teacher))
    )  # fmt: skip
    assert connection.scalar(sa.select(sa.func.count()).select_from(pending)) == 0
    return Answer(*connection.execute(query).one())


def resolved(who: str = "A", activity_id: str = "accueil", slot_id: str | None = None) -> Answer:
    return Answer(who, activity_id, slot_id, "resolved", None)


def reason_of(connection: sa.Connection) -> tuple[str, str | None]:
    found = answer(connection)
    return found.status, found.reason
