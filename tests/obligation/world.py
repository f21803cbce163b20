"""A small world to judge: people, published sessions and facts, brought into a ledger as a collection would.

A site says its sessions, statements come from an LRS: what they are about is worked out by the program, not here.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from connector.ledger import schema, unsettled
from connector.ledger.ingest import ingest
from connector.ledger.instants import midnight_us
from connector.ledger.reading import Received
from connector.ledger.resolve import settle
from connector.ledger.schema import MAX_US, MIN_US
from connector.ledger.sessions import absorb_observation
from connector.moodle.observation import (
    Observation,
    ObservedActivity,
    ObservedCourse,
    ObservedSession,
    PublishedSnapshot,
)
from connector.obligation.policy import LocalRules
from xapi import emit
from xapi.statement import Actor, decode_statement
from xapi.vocabulary import OwnActivity

if TYPE_CHECKING:
    from collections.abc import Sequence

    import sqlalchemy as sa

    from connector.ledger.projection import Published
    from connector.ledger.roster import Interval
    from scenarios.calendar import SchoolYear

PARIS = ZoneInfo("Europe/Paris")
SITE, LRS = "https://moodle.exemple.fr", "https://lrs.exemple.fr/xAPI"
_VERDICTS = {"done": "granted", "failed": "refused", "undone": "withdrawn"}
_SPACE = UUID("6a1f4a52-7c5a-4c3e-9d64-0f4f5c6c9b10")


class Fact(NamedTuple):
    """One statement: who did what where; instants in microseconds.

    `slot` only for attendance; no activity for the attestation of a session. A decision (`motif`) is `done` where it
    grants the line, `failed` where it refuses it, `undone` once withdrawn.
    """

    teacher: str
    code: str
    activity: str | None
    slot: str | None
    state: Literal["done", "failed", "undone"]
    timestamp_us: int
    stored_us: int
    number: int
    voided: bool = False
    motif: str | None = None

    @property
    def kind(self) -> str:
        if self.motif:
            return "decision"
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
        """Bring the world into an empty ledger, `facts` in the order given."""
        for number, (identifiant, intervals) in enumerate(sorted(self.people.items()), 1):
            self._write_person(connection, number, identifiant, intervals)
        unsettled.mark(connection)
        sessions = tuple(self._observed(code) for code in self.published)
        absorbed = absorb_observation(connection, SITE, Observation(sessions=sessions), at_us=0)
        assert not absorbed.problems
        self.take(connection, self.facts if facts is None else facts)

    def take(self, connection: sa.Connection, facts: Sequence[Fact]) -> None:
        """Bring these facts as statements, each void right after what it voids."""
        ingest(connection, LRS, [item for fact in facts for item in self._received(fact)], seen_us=0)
        settle(connection)

    def _observed(self, code: str) -> ObservedSession:
        snapshots = tuple(
            PublishedSnapshot(
                revision=one.revision,
                published_at=one.published_us // 1_000_000,
                snapshot=one.snapshot.model_dump(mode="json"),
            )
            for one in self.published[code]
        )
        activities = tuple(
            ObservedActivity(idnumber=f"{code}/{name}", cmid=cmid, modname="page")
            for (session, name), cmid in self._modules().items()
            if session == code
        )
        course = ObservedCourse(id=self._course(code), url=f"{SITE}/course/view.php?id={self._course(code)}")
        return ObservedSession(code=code, course=course, activities=activities, snapshots=snapshots)

    def _course(self, code: str) -> int:
        return sorted(self.published).index(code) + 1

    def _modules(self) -> dict[tuple[str, str], int]:
        """Number the modules: of a session and an activity, its cmid."""
        named = {
            (code, activity.id)
            for code, history in self.published.items()
            for published in history
            for activity in published.snapshot.activites
        }
        return {name: cmid for cmid, name in enumerate(sorted(named), 101)}

    def _received(self, fact: Fact) -> list[Received]:
        actor = Actor("mbox", self.email(fact.teacher))
        said = Received(fact.statement_id, decode_statement(self._statement(actor, fact)), fact.stored_us)
        if not fact.voided:
            return [said]
        void = emit.void(actor, fact.statement_id, timestamp_us=fact.stored_us)
        return [said, Received(UUID(void["id"]), decode_statement(void), fact.stored_us)]

    def _statement(self, actor: Actor, fact: Fact) -> dict[str, Any]:
        done = fact.state == "done"
        if fact.activity is None:
            return emit.attestation(actor, code=fact.code, at_us=fact.timestamp_us, attested=done)
        if fact.motif:
            line, verdict = OwnActivity(fact.code, fact.activity), _VERDICTS[fact.state]
            said = {"verdict": verdict, "reason": fact.motif, "author": "ien.lyon4", "at_us": fact.timestamp_us}
            return emit.decision(actor, line, **said)
        if fact.slot:
            slot = {"code": fact.code, "activity_id": fact.activity, "slot_id": fact.slot}
            return emit.attendance(actor, **slot, end_us=fact.timestamp_us, present=done)
        idnumber = f"{fact.code}/{fact.activity}"
        cmid = self._modules()[fact.code, fact.activity]
        module = emit.MoodleModule(SITE, self._course(fact.code), "page", cmid, idnumber)
        return emit.completion(actor, module, state=fact.state, timestamp_us=fact.timestamp_us)

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
