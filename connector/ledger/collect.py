"""Collecting: what happened, from an LRS or a file, and what Moodle says of its sessions and people.

Rows and the place where to resume move in one transaction, page by page: killed anywhere and run again, it ends in
the same ledger. A reading that came to its end is journalled with the hash of every byte that it read, so that it can
be told later what the ledger was made from. Each function leaves evidence pending; `resolve.settle` comes once, when
all has been read.
"""

from __future__ import annotations

import hashlib
from itertools import islice
from typing import TYPE_CHECKING
from uuid import uuid5

import sqlalchemy as sa

from connector.ledger.bulk import without_cycles
from connector.ledger.ingest import Tally, count_dropped, forget_rejected, ingest
from connector.ledger.instants import now_us
from connector.ledger.journal import record
from connector.ledger.lrs_errors import translated
from connector.ledger.reading import Passed, Received, Trace, Unreadable, passes, unreadable
from connector.ledger.schema import bookmark
from connector.ledger.schema.base import MIN_US
from connector.ledger.statement_file import Refused, Unordered, read_statements
from xapi.bookmark import Bookmark, Kind, readings
from xapi.errors import StatementError
from xapi.reader import read
from xapi.statement import decode_statement
from xapi.upsert import insert_new
from xapi.vocabulary import NAMESPACE

if TYPE_CHECKING:
    from pathlib import Path

    from connector.ledger.db import Ledger
    from xapi.bookmark import Policy
    from xapi.client import LRSClient
    from xapi.reader import Step
    from xapi.statement import Glance

_AUTHOR = "parcours collecter"
_LINES = 10_000
"""Lines of a file kept in one transaction."""


def collect_lrs(ledger: Ledger, client: LRSClient, address: str, tally: Tally, policy: Policy = readings) -> None:
    """Read an LRS from where the last reading stopped, and add to `tally`; `address` names it in the ledger.

    Reading overlaps what was read before, and what comes again is known; it does not with `xapi.bookmark.added` for
    `policy`, which is for what was sent to the LRS just after it was read. Raises the errors of
    `lrs_errors.translated`; the pages read until then are kept, and counted.
    """
    with ledger.read() as connection:
        kept = connection.scalar(sa.select(bookmark.c.body).where(bookmark.c.source == address))
    trace, brought = Trace(), Tally()
    with translated(address):
        for step in read(client, Bookmark.from_json(kept) if kept else Bookmark(), now_us(), policy):
            trace.add(b"\n".join((*step.items, b"")))
            page = _keep_page(ledger, address, step)
            brought.add(page)
            tally.add(page)
    if trace.octets:
        with ledger.write() as connection:
            _journal(connection, "collecte.lrs", address, trace, brought)


def collect_file(ledger: Ledger, path: Path) -> tuple[Tally, bool]:
    """Read a file of statements; returns what became of them, and whether all of them said when they arrived.

    Reading a file twice adds nothing; a line that it no longer has, corrected since, no longer waits as unreadable.
    Raises DataError when it cannot be read to its end; what came before is kept.
    """
    source = _source(path)
    read_us = now_us()
    total, ordered = Tally(), True
    trace = Trace()
    records = read_statements(path, trace, read_us=read_us)
    while True:
        with without_cycles():
            chunk = list(islice(records, _LINES))
            if not chunk:
                break
            items: list[Received | Passed | Unreadable] = []
            for one in chunk:
                if isinstance(one, Refused):
                    total.refused += 1
                elif isinstance(one, Unordered):
                    ordered = False
                    items.append(one.received)
                else:
                    items.append(one)
            with ledger.write() as connection:
                total.add(ingest(connection, source, items, seen_us=read_us))
    with ledger.write() as connection:
        count_dropped(connection, source, total.dropped, since_before=False)
        forget_rejected(connection, source, seen_us=read_us)
        _journal(connection, "collecte.fichier", path.name, trace, total)
    return total, ordered


def _journal(connection: sa.Connection, action: str, subject: str, trace: Trace, brought: Tally) -> None:
    """Keep what was read; of an LRS, the hash is that of its statements as received, each followed by a line feed."""
    counts = {
        "nouvelles": brought.evidence,
        "connues": brought.known,
        "annulations": brought.voids,
        "autres": brought.dropped.total(),
        "illisibles": brought.unreadable,
    }
    record(connection, now_us(), _AUTHOR, action, subject, sha256=trace.sha256, octets=trace.octets, **counts)


def _source(path: Path) -> str:
    """Name a file in the ledger: two of one name in two folders are two, and the ledger learns no folder."""
    return f"fichier:{path.name}#{hashlib.sha256(bytes(path.resolve())).hexdigest()[:12]}"


def _keep_page(ledger: Ledger, source: str, step: Step) -> Tally:
    """Keep one page and the bookmark; what had come before is not counted again as dropped.

    Two collectors of the same source take turns, page by page: the row of the bookmark is what the other waits for.
    """
    here = bookmark.c.source == source
    with without_cycles(), ledger.write() as connection:
        insert_new(connection, bookmark, [{"source": source, "body": Bookmark().to_json()}])
        kept = connection.scalars(sa.select(bookmark.c.body).where(here).with_for_update()).one()
        before_us = Bookmark.from_json(kept).seen_us
        seen_us = MIN_US if before_us is None else before_us
        connection.execute(bookmark.update().where(here).values(body=step.bookmark.to_json()))
        items = [_received(raw, seen, f"{step.url}#{rank}") for rank, (raw, seen) in enumerate(step.seen, 1)]
        again = [item for item in items if not isinstance(item, Unreadable) and item.stored_us <= seen_us]
        fresh = [item for item in items if isinstance(item, Unreadable) or item.stored_us > seen_us]
        tally = ingest(connection, source, fresh, seen_us=now_us())
        count_dropped(connection, source, tally.dropped, since_before=True)
        old = ingest(connection, source, again, seen_us=now_us())
        old.dropped.clear()
        if step.kind in (Kind.REREAD, Kind.WHOLE):
            tally.late += old.evidence + old.voids
        tally.add(old)
    return tally


def _received(raw: bytes, seen: Glance | None, place: str) -> Received | Passed | Unreadable:
    """An LRS that gives no id or no `stored`: the statement is known by what it says, from when it says."""
    no_evidence = passes(raw, seen)
    if no_evidence is not None:
        return no_evidence
    try:
        statement = decode_statement(raw)
    except StatementError as exc:
        return unreadable(raw, place, exc.reason)
    stored_us = statement.timestamp_us if statement.stored_us is None else statement.stored_us
    return Received(statement.id or uuid5(NAMESPACE, statement.sha256.hex()), statement, stored_us)
