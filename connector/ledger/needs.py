"""Training needs in the ledger: recorded, withdrawn, read in a scope; never edited."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.ledger.journal import record
from connector.ledger.schema import need, need_person
from connector.ledger.schools import read_schools

if TYPE_CHECKING:
    from connector.ledger.scope import Scope


@dataclass(frozen=True)
class Wording:
    """What is said of a need: where (UAI), for whom, about what; `people` are the ids of those whom it names."""

    annee_scolaire: str
    uai: str
    circonscription: str
    cycle: str
    theme: str
    precision: str = ""
    duree: str = ""
    effectif: int | None = None
    people: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Need:
    """A need that was recorded, by whom and when (microseconds since 1970 UTC), and perhaps withdrawn.

    `ecole` is the name of the school in that year, its UAI where nobody serves there any more.
    """

    numero: int
    wording: Wording
    ecole: str
    author: str
    at_us: int
    withdrawn_by: str | None = None
    withdrawn_us: int | None = None


def put_need(connection: sa.Connection, said: Wording, author: str, at_us: int) -> int | None:
    """Record a need and journal it; return its number, None where one in force says the same already."""
    if said in (one.wording for one in _read(connection, _in_force(), _fits(said))):
        return None
    values = {name: getattr(said, name) for name in ("annee_scolaire", "uai", "circonscription", "cycle", "theme")}
    values |= {"precision_libre": said.precision, "duree": said.duree, "effectif": said.effectif}
    inserted = need.insert().values(**values, author=author, at_us=at_us).returning(need.c.id)
    numero: int = connection.execute(inserted).scalar_one()
    people = [{"need_id": numero, "teacher_id": one} for one in sorted(said.people)]
    if people:
        connection.execute(need_person.insert(), people)
    detail = {"annee": said.annee_scolaire, "ecole": said.uai, "cycle": said.cycle, "theme": said.theme}
    record(connection, at_us, author, "besoin.saisir", str(numero), **detail, nommes=len(people))
    return numero


def withdraw_need(connection: sa.Connection, numero: int, author: str, at_us: int) -> None:
    """Withdraw a need that is in force, and journal it."""
    connection.execute(need.update().where(need.c.id == numero).values(withdrawn_by=author, withdrawn_us=at_us))
    record(connection, at_us, author, "besoin.retirer", str(numero))


def read_needs(
    connection: sa.Connection,
    scope: Scope,
    annee_scolaire: str,
    circonscription: str | None = None,
    *,
    withdrawn: bool = False,
) -> list[Need]:
    """Return the needs of a year that the scope shows, by school; those in force, or the withdrawn ones as well."""
    which = [scope.needs(), need.c.annee_scolaire == annee_scolaire]
    which += [need.c.circonscription == circonscription] if circonscription else []
    return _read(connection, *which, *([] if withdrawn else [_in_force()]))


def find_need(connection: sa.Connection, scope: Scope, numero: int) -> Need | None:
    """Return the need of a number, withdrawn or not; None where the scope shows none."""
    return next(iter(_read(connection, scope.needs(), need.c.id == numero)), None)


def _in_force() -> sa.ColumnElement[bool]:
    return need.c.withdrawn_us.is_(None)


def _fits(said: Wording) -> sa.ColumnElement[bool]:
    return sa.and_(*(need.c[name] == getattr(said, name) for name in ("annee_scolaire", "uai", "cycle", "theme")))


def _read(connection: sa.Connection, *which: sa.ColumnElement[bool]) -> list[Need]:
    rows = connection.execute(need.select().where(*which).order_by(need.c.id)).all()
    named: dict[int, set[int]] = defaultdict(set)
    found = sa.select(need_person).where(need_person.c.need_id.in_(sa.select(need.c.id).where(*which)))
    for row in connection.execute(found):
        named[row.need_id].add(row.teacher_id)
    titles: dict[tuple[str, str], str] = {}
    for year in {row.annee_scolaire for row in rows}:
        schools = read_schools(connection, year, sa.select(need.c.uai).where(*which))
        titles |= {(year, uai): school.nom for uai, school in schools.items()}
    needs = [_need(row, titles.get((row.annee_scolaire, row.uai), row.uai), frozenset(named[row.id])) for row in rows]
    return sorted(needs, key=lambda one: (one.ecole, one.wording.cycle, one.wording.theme, one.numero))


def _need(row: sa.Row[tuple[object, ...]], ecole: str, people: frozenset[int]) -> Need:
    said = Wording(
        row.annee_scolaire, row.uai, row.circonscription, row.cycle, row.theme, row.precision_libre, row.duree,
        row.effectif, people,
    )  # fmt: skip
    return Need(row.id, said, ecole, row.author, row.at_us, row.withdrawn_by, row.withdrawn_us)
