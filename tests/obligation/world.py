"""A small world to judge: people, published sessions and facts, and how it is written into a ledger."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from connector.ledger import schema
from connector.ledger.instants import midnight_us
from connector.ledger.projection import Published, project
from connector.ledger.schema import MAX_US, MIN_US
from connector.obligation.policy import LocalRules

if TYPE_CHECKING:
    from collections.abc import Sequence

    import sqlalchemy as sa

    from connector.ledger.roster import Interval
    from scenarios.calendar import SchoolYear

PARIS = ZoneInfo("Europe/Paris")
_SPACE = UUID("6a1f4a52-7c5a-4c3e-9d64-0f4f5c6c9b10")


class Fact(NamedTuple):
    """One statement, resolved: who did what where; instants in microseconds.

    `slot` only for attendance; no activity for the attestation of a session.
    """

    teacher: str
    code: str
    activity: str | None
    slot: str | None
    state: str
    timestamp_us: int
    stored_us: int
    number: int
    voided: bool = False

    @property
    def kind(self) -> str:
        if self.activity is None:
            return "attestation"
        return "attendance" if self.slot else "completion"

    @property
    def statement_id(self) -> UUID:
        return uuid5(_SPACE, str(self.number))


@dataclass
class World:
    """Everything that a year's lines and balances depend on."""

    year: SchoolYear
    people: dict[str, list[Interval]] = field(default_factory=dict)
    published: dict[str, list[Published]] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    local: LocalRules = field(default_factory=LocalRules)

    def email(self, identifiant: str) -> str:
        return f"{identifiant.lower()}@ac-exemple.fr"

    def write(self, connection: sa.Connection, facts: Sequence[Fact] | None = None) -> None:
        """Write the world into an empty ledger, `facts` in the order given."""
        ids = {identifiant: number for number, identifiant in enumerate(sorted(self.people), 1)}
        for identifiant, intervals in self.people.items():
            self._write_person(connection, ids[identifiant], identifiant, intervals)
        for history in self.published.values():
            rows = project(history)
            connection.execute(schema.session.insert(), [rows.session])
            for table, its_rows in (
                (schema.activity, rows.activity),
                (schema.slot, rows.slot),
                (schema.participant, rows.participant),
                (schema.trainer, rows.trainer),
            ):
                if its_rows:
                    connection.execute(table.insert(), list(its_rows))
        for fact in self.facts if facts is None else facts:
            write_fact(connection, fact, ids[fact.teacher])

    def _write_person(
        self, connection: sa.Connection, number: int, identifiant: str, intervals: Sequence[Interval]
    ) -> None:
        connection.execute(
            schema.teacher.insert().values(id=number, identifiant=identifiant, nom=identifiant, prenom="Camille")
        )
        key = {"teacher_id": number, "kind": "mbox", "value": self.email(identifiant), "main": True}
        connection.execute(schema.teacher_key.insert().values(key))
        for interval in intervals:
            start_us, end_us = bounds(interval)
            connection.execute(
                schema.service.insert().values(teacher_id=number, **asdict(interval), start_us=start_us, end_us=end_us)
            )
        connection.execute(schema.touched.insert().values(teacher_id=number))


def bounds(interval: Interval) -> tuple[int, int]:
    """Return the instants of an interval, the end excluded."""
    start_us = midnight_us(interval.debut, PARIS) if interval.debut else MIN_US
    end_us = midnight_us(interval.fin + timedelta(days=1), PARIS) if interval.fin else MAX_US
    return start_us, end_us


def write_fact(connection: sa.Connection, fact: Fact, teacher_id: int) -> None:
    """Write a statement as evidence that has been resolved, and its void when it has one."""
    evidence_id = connection.execute(
        schema.evidence.insert()
        .values(
            statement_id=fact.statement_id,
            source="fichier",
            sha256=bytes(32),
            kind=fact.kind,
            state=fact.state,
            timestamp_us=fact.timestamp_us,
            stored_us=fact.stored_us,
            rank=0,
            actor_kind="mbox",
            actor_value="x@ac-exemple.fr",
            object_id=f"https://moodle.exemple.fr/{fact.code}/{fact.activity}/{fact.slot}",
        )
        .returning(schema.evidence.c.id)
    ).scalar_one()
    connection.execute(
        schema.resolution.insert().values(
            evidence_id=evidence_id,
            teacher_id=teacher_id,
            code=fact.code,
            activity_id=fact.activity,
            slot_id=fact.slot,
            status="resolved",
        )
    )
    if fact.voided:
        void = {"statement_id": uuid5(_SPACE, f"void {fact.number}"), "target_id": fact.statement_id}
        connection.execute(
            schema.void.insert().values(void | {"source": "fichier", "sha256": bytes(32), "stored_us": 0})
        )
