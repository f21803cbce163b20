"""What readers lose while others write: `python -m benchmarks.nothing_lost [--declarations 50000] [--sortie FICHIER]`.

The same statements are sent, by several writers at once, to two LRS that several readers read meanwhile:

- `embedded` is ours as it is: `stored` is given inside the transaction that keeps the statement, strictly increasing;
- `on arrival` gives `stored` when the request arrives and keeps the statement afterwards, as ADL_LRS does: what was
  stored earlier may be seen later. Its `Consistent-Through` is three seconds ago, as ADL_LRS has it.

Readers: `ours` is what `parcours collecter` does, into a ledger; `newest stored` asks for what was stored after the
newest statement that it has; `last reading` asks for what was stored after its last reading began. All have the same
clock. Our overlap is cut from 15 minutes to `--marge` seconds: with the real one, the whole run would be read at each
turn and nothing could be lost anyway. A statement is lost when its LRS acknowledged it and its reader has never had it.
The exit code is 1 when ours loses one, or when no other reader does.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import platform
import sys
import tempfile
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import msgspec
import sqlalchemy as sa

from connector.ledger.collect import collect_lrs
from connector.ledger.db import open_ledger
from connector.ledger.ingest import Tally
from connector.ledger.schema import evidence
from xapi import bookmark, schema, vocabulary
from xapi.client import LRSClient
from xapi.instants import format_us, parse_timestamp
from xapi.lrs.app import PREFIX, create_app
from xapi.lrs.clients import add_client
from xapi.lrs.serve import serve_in_thread
from xapi.store import Incoming, Store, system_clock

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from multiprocessing.connection import Connection

SECOND = 1_000_000
BATCH = 50
WRITERS = 4
PAUSE = 0.2
SITE = "https://moodle.exemple.fr"


class OnArrival(Store):
    """Gives `stored` before it waits for its turn to write."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._given = threading.Lock()
        self._last_us = 0
        self.longest_us = 0

    def add(self, batch: Sequence[Incoming], attachments: Mapping[str, bytes] | None = None) -> None:
        """Keep a batch under instants taken on arrival; `longest_us` is the longest that one stayed unseen."""
        if attachments:
            raise NotImplementedError
        with self._given:
            first_us = max(self.clock(), self._last_us + 1)
            self._last_us = first_us + len(batch)
        rows = []
        for at_us, item in enumerate(batch, first_us):
            said = {**item.content, "stored": format_us(at_us)}
            rows.append(
                {"stored_us": at_us, "statement_id": item.statement_id, "sha256": item.sha256}
                | {"body": msgspec.json.encode(said), "voids": None, "refers": None}
            )
        with self.database.write() as connection:
            connection.execute(sa.insert(schema.statement), rows)
        self.longest_us = max(self.longest_us, self.clock() - first_us)

    def consistent_through_us(self) -> int:
        """Three seconds ago, whatever is being written."""
        return self.clock() - 3 * SECOND


STORES: dict[str, type[Store]] = {"embedded": Store, "on arrival": OnArrival}


def serve(kind: str, folder: str, pipe: Connection) -> None:
    """Serve an LRS in this process until told to stop; say where it is, then the longest that one stayed unseen."""
    with closing(STORES[kind].open(f"sqlite:///{folder}/lrs.db")) as store:
        secret = add_client(store.database, "essai")
        with serve_in_thread(create_app(store)) as address:
            pipe.send((f"{address}{PREFIX}/", secret))
            pipe.recv()
        pipe.send(getattr(store, "longest_us", 0))


def write(address: str, secret: str, number: int, done: Any) -> None:
    """Send `number` statements, as completions of now, and hand over the ids that were acknowledged."""
    acknowledged: list[bytes] = []
    with closing(LRSClient(address, "essai", secret)) as client:
        while len(acknowledged) < number:
            batch = [completion() for _ in range(min(BATCH, number - len(acknowledged)))]
            acknowledged += [one.bytes for one in client.post(batch)]
    done.put(acknowledged)


def completion() -> dict[str, Any]:
    """A module completion, as logstore_xapi sends it."""
    course = {"id": f"{SITE}/course/view.php?id=12", "definition": {"type": vocabulary.TYPE_COURSE}}
    info = {vocabulary.EXT_EVENT_INFO: {"event_name": vocabulary.EVENT_MODULE_COMPLETION}}
    return {
        "id": str(uuid4()),
        "actor": {"account": {"homePage": SITE, "name": str(uuid4().int % 500)}},
        "verb": {"id": vocabulary.COMPLETED},
        "object": {"id": f"{SITE}/mod/page/view.php?id={uuid4().int % 40}"},
        "result": {"completion": True},
        "timestamp": format_us(system_clock() - 60 * SECOND),
        "context": {"contextActivities": {"parent": [course]}, "extensions": info},
    }


@dataclass
class Naive:
    """A reader that resumes where it thinks that it stopped; `by_clock`: at the time when its last reading began."""

    client: LRSClient
    by_clock: bool
    since_us: int | None = None
    ids: set[bytes] = field(default_factory=set)

    def turn(self) -> None:
        began_us = system_clock()
        for page in self.client.pages(self.since_us):
            for raw in page.items:
                said = msgspec.json.decode(raw)
                self.ids.add(UUID(said["id"]).bytes)
                if not self.by_clock:
                    self.since_us = parse_timestamp(said["stored"])
        if self.by_clock:
            self.since_us = began_us


@dataclass
class Ours:
    """What `parcours collecter` does."""

    client: LRSClient
    folder: Path

    def __post_init__(self) -> None:
        self.ledger = open_ledger(f"sqlite:///{self.folder}/registre.db")

    def turn(self) -> None:
        collect_lrs(self.ledger, self.client, self.client.endpoint, Tally())

    @property
    def ids(self) -> set[bytes]:
        with self.ledger.read() as connection:
            return {one.bytes for one in connection.scalars(sa.select(evidence.c.statement_id))}


def measure(kind: str, number: int) -> dict[str, Any]:
    """Send `number` statements to an LRS that is read meanwhile; return what each reader lost."""
    processes = multiprocessing.get_context("spawn")
    here, there = processes.Pipe()
    with tempfile.TemporaryDirectory(prefix="parcours-perte-") as folder:
        server = processes.Process(target=serve, args=(kind, folder, there))
        server.start()
        address, secret = here.recv()
        done = processes.Queue()
        share = number // WRITERS
        writers = [processes.Process(target=write, args=(address, secret, share, done)) for _ in range(WRITERS)]
        began = time.monotonic()
        readers = {
            "ours": Ours(LRSClient(address, "essai", secret), Path(folder)),
            "newest stored": Naive(LRSClient(address, "essai", secret), by_clock=False),
            "last reading": Naive(LRSClient(address, "essai", secret), by_clock=True),
        }
        for writer in writers:
            writer.start()
        over = threading.Event()
        turns: dict[str, int] = {}
        threads = [threading.Thread(target=read, args=(name, one, over, turns)) for name, one in readers.items()]
        for thread in threads:
            thread.start()
        sent = {one for _ in writers for one in done.get()}
        over.set()
        for each in (*threads, *writers):
            each.join()
        seconds = time.monotonic() - began
        lost = {name: len(sent - reader.ids) for name, reader in readers.items()}
        here.send("stop")
        longest_us = here.recv()
        server.join()
        for reader in readers.values():
            reader.client.close()
        readers["ours"].ledger.close()
    figures = {"sent": len(sent), "seconds": round(seconds, 1), "longest_unseen_ms": longest_us // 1000}
    return figures | {"readings": turns, "lost": lost}


def read(name: str, reader: Ours | Naive, over: threading.Event, turns: dict[str, int]) -> None:
    """Read again and again until all is written, then once more."""
    turns[name] = 0
    while True:
        last = over.is_set()
        reader.turn()
        turns[name] += 1
        if last:
            return
        over.wait(PAUSE)


def main() -> int:
    """Measure, print, write; tell whether what was to be shown is."""
    options = argparse.ArgumentParser()
    options.add_argument("--declarations", type=int, default=50_000)
    options.add_argument("--marge", type=int, default=10, help="our overlap in this run, in seconds")
    options.add_argument("--sortie", type=Path)
    chosen = options.parse_args()
    bookmark.OVERLAP_US = chosen.marge * SECOND
    figures = {kind: measure(kind, chosen.declarations) for kind in STORES}
    document = {
        "python": platform.python_version(),
        "overlap_seconds": chosen.marge,
        "writers": WRITERS,
        "lrs": figures,
    }
    text = json.dumps(document, indent=2)
    print(text)
    if chosen.sortie:
        chosen.sortie.write_text(f"{text}\n", encoding="utf-8")
    lost = [(name, number) for one in figures.values() for name, number in one["lost"].items()]
    kept = all(number == 0 for name, number in lost if name == "ours")
    return 0 if kept and any(number for name, number in lost if name != "ours") else 1


if __name__ == "__main__":
    sys.exit(main())
