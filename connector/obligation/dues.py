"""How the dues of many teachers came about, by the rules that the year is judged by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.ledger import schema
from connector.obligation.balance_writing import services_of
from connector.obligation.closed_years import rules_of
from connector.obligation.due import due, reporting_interval
from connector.obligation.policy import NATIONAL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.obligation.due import Due
    from connector.obligation.policy import LocalRules
    from scenarios.calendar import SchoolYear

_BATCH = 500


def read_dues(
    connection: sa.Connection, teacher_ids: Sequence[int], year: SchoolYear, local: LocalRules
) -> dict[int, Due]:
    """Return how the due of each teacher came about, by id: by the rules that a closed year was closed with."""
    law, local = rules_of(connection, year, local)
    teacher = schema.teacher.c
    found: dict[int, Due] = {}
    for start in range(0, len(teacher_ids), _BATCH):
        batch = teacher_ids[start : start + _BATCH]
        services = services_of(connection, batch)
        for row in connection.execute(sa.select(teacher.id, teacher.identifiant).where(teacher.id.in_(batch))):
            intervals = services.get(row.id, [])
            home = reporting_interval(intervals, year)
            policy = local.policy(home.circonscription, str(year)) if home else NATIONAL
            found[row.id] = due(intervals, year, policy, local.derogation(row.identifiant, str(year)), law)
    return found
