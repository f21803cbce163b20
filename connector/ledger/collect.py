"""Collecting: what happened, from an LRS or a file, and what Moodle says of its sessions and people.

Rows and the place where to resume move in one transaction, page by page: killed anywhere and run again, it ends in
the same ledger. Each function leaves evidence pending; `resolve.settle` comes once, when all has been read.
"""

from __future__ import annotations

import hashlib
from itertools import islice
from typing import TYPE_CHECKING
from uuid import uuid5

import sqlalchemy as sa

from connector.ledger.ingest import Received, Tally, Unreadable, count_dropped, forget_rejected, ingest
from connector.ledger.instants import now_us
from connector.ledger.lrs_errors import translated
from connector.ledger.schema import bookmark
from connector.ledger.sessions import absorb_observation
from connector.ledger.statement_file import Refused, Unordered, read_statements
from connector.ledger.upsert import upsert
from connector.moodle.functions import get_site_info, observe
from connector.moodle.observation import Query
from xapi.cursor import Cursor
from xapi.errors import StatementError
from xapi.statement import decode_statement
from xapi.vocabulary import NAMESPACE

if TYPE_CHECKING:
    from pathlib import Path

    from connector.ledger.db import Ledger
    from connector.ledger.sessions import Absorbed
    from connector.moodle.transport import Transport
    from xapi.client import LRSClient

_LINES = 1000
"""Lines of a file kept in one transaction."""


def collect_lrs(ledger: Ledger, client: LRSClient, address: str) -> Tally:
    """Read an LRS from where the last reading stopped; `address` names it in the ledger.

    Reading overlaps what was read before: what comes again is known. Raises the errors of `lrs_errors.translated`;
    the pages read until then are kept.
    """
    total = Tally()
    with ledger.read() as connection:
        kept = connection.scalar(sa.select(bookmark.c.body).where(bookmark.c.source == address))
    with translated(address):
        start = cursor = Cursor.from_json(kept) if kept else Cursor()
        for page in client.pages(cursor.since_us):
            items = [_decoded(raw, f"{page.url}#{position}") for position, raw in enumerate(page.items, 1)]
            cursor = cursor.after(
                [item.stored_us for item in items if isinstance(item, Received)],
                consistent_through_us=page.consistent_through_us,
                server_date_us=page.server_date_us,
                last=page.last,
            )
            total.add(_keep_page(ledger, address, items, start, cursor))
    return total


def collect_file(ledger: Ledger, path: Path) -> tuple[Tally, bool]:
    """Read a file of statements; returns what became of them, and whether all of them said when they arrived.

    Reading a file twice adds nothing; a line that it no longer has, corrected since, no longer waits as unreadable.
    Raises DataError when it cannot be read to its end; what came before is kept.
    """
    source = _source(path)
    read_us = now_us()
    total, ordered = Tally(), True
    records = read_statements(path, read_us=read_us)
    while chunk := list(islice(records, _LINES)):
        total.refused += sum(isinstance(record, Refused) for record in chunk)
        ordered = ordered and not any(isinstance(record, Unordered) for record in chunk)
        items = [
            record.received if isinstance(record, Unordered) else record
            for record in chunk
            if not isinstance(record, Refused)
        ]
        with ledger.write() as connection:
            total.add(ingest(connection, source, items, seen_us=read_us))
    with ledger.write() as connection:
        count_dropped(connection, source, total.dropped, since_before=False)
        forget_rejected(connection, source, seen_us=read_us)
    return total, ordered


def _source(path: Path) -> str:
    """Name a file in the ledger: two of one name in two folders are two, and the ledger learns no folder."""
    return f"fichier:{path.name}#{hashlib.sha256(bytes(path.resolve())).hexdigest()[:12]}"


def collect_site(ledger: Ledger, transport: Transport) -> Absorbed:
    """Learn from a Moodle site its sessions, where they live, and the names of the people in them.

    It is known by its own idea of its address, which its statements bear: ours may be one behind a proxy.
    """
    site = get_site_info(transport).siteurl
    observation = observe(transport, Query())
    with ledger.write() as connection:
        return absorb_observation(connection, site, observation, at_us=now_us())


def _decoded(raw: bytes, place: str) -> Received | Unreadable:
    try:
        statement = decode_statement(raw)
    except StatementError as exc:
        return Unreadable(hashlib.sha256(raw).digest(), place, exc.reason)
    stored_us = statement.timestamp_us if statement.stored_us is None else statement.stored_us
    return Received(statement.id or uuid5(NAMESPACE, statement.sha256.hex()), statement, stored_us)


def _keep_page(ledger: Ledger, source: str, items: list[Received | Unreadable], start: Cursor, cursor: Cursor) -> Tally:
    """Keep one page and the cursor; what the overlap brings again is not counted again as dropped."""
    before = -(2**62) if start.stored_us is None else start.stored_us
    again = [item for item in items if isinstance(item, Received) and item.stored_us <= before]
    fresh = [item for item in items if isinstance(item, Unreadable) or item.stored_us > before]
    with ledger.write() as connection:
        tally = ingest(connection, source, fresh, seen_us=now_us())
        count_dropped(connection, source, tally.dropped, since_before=True)
        old = ingest(connection, source, again, seen_us=now_us())
        old.dropped.clear()
        tally.add(old)
        upsert(connection, bookmark, [{"source": source, "body": cursor.to_json()}], update=["body"])
    return tally
