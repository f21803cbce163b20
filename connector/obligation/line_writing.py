"""Making the lines of some teachers again, and writing those that differ."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.ledger.schema import line, teacher
from connector.obligation.credit import credit
from connector.obligation.heard import heard
from connector.obligation.items import LINE, places
from connector.obligation.scratch import aside, filled, hash_joins

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from scenarios.calendar import SchoolYear

_ID, _CODE, _INSTANT = sa.BigInteger(), sa.Text(), sa.BigInteger()
_HEARD = aside(
    "heard", teacher_id=_ID, code=_CODE, activity_id=_CODE, slot_id=_CODE, kind=_CODE, state=_CODE,
    inside=sa.Boolean(), timestamp_us=_INSTANT,
)  # fmt: skip
_PLACE = aside(
    "place", teacher_id=_ID, code=_CODE, groupe=_CODE, cadre=_CODE, attested_us=_INSTANT, trains=sa.Integer()
)
_FRESH = aside("fresh", **{column.name: column.type for column in line.c})


@cache
def _made() -> sa.Subquery:
    """Return the lines as they are to be, described once: SQLAlchemy then compiles it once, a quiet night never."""
    return credit(_HEARD, _PLACE).lines.subquery("made")


def write_lines(connection: sa.Connection, batch: Sequence[int], closed: Collection[SchoolYear]) -> int:
    """Make these teachers' lines say what the evidence says, and return how many there are.

    Those of closed years stay, and are made by no other year: a session that changed its year keeps them too. What is
    the same already is not written.
    """
    kept = [str(year) for year in closed]
    teachers = sa.select(teacher.c.id).where(teacher.c.id.in_(batch))
    theirs = line.c.teacher_id.in_(batch)
    made = _made()
    opened = sa.select(made).where(made.c.annee_scolaire.not_in(kept))
    with (
        filled(connection, _HEARD, heard(teachers)),
        filled(connection, _PLACE, places(teachers, _HEARD)),
        hash_joins(connection),
        filled(connection, _FRESH, opened),
    ):
        _replace(connection, theirs, kept)
    return connection.execute(sa.select(sa.func.count()).select_from(line).where(theirs)).scalar_one()


def _replace(connection: sa.Connection, theirs: sa.ColumnElement[bool], kept: Sequence[str]) -> None:
    """Have `_FRESH` in the place of their lines; what a year that is `kept` has under the same key stays."""
    stored = sa.select(line).where(theirs, line.c.annee_scolaire.not_in(kept))
    stale = sa.except_(stored, sa.select(_FRESH)).subquery("stale")
    key = sa.tuple_(*(line.c[name] for name in LINE))
    connection.execute(line.delete().where(theirs, key.in_(sa.select(*(stale.c[name] for name in LINE)))))
    same = (line.c[name] == _FRESH.c[name] for name in LINE)
    there = sa.exists(sa.select(line.c.code).where(theirs, *same).correlate(_FRESH))
    names = [column.name for column in _FRESH.c]
    connection.execute(line.insert().from_select(names, sa.select(_FRESH).where(~there)))
