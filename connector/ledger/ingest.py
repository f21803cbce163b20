"""Statements into the ledger, in the caller's transaction: evidence, voids, and a trace of everything else."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa

from connector.ledger import actors, schema
from connector.ledger.bulk import insert_bulk, with_ids
from connector.ledger.erased import erased_people
from connector.ledger.evidence import Dropped, EvidenceRow, Void, classify
from connector.ledger.moved_sites import moved_sites
from connector.ledger.one_writer import take_turn
from connector.ledger.reading import Passed, Received, Unreadable
from connector.ledger.touch import touch_where
from xapi.upsert import insert_new, upsert

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_CHUNK = 2000


@dataclass
class Tally:
    """What became of what was read. `known` had come before; `dropped` is no evidence, by kind.

    `conflicts` and `unreadable` are those that had not been set aside yet; `late`, those of the kept ones that only
    reading an LRS again has shown.
    """

    evidence: int = 0
    voids: int = 0
    known: int = 0
    conflicts: int = 0
    unreadable: int = 0
    refused: int = 0
    late: int = 0
    dropped: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        """Add the figures of another tally to this one."""
        self.evidence += other.evidence
        self.voids += other.voids
        self.known += other.known
        self.conflicts += other.conflicts
        self.unreadable += other.unreadable
        self.refused += other.refused
        self.late += other.late
        self.dropped.update(other.dropped)


def ingest(
    connection: sa.Connection, source: str, items: Sequence[Received | Passed | Unreadable], *, seen_us: int
) -> Tally:
    """Keep what `items` say; what is there already stays as it is.

    An id that is known with another content is set aside in `conflict`. Evidence is left pending: call
    `resolve.settle` once everything is in. Counting `dropped` is for the caller (`count_dropped`).
    """
    tally = Tally()
    take_turn(connection)
    unreadable = {item.sha256: item for item in items if isinstance(item, Unreadable)}
    tally.unreadable = _reject(connection, source, unreadable, seen_us)
    received = [item for item in items if not isinstance(item, Unreadable)]
    for start in range(0, len(received), _CHUNK):
        _ingest_chunk(connection, source, received[start : start + _CHUNK], tally, seen_us)
    return tally


def forget_rejected(connection: sa.Connection, source: str, *, seen_us: int) -> None:
    """Forget what could not be read of `source` before its reading of `seen_us`, which reached its end."""
    rejected = schema.rejected
    connection.execute(rejected.delete().where(rejected.c.source == source, rejected.c.seen_us != seen_us))


def count_dropped(connection: sa.Connection, source: str, dropped: Mapping[str, int], *, since_before: bool) -> None:
    """Count what is no evidence, by kind: added to what `source` had with `since_before`, in its place without."""
    table = schema.dropped
    of_source = table.c.source == source
    known: dict[str, int] = {}
    if since_before:
        rows = connection.execute(sa.select(table.c.kind, table.c["count"].label("number")).where(of_source))
        known = {row.kind: row.number for row in rows}
    connection.execute(table.delete().where(of_source))
    total = Counter(known)
    total.update(dropped)
    insert_new(connection, table, [{"source": source, "kind": kind, "count": total[kind]} for kind in total])


def _reject(connection: sa.Connection, source: str, found: Mapping[bytes, Unreadable], seen_us: int) -> int:
    """Keep what could not be read, where it was last seen; returns how much of it is new."""
    if not found:
        return 0
    table = schema.rejected
    here = sa.and_(table.c.source == source, table.c.sha256.in_(found))
    known = connection.scalar(sa.select(sa.func.count()).where(here)) or 0
    rows = [{**item._asdict(), "source": source, "seen_us": seen_us} for item in found.values()]
    upsert(connection, table, rows, update=["place", "reason", "seen_us"])
    return len(found) - known


def _ingest_chunk(
    connection: sa.Connection, source: str, chunk: Sequence[Received | Passed], tally: Tally, seen_us: int
) -> None:
    hexes = [item.hex or "" if isinstance(item, Passed) else item.id.hex for item in chunk]
    moved, erased = moved_sites(connection), erased_people(connection)
    known = _known(connection, [digits for digits in hexes if digits])
    evidence: list[tuple[Received, EvidenceRow]] = []
    voids: list[dict[str, Any]] = []
    conflicts: list[dict[str, Any]] = []
    for item, digits in zip(chunk, hexes, strict=True):
        if isinstance(item, Passed):
            if digits in known:
                conflicts.append(_aside(UUID(digits), item.fingerprint(), source, seen_us))
            else:
                tally.dropped[item.kind] += 1
            continue
        sha256 = item.statement.sha256
        if digits in known:
            if known[digits] == sha256:
                tally.known += 1
            else:
                conflicts.append(_aside(item.id, sha256, source, seen_us))
            continue
        judged = classify(item.statement)
        if isinstance(judged, Dropped):
            tally.dropped[judged.kind] += 1
            continue
        known[digits] = sha256
        if isinstance(judged, Void):
            said = {"statement_id": item.id, "sha256": sha256, "source": source}
            voids.append(said | {"target_id": judged.target, "stored_us": item.stored_us})
        else:
            evidence.append((item, erased.row(moved.row(judged))))
    tally.evidence += len(evidence)
    tally.voids += len(voids)
    tally.conflicts += _keep_conflicts(connection, conflicts)
    _keep_evidence(connection, source, evidence)
    _keep_voids(connection, voids)


def _aside(statement_id: UUID, sha256: bytes, source: str, seen_us: int) -> dict[str, Any]:
    """Return the row of an id that came back with another content."""
    return {"statement_id": statement_id, "sha256": sha256, "source": source, "seen_us": seen_us}


def _known(connection: sa.Connection, hexes: Sequence[str]) -> dict[str, bytes]:
    """Return the hash of what is known under these ids, by id."""
    found: dict[str, bytes] = {}
    for table in (schema.evidence, schema.void):
        named = with_ids(connection, table.c.statement_id, hexes)
        rows = connection.execute(sa.select(table.c.statement_id, table.c.sha256).select_from(named))
        found |= {row.statement_id.hex: row.sha256 for row in rows}
    return found


def _keep_conflicts(connection: sa.Connection, conflicts: Sequence[Mapping[str, Any]]) -> int:
    """Set these aside; returns how many are new."""
    if not conflicts:
        return 0
    table = schema.conflict
    named = with_ids(connection, table.c.statement_id, {row["statement_id"].hex for row in conflicts})
    query = sa.select(table.c.statement_id, table.c.sha256).select_from(named)
    known = {tuple(row) for row in connection.execute(query)}
    insert_new(connection, table, conflicts)
    return len({(row["statement_id"], row["sha256"]) for row in conflicts} - known)


def _keep_evidence(connection: sa.Connection, source: str, evidence: Sequence[tuple[Received, EvidenceRow]]) -> None:
    """Add these, all of them new, and leave them pending; nobody else adds any meanwhile (`take_turn`)."""
    if not evidence:
        return
    of, pending = schema.evidence.c, schema.pending
    last = connection.scalar(sa.select(sa.func.max(of.id))) or 0
    names = ("statement_id", "sha256", "source", "stored_us", "rank", *EvidenceRow._fields)
    rows = [(item.id, item.statement.sha256, source, item.stored_us, item.rank, *row) for item, row in evidence]
    insert_bulk(connection, schema.evidence, names, rows)
    actors.remember(connection, {(row.actor_kind, row.actor_value, row.site) for _, row in evidence})
    connection.execute(pending.insert().from_select(["evidence_id"], sa.select(of.id).where(of.id > last)))


def _keep_voids(connection: sa.Connection, voids: Sequence[Mapping[str, Any]]) -> None:
    if not voids:
        return
    insert_new(connection, schema.void, voids)
    evidence, resolution = schema.evidence, schema.resolution
    targets = with_ids(connection, evidence.c.statement_id, {row["target_id"].hex for row in voids})
    its_resolution = targets.join(resolution, resolution.c.evidence_id == evidence.c.id)
    touch_where(connection, sa.select(resolution.c.teacher_id).select_from(its_resolution))
