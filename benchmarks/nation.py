"""A ledger of any size, made by the database itself: teachers in groups of thirty, ten sessions each, all invented.

A group follows ten sessions of six activities: five at a distance, one signed in presence. With `noise`, as a year
looks: one activity in six is left out, every fifth tick came as Moodle sends a first view (`uncompleted` and
`completed` in one second), one in forty came twice. Without it, everybody has done everything once. Statements lie in
the order of time, as they come. Set-based throughout (`nation.sql`): the same content on SQLite and PostgreSQL, no row
made in Python.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.ledger import schema
from connector.ledger.instants import midnight_us
from connector.ledger.partitions import open_years
from connector.ledger.schema import MAX_US, MIN_US
from scenarios.calendar import SchoolYear, timezone_of
from xapi.vocabulary import ROOT

if TYPE_CHECKING:
    from connector.ledger.db import Ledger

YEAR = SchoolYear(2026)
SESSIONS, ACTIVITIES = 10, 6
LINES = SESSIONS * ACTIVITIES
_PER_GROUP = 30
_DAY_US = 86_400_000_000
_START_US = midnight_us(YEAR.start, timezone_of("Lyon"))

_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {last})"
_ONCE = "f.rank = 2"
_NOISY = (
    "(m.teacher_id + a.position * 3) % 6 <> 0 AND (f.rank = 2 OR (NOT a.has_slots AND"
    " ((f.rank = 1 AND (m.teacher_id + a.position) % 5 = 0) OR (f.rank = 3 AND (m.teacher_id + a.position) % 40 = 1))))"
)


def _statements(part: str) -> list[str]:
    """Return the statements of one part of `nation.sql`."""
    text = Path(__file__).with_name("nation.sql").read_text("utf-8")
    said = text.split(f"-- {part}\n")[1].split("\n-- ")[0]
    return [statement for statement in said.split(";\n") if statement.strip()]


def populate(ledger: Ledger, teachers: int, *, noise: bool) -> int:
    """Fill an empty ledger with `teachers` people and their year; return how many statements there are."""
    groups = -(-teachers // _PER_GROUP)
    with ledger.write() as connection:
        open_years(connection, [str(YEAR)])
    _run(ledger, "people", teachers)
    _run(ledger, "plans", max(groups, SESSIONS))
    _run(ledger, "statements", teachers, which=_NOISY if noise else _ONCE)
    with ledger.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(sa.text("ANALYZE"))
        return connection.scalar(sa.select(sa.func.count()).select_from(schema.evidence)) or 0


def _run(ledger: Ledger, part: str, last: int, **more: str) -> None:
    """Run one part of `nation.sql`, `last` being how far it counts."""
    postgresql = ledger.engine.dialect.name == "postgresql"
    words = {
        "n": _NUMBERS.format(last=last),
        "uuid": "gen_random_uuid()" if postgresql else "lower(hex(randomblob(16)))",
        "hash": "decode(repeat('5a', 32), 'hex')" if postgresql else "zeroblob(32)",
        "true": "true" if postgresql else "1",
        "false": "false" if postgresql else "0",
        "min": MIN_US,
        "max": MAX_US,
        "start": _START_US,
        "day": _DAY_US,
        "year": YEAR,
        "debut": YEAR.start,
        "fin": YEAR.end,
        "root": ROOT,
        "sessions": SESSIONS,
        "activities": ACTIVITIES,
        "per_group": _PER_GROUP,
    }
    for statement in _statements(part):
        with ledger.write() as connection:
            connection.exec_driver_sql(statement.format(**words, **more).replace("%", "%%" if postgresql else "%"))


def bare() -> sa.Select[tuple[int, int]]:
    """Select what a report would be without any rule: each teacher's minutes, an activity counted once.

    The yardstick: what any program has to do at least, the statements joined, made distinct and summed.
    """
    said, activity = schema.resolution, schema.activity
    once = (
        sa.select(said.c.teacher_id, said.c.code, said.c.activity_id, activity.c.duree_min)
        .distinct()
        .join(schema.evidence, schema.evidence.c.id == said.c.evidence_id)
        .join(activity, sa.and_(activity.c.code == said.c.code, activity.c.activity_id == said.c.activity_id))
        .where(schema.evidence.c.state == "done", said.c.status == "resolved")
        .subquery()
    )
    return sa.select(once.c.teacher_id, sa.func.sum(once.c.duree_min)).group_by(once.c.teacher_id)
