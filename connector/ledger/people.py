"""The roster in the ledger: an import replaces the intervals of the people it lists, and nothing else."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.ledger import schema
from connector.ledger.erased import IDENTIFIANT, erased_people
from connector.ledger.instants import midnight_us
from connector.ledger.journal import record
from connector.ledger.keys import ROSTER, replace_roster_keys, settled_names
from connector.ledger.moved_sites import moved_sites
from connector.ledger.one_writer import take_turn
from connector.ledger.roster import Interval, Key, Person, Roster, ordered, shared_keys
from connector.ledger.touch import touch
from scenarios.calendar import timezone_of
from scenarios.folding import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_DAY = timedelta(days=1)
_INTERVAL_COLUMNS = tuple(Interval.__dataclass_fields__)


@dataclass(frozen=True)
class Imported:
    """What an import did, as identifiants; `unchanged` only counts; `shared` tells of names that several bear.

    `erased` are the people of the file who stay out, since they were erased.
    """

    created: tuple[str, ...]
    changed: tuple[str, ...]
    closed: tuple[str, ...]
    unchanged: int
    shared: tuple[str, ...] = ()
    erased: tuple[str, ...] = ()

    @property
    def nothing(self) -> bool:
        """Tell whether the ledger is as it was."""
        return not (self.created or self.changed or self.closed)


def import_roster(
    connection: sa.Connection, roster: Roster, *, author: str, today: date, at_us: int, complete: bool = False
) -> Imported:
    """Make the ledger say of the listed people what `roster` says; the others stay as they are.

    With `complete`, the others are closed: their intervals end yesterday, those to come go, and their names become
    former ones. Everybody who changes
    is touched and journalled (author, identifiant). Call `resolve.settle` afterwards: keys may have moved.
    """
    take_turn(connection)
    known = _stored(connection)
    roster, erased = _without_erased(connection, _today(connection, roster))
    listed = {person.identifiant for person in roster.people}
    created = [person for person in roster.people if person.identifiant not in known]
    changed = [person for person in roster.people if known.get(person.identifiant, person) != person]
    closed = [
        cut
        for identifiant, person in known.items()
        if complete and identifiant not in listed and (cut := _closed(person, today)) != person
    ]
    _save(connection, [*created, *changed, *closed], at_us)
    for action, people in (("cree", created), ("modifie", changed), ("clos", closed)):
        for person in people:
            record(connection, at_us, author, f"personnels.{action}", person.identifiant)
    unchanged = len(roster.people) - len(created) - len(changed)
    others = [person for identifiant, person in known.items() if not complete and identifiant not in listed]
    settled = {(name.kind, name.value) for name in settled_names(connection)}
    shared = tuple(shared_keys(roster, others, settled))
    return Imported(_names(created), _names(changed), _names(closed), unchanged, shared, erased)


def _today(connection: sa.Connection, roster: Roster) -> Roster:
    """Return the roster with every account under its site's address of today."""
    moved = moved_sites(connection)
    people = (
        replace(person, keys=frozenset(key._replace(value=moved.account(key.value)) for key in person.keys))
        for person in roster.people
    )
    return replace(roster, people=tuple(people)) if moved.today else roster


def _without_erased(connection: sa.Connection, roster: Roster) -> tuple[Roster, tuple[str, ...]]:
    """Return the roster without those who were erased, by identifiant or by any name, and who they are."""
    known = erased_people(connection)

    def is_erased(person: Person) -> bool:
        names = [(IDENTIFIANT, person.identifiant), *((key.kind, key.value) for key in person.keys)]
        return any(known.pseudonym(*name) for name in names)

    people = tuple(person for person in roster.people if not is_erased(person))
    left = {person.identifiant for person in people}
    return replace(roster, people=people), tuple(name for name in _names(roster.people) if name not in left)


def _names(people: Iterable[Person]) -> tuple[str, ...]:
    return tuple(person.identifiant for person in people)


def _stored(connection: sa.Connection) -> dict[str, Person]:
    keys: dict[int, set[Key]] = defaultdict(set)
    said = sa.and_(schema.teacher_key.c.source == ROSTER, schema.teacher_key.c.until_us == schema.MAX_US)
    for row in connection.execute(sa.select(schema.teacher_key).where(said)):
        keys[row.teacher_id].add(Key(row.kind, row.value, row.main))
    intervals: dict[int, list[Interval]] = defaultdict(list)
    columns = [schema.service.c[name] for name in _INTERVAL_COLUMNS]
    for teacher_id, *values in connection.execute(
        sa.select(schema.service.c.teacher_id, *columns).order_by(schema.service.c.id)
    ):
        intervals[teacher_id].append(Interval(*values))
    return {
        row.identifiant: Person(
            row.identifiant, row.nom, row.prenom, frozenset(keys[row.id]), ordered(intervals[row.id])
        )
        for row in connection.execute(sa.select(schema.teacher))
    }


def _closed(person: Person, today: date) -> Person:
    begun = [interval for interval in person.intervals if interval.debut is None or interval.debut < today]
    return replace(
        person,
        keys=frozenset(),
        intervals=tuple(
            interval if interval.fin is not None and interval.fin < today else replace(interval, fin=today - _DAY)
            for interval in begun
        ),
    )


def _save(connection: sa.Connection, people: Sequence[Person], at_us: int) -> None:
    if not people:
        return
    ids = _teacher_ids(connection, people)
    replace_roster_keys(connection, {ids[person.identifiant]: person.keys for person in people}, at_us=at_us)
    served = schema.service.c.teacher_id == sa.bindparam("of")
    connection.execute(schema.service.delete().where(served), [{"of": ids[person.identifiant]} for person in people])
    services = [row for person in people for row in _service_rows(ids[person.identifiant], person.intervals)]
    if services:
        connection.execute(schema.service.insert(), services)
    touch(connection, (ids[person.identifiant] for person in people))


def _teacher_ids(connection: sa.Connection, people: Sequence[Person]) -> dict[str, int]:
    teacher = schema.teacher
    ids = {row.identifiant: row.id for row in connection.execute(sa.select(teacher.c.identifiant, teacher.c.id))}
    for person in people:
        values = {"identifiant": person.identifiant, "nom": person.nom, "prenom": person.prenom}
        values["recherche"] = folded(f"{person.nom} {person.prenom} {person.nom} {person.identifiant}")
        if person.identifiant in ids:
            connection.execute(teacher.update().where(teacher.c.id == ids[person.identifiant]).values(values))
        else:
            ids[person.identifiant] = connection.execute(
                teacher.insert().values(values).returning(teacher.c.id)
            ).scalar_one()
    return ids


def _service_rows(teacher_id: int, intervals: Iterable[Interval]) -> list[dict[str, object]]:
    return [
        {"teacher_id": teacher_id, **asdict(interval), "start_us": start_us, "end_us": end_us}
        for interval in intervals
        for start_us, end_us in (_bounds(interval),)
    ]


def _bounds(interval: Interval) -> tuple[int, int]:
    zone = timezone_of(interval.academie)
    start_us = midnight_us(interval.debut, zone) if interval.debut else schema.MIN_US
    end_us = midnight_us(interval.fin + _DAY, zone) if interval.fin else schema.MAX_US
    return start_us, end_us
