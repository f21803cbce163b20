"""What collecting costs: `python -m benchmarks.ingest [--declarations 200000] [--sortie DOSSIER]`.

The captured mix of a real Moodle (see `corpus`), from a file of statements into a ledger on SQLite, every byte decoded
and hashed, every transaction durable, then resolved; and tincan's parsing alone of the same statements. The two take
turns, block by block, so that a machine that slows down slows both; the figure is the ratio of the medians. The exit
code is 1 when it is below its bound.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from tincan import Statement

from benchmarks.corpus import known_world, statements
from connector.ledger.collect import collect_file
from connector.ledger.resolve import settle

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.ledger.db import Ledger

LEAST = 10.0
BLOCKS = 10


def measure(folder: Path, number: int) -> dict[str, float]:
    """Return microseconds a statement, and their ratio."""
    size = number // BLOCKS
    everything = statements(number)
    ours, theirs = [], []
    with closing(known_world(folder)) as ledger:
        for rank in range(BLOCKS):
            block = list(islice(everything, size))
            path = folder / f"bloc-{rank}.jsonl"
            path.write_bytes(b"\n".join(block))
            theirs.append(_timed(lambda block=block: _parse(block)) / size)
            ours.append(_timed(lambda path=path: _collect(ledger, path)) / size)
            path.unlink()
    us, them = (statistics.median(times) * 1e6 for times in (ours, theirs))
    return {
        "declarations": number,
        "parcours_us": round(us, 1),
        "tincan_us": round(them, 1),
        "ratio": round(them / us, 2),
    }


def _timed(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _parse(block: list[bytes]) -> None:
    for said in block:
        Statement.from_json(said.decode())


def _collect(ledger: Ledger, path: Path) -> None:
    collect_file(ledger, path)
    with ledger.write() as connection:
        settle(connection)


def main() -> int:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--declarations", type=int, default=200_000)
    parser.add_argument("--sortie", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), given.declarations)
    text = json.dumps(found | {"au_moins": LEAST}, indent=2)
    print(text)
    if given.sortie:
        (given.sortie / "ingest.json").write_text(text + "\n", encoding="utf-8")
    return 0 if found["ratio"] >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
