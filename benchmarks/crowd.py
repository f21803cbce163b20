"""Eight writers and eight readers at once: `python -m benchmarks.crowd [--secondes 20] [--sortie FICHIER]`.

On a PostgreSQL of our own, durable as in production. Twice, for the raw statements of the embedded LRS and for the
evidence of the ledger: one writer alone, then eight with eight readers, each a process of its own that goes on for so
long. Nothing may fail. Nothing may be lost: what is there at the end is what was acknowledged, and a counter that every
writer adds one to for each batch (read, then written) is the number of batches. The figure is the throughput of the
eight over that of the one; the exit code is 1 when anything failed or was lost.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa

from benchmarks.nothing_lost import completion
from benchmarks.postgres import private_server
from connector.ledger import schema
from connector.ledger.db import open_ledger
from connector.ledger.ingest import count_dropped, ingest
from connector.ledger.instants import now_us
from connector.ledger.reading import Received
from xapi import schema as raw
from xapi.canonical import fingerprint
from xapi.index import derive
from xapi.statement import decode_statement
from xapi.store import Incoming, Store

if TYPE_CHECKING:
    from multiprocessing.queues import Queue

MANY = 8
BATCH = 50
_SOURCE = "https://lrs.exemple.fr/xAPI"


def write_raw(dsn: str, until: float, told: Queue[tuple[int, int]]) -> None:
    """Send batches to the embedded LRS's store; tell how many batches and statements it took."""
    with closing(Store.open(dsn)) as store:
        batches = 0
        while time.monotonic() < until:
            said = [completion() for _ in range(BATCH)]
            store.add([Incoming(UUID(one["id"]), fingerprint(one), one, derived=derive(one)) for one in said])
            batches += 1
    told.put((batches, batches * BATCH))


def write_evidence(dsn: str, until: float, told: Queue[tuple[int, int]]) -> None:
    """Bring evidence into the ledger as a collector does, a transaction a batch, and count it."""
    with closing(open_ledger(dsn)) as ledger:
        batches = 0
        while time.monotonic() < until:
            said = [decode_statement(completion()) for _ in range(BATCH)]
            at_us = now_us()
            items = [Received(UUID(str(one.id)), one, at_us, rank) for rank, one in enumerate(said)]
            with ledger.write() as connection:
                ingest(connection, _SOURCE, items, seen_us=at_us)
                count_dropped(connection, _SOURCE, {"lots": 1}, since_before=True)
            batches += 1
    told.put((batches, batches * BATCH))


def read_raw(dsn: str, until: float, told: Queue[tuple[int, int]]) -> None:
    """Follow the store page by page, from its beginning: the order is that of `stored`, without a hole."""
    with closing(Store.open(dsn)) as store:
        after_us, pages, seen = 0, 0, 0
        while time.monotonic() < until:
            rows = store.page(after_us=after_us, ascending=True, limit=500)
            after_us = rows[-1].stored_us if rows else after_us
            pages, seen = pages + 1, seen + len(rows)
    told.put((pages, seen))


def read_evidence(dsn: str, until: float, told: Queue[tuple[int, int]]) -> None:
    """Ask the ledger twice in one reading: batches counted and evidence are always those of one instant."""
    count = sa.select(sa.func.count()).select_from(schema.evidence)
    lots = sa.select(sa.func.coalesce(sa.func.sum(schema.dropped.c["count"]), 0))
    with closing(open_ledger(dsn)) as ledger:
        pages, seen = 0, 0
        while time.monotonic() < until:
            with ledger.read() as connection:
                seen = connection.scalar(count) or 0
                if seen != (connection.scalar(lots) or 0) * BATCH:
                    raise RuntimeError("a reader saw a batch without its count")
            pages += 1
    told.put((pages, seen))


KINDS = {"declarations": (write_raw, read_raw), "preuves": (write_evidence, read_evidence)}


def measure(kind: str, dsn: str, seconds: float, *, writers: int, readers: int) -> dict[str, Any]:
    """Run so many processes for so long on an empty database; return what they did and what is there."""
    write, read = KINDS[kind]
    for work in (Store.open(dsn), open_ledger(dsn)):
        work.close()
    context = multiprocessing.get_context("fork")
    wrote: Queue[tuple[int, int]] = context.Queue()
    saw: Queue[tuple[int, int]] = context.Queue()
    until = time.monotonic() + seconds
    crowd = [context.Process(target=write, args=(dsn, until, wrote)) for _ in range(writers)]
    crowd += [context.Process(target=read, args=(dsn, until, saw)) for _ in range(readers)]
    for process in crowd:
        process.start()
    for process in crowd:
        process.join()
    failed = sum(process.exitcode != 0 for process in crowd)
    done = [wrote.get() for _ in range(0 if failed else writers)]
    batches, sent = sum(one for one, _ in done), sum(two for _, two in done)
    there, counted = _content(kind, dsn)
    return {
        "redacteurs": writers,
        "lecteurs": readers,
        "echecs": failed,
        "ecrites_par_seconde": round(sent / seconds),
        "lectures_par_seconde": round(sum(saw.get()[0] for _ in range(0 if failed else readers)) / seconds),
        "perdues": sent - there,
        "mises_a_jour_perdues": batches - counted if kind == "preuves" else 0,
    }


def _content(kind: str, dsn: str) -> tuple[int, int]:
    """Return how many statements a database holds, and how many batches were counted."""
    table = raw.statement if kind == "declarations" else schema.evidence
    engine = sa.create_engine(dsn)
    with engine.connect() as connection:
        there = connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
        counted = connection.scalar(sa.select(sa.func.sum(schema.dropped.c["count"]))) or 0
    engine.dispose()
    return there, int(counted)


def main() -> int:
    """Measure, print, write; 1 where anything failed or was lost."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--secondes", type=float, default=20)
    options.add_argument("--sortie", type=Path)
    given = options.parse_args()
    found: dict[str, Any] = {"machine": f"{os.cpu_count()} cœurs partagés, Python {platform.python_version()}"}
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        with private_server(Path(folder) / "postgresql") as server:
            for kind in KINDS:
                one = measure(kind, server.database(f"{kind}_1"), given.secondes, writers=1, readers=0)
                many = measure(kind, server.database(f"{kind}_8"), given.secondes, writers=MANY, readers=MANY)
                ratio = round(many["ecrites_par_seconde"] / one["ecrites_par_seconde"], 2)
                found[kind] = {"un": one, "huit": many, "debit_par_rapport_a_un": ratio}
    text = json.dumps(found, ensure_ascii=False, indent=1)
    print(text)
    if given.sortie:
        given.sortie.write_text(f"{text}\n", encoding="utf-8")
    wrong = ("echecs", "perdues", "mises_a_jour_perdues")
    return int(any(found[kind][many][name] for kind in KINDS for many in ("un", "huit") for name in wrong))


if __name__ == "__main__":
    sys.exit(main())
