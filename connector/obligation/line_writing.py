"""Making the lines of some teachers again, and writing those that differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.ledger.schema import line, teacher
from connector.obligation.credit import credit
from connector.obligation.heard import heard
from connector.obligation.items import LINE, places
from connector.obligation.scratch import hash_joins, scratch

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from scenarios.calendar import SchoolYear


def write_lines(connection: sa.Connection, batch: Sequence[int], closed: Collection[SchoolYear]) -> int:
    """Make these teachers' lines say what the evidence says, and return how many there are.

    Those of closed years stay, and are made by no other year: a session that changed its year keeps them too. What is
    the same already is not written.
    """
    kept = [str(year) for year in closed]
    teachers = sa.select(teacher.c.id).where(teacher.c.id.in_(batch))
    theirs = line.c.teacher_id.in_(batch)
    with (
        scratch(connection, "heard", heard(teachers)) as said,
        scratch(connection, "place", places(teachers, said)) as at,
    ):
        made = credit(said, at).lines.subquery("made")
        opened = sa.select(made).where(made.c.annee_scolaire.not_in(kept))
        with hash_joins(connection), scratch(connection, "fresh", opened) as fresh:
            _replace(connection, theirs, kept, fresh)
    return connection.execute(sa.select(sa.func.count()).select_from(line).where(theirs)).scalar_one()


def _replace(connection: sa.Connection, theirs: sa.ColumnElement[bool], kept: Sequence[str], fresh: sa.Table) -> None:
    """Have `fresh` in the place of their lines; what a year that is `kept` has under the same key stays."""
    stored = sa.select(line).where(theirs, line.c.annee_scolaire.not_in(kept))
    stale = sa.except_(stored, sa.select(fresh)).subquery("stale")
    key = sa.tuple_(*(line.c[name] for name in LINE))
    connection.execute(line.delete().where(theirs, key.in_(sa.select(*(stale.c[name] for name in LINE)))))
    same = (line.c[name] == fresh.c[name] for name in LINE)
    there = sa.exists(sa.select(line.c.code).where(theirs, *same).correlate(fresh))
    names = [column.name for column in fresh.c]
    connection.execute(line.insert().from_select(names, sa.select(fresh).where(~there)))
