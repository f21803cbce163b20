"""What was done outside the 18 hours: in the PAF, or by the second degree. Nothing of it is credited; it was done."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.ledger.schema import line, teacher
from connector.obligation.credit import OUTSIDE, credit, known_of
from connector.obligation.items import among

if TYPE_CHECKING:
    from collections.abc import Collection

    from connector.obligation.items import Teachers

_BATCH = 500


def read_outside(connection: sa.Connection, codes: Collection[str]) -> dict[tuple[str, int], set[str]]:
    """Return what was done in these sessions by those who have lines outside the 18 hours: by session and teacher.

    An activity was done that would be credited inside.
    """
    apart = sa.select(line.c.teacher_id).where(line.c.motif.in_(OUTSIDE), line.c.code.in_(codes)).distinct()
    people = connection.execute(apart.order_by(line.c.teacher_id)).scalars().all()
    found: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
    for start in range(0, len(people), _BATCH):
        of = sa.select(teacher.c.id).where(among(teacher.c.id, people[start : start + _BATCH]))
        for code, teacher_id, activity_id in connection.execute(_done(of, codes)):
            found[code, teacher_id].add(activity_id)
    return found


def _done(teachers: Teachers, codes: Collection[str]) -> sa.Select[str, int, str]:
    judged = credit(known_of(teachers), outside=True).lines.subquery("judged")
    columns = (judged.c[name] for name in ("code", "teacher_id", "activity_id"))
    return sa.select(*columns).where(judged.c.motif.is_(None), judged.c.code.in_(codes))
