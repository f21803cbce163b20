"""Making the lines of some teachers again, and writing those that differ."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from connector.ledger.schema import line, teacher
from connector.obligation.credit import credit, doubles
from connector.obligation.heard import disputed, things
from connector.obligation.items import LINE, Known, among, decided_lines, marks, places
from connector.obligation.scratch import aside, filled, hashed

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from connector.obligation.items import Teachers
    from scenarios.calendar import SchoolYear

_Columns = dict[str, sa.types.TypeEngine[Any]]
_ID, _CODE, _INSTANT, _WHETHER, _NUMBER = sa.BigInteger(), sa.Text(), sa.BigInteger(), sa.Boolean(), sa.Integer()
_LINE: _Columns = {"teacher_id": _ID, "code": _CODE, "activity_id": _CODE}
_THING: _Columns = _LINE | {
    "slot_id": _CODE, "kind": _CODE, "state": _CODE, "inside": _WHETHER, "timestamp_us": _INSTANT
}  # fmt: skip
_SESSION: _Columns = {
    "teacher_id": _ID, "code": _CODE, "groupe": _CODE, "cadre": _CODE, "attested_us": _INSTANT, "trains": _NUMBER,
    "annee_scolaire": _CODE, "parcours_key": _CODE, "nature": _CODE, "theme": _CODE, "validation": _CODE,
    "session_cadre": _CODE, "hors_liste": _WHETHER, "siblings": _NUMBER,
}  # fmt: skip
_STORED: _Columns = {column.name: column.type for column in line.c}
_HEARD, _DISPUTED = aside("heard", _THING, LINE), aside("disputed", _THING)
_MARK = aside("mark", _THING, LINE)
_DECIDED = aside("decided", _LINE | {"granted_us": _INSTANT, "refused_us": _INSTANT})
_PLACE = aside("place", _SESSION)
_MADE = aside("made", _STORED | {"parcours_key": _CODE, "locale": _WHETHER, "siblings": _NUMBER}, LINE)


@cache
def _lines() -> sa.Select[Any]:
    """Return the lines as they are to be, described once: SQLAlchemy then compiles it once, a quiet night never."""
    return credit(Known(_HEARD, _MARK, _DECIDED, _PLACE)).lines


def write_lines(connection: sa.Connection, batch: Sequence[int], closed: Collection[SchoolYear]) -> int:
    """Make these teachers' lines say what the evidence says, and return how many there are.

    Those of closed years stay, and are made by no other year: a session that changed its year keeps them too. What is
    the same already is not written.
    """
    kept = [str(year) for year in closed]
    teachers = sa.select(teacher.c.id).where(among(teacher.c.id, batch))
    theirs = among(line.c.teacher_id, batch)
    with filled(connection, _HEARD, things(teachers)):
        _settle(connection, teachers)
        with (
            filled(connection, _PLACE, places(teachers, _HEARD)),
            filled(connection, _MARK, marks(_HEARD)),
            filled(connection, _DECIDED, decided_lines(_HEARD)),
            hashed(connection),
            filled(connection, _MADE, _lines()),
        ):
            _refuse_doubles(connection)
            _replace(connection, theirs, kept)
    return _count(connection, line, theirs)


def drop_lines_of_nobody(connection: sa.Connection) -> None:
    """Delete the lines whose teacher is no longer there: no reference does it."""
    connection.execute(line.delete().where(line.c.teacher_id.not_in(sa.select(teacher.c.id))))


def _settle(connection: sa.Connection, teachers: Teachers) -> None:
    """Have what decides in the place of what was left without a state."""
    with filled(connection, _DISPUTED, disputed(teachers, _HEARD)):
        connection.execute(_HEARD.delete().where(_HEARD.c.state.is_(None)))
        connection.execute(_HEARD.insert().from_select(list(_THING), sa.select(_DISPUTED)))


def _refuse_doubles(connection: sa.Connection) -> None:
    refused = {"motif": "doublon", "decision": "refuse", "minutes": 0}
    key = sa.tuple_(*(_MADE.c[name] for name in LINE))
    connection.execute(_MADE.update().values(refused).where(key.in_(doubles(_MADE))))


def _replace(connection: sa.Connection, theirs: sa.ColumnElement[bool], kept: Sequence[str]) -> None:
    """Have `_MADE` in the place of their lines; what a year that is `kept` has under the same key stays."""
    wanted, opened = _MADE.c.annee_scolaire.not_in(kept), theirs & line.c.annee_scolaire.not_in(kept)
    key = [line.c[name] == _MADE.c[name] for name in LINE]
    figures = (line.c[name].is_not_distinct_from(_MADE.c[name]) for name in _STORED if name not in LINE)
    same = sa.exists(sa.select(_MADE.c.code).where(wanted, *key, *figures).correlate(line))
    connection.execute(line.delete().where(opened, ~same))
    if _count(connection, line, opened) == _count(connection, _MADE, wanted):
        return  # what is left is the same: none is missing
    there = sa.exists(sa.select(line.c.code).where(theirs, *key).correlate(_MADE))
    new = sa.select(*(_MADE.c[name] for name in _STORED)).where(wanted, ~there)
    in_order = (_MADE.c[name] for name in LINE)  # that of the key: an index is filled from one end
    connection.execute(line.insert().from_select(list(_STORED), new.order_by(*in_order)))


def _count(connection: sa.Connection, table: sa.Table, which: sa.ColumnElement[bool]) -> int:
    return connection.execute(sa.select(sa.func.count()).select_from(table).where(which)).scalar_one()
