"""What collecting costs: `python -m benchmarks.ingest [--declarations 200000] [--sortie DOSSIER]`.

The captured mix of a real Moodle (see `corpus`), into a ledger on SQLite, every byte decoded and hashed, every
transaction durable, then resolved: from a file of statements, and from pages of 500 as an LRS gives them, through our
client (recorded pages, without the network and the LRS's own work). Beside it tincan's parsing alone of the same
statements, of which it gets the first part of each block: more than a whole lap of the mix. The three take turns,
block by block, so that a machine that slows down slows all; the figures are ratios of medians. The exit code is 1 when
that of the file is below its bound. Pages cost more: each is cut from its JSON, read once more for its place in the
order, and has a transaction of its own.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from contextlib import closing
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import responses
from tincan import Statement

from benchmarks.corpus import known_world, statements
from connector.ledger.collect import collect_file, collect_lrs
from connector.ledger.ingest import Tally
from connector.ledger.instants import now_us
from connector.ledger.resolve import settle
from connector.ledger.schema import bookmark
from xapi.bookmark import Bookmark
from xapi.client import LRSClient
from xapi.probe import Abilities

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from requests import PreparedRequest

    from connector.ledger.db import Ledger

LEAST = 10.0
BLOCKS = 10
_PARSED = 4_000
_PAGE = 500
_ADDRESS = "https://lrs.exemple.fr/xAPI"
_ABILITIES = Abilities(version="1.0.3", consistent_through=False, filters_on="stored", page_limit=_PAGE)


class Recorded:
    """Answers every question with the pages of one block, then with nothing new."""

    def __init__(self) -> None:
        self._pages: list[bytes] = []
        responses.mock.add_callback("GET", f"{_ADDRESS}/statements", self._answer)

    def hold(self, block: Sequence[bytes]) -> None:
        """Have these statements as what is new."""
        cut = [block[start : start + _PAGE] for start in range(0, len(block), _PAGE)]
        more = [b"/xAPI/statements?more=%d" % rank for rank in range(1, len(cut))] + [b""]
        self._pages = [
            b'{"statements":[%b],"more":"%b"}' % (b",".join(said), url) for said, url in zip(cut, more, strict=True)
        ]

    def _answer(self, _request: PreparedRequest) -> tuple[int, dict[str, str], bytes]:
        return 200, {}, self._pages.pop(0) if self._pages else b'{"statements":[],"more":""}'


def measure(folder: Path, number: int) -> dict[str, float]:
    """Return microseconds a statement, and their ratios."""
    size = number // BLOCKS
    everything = statements(number)
    times: dict[str, list[float]] = {"tincan": [], "fichier": [], "lrs": []}
    worlds = [folder / name for name in ("fichier", "lrs")]
    for world in worlds:
        world.mkdir()
    with closing(known_world(worlds[0])) as ledger, closing(known_world(worlds[1])) as other, responses.mock:
        recorded = Recorded()
        _acquaint(other)
        for _ in range(BLOCKS):
            block = list(islice(everything, size))
            path = folder / "bloc.jsonl"
            path.write_bytes(b"\n".join(block))
            recorded.hold(block)
            parsed = block[:_PARSED]
            times["tincan"].append(_timed(partial(_parse, parsed)) / len(parsed))
            times["fichier"].append(_timed(partial(_collect, ledger, path)) / size)
            times["lrs"].append(_timed(partial(_follow, other, size)) / size)
    us = {name: statistics.median(taken) * 1e6 for name, taken in times.items()}
    return {
        "declarations": number,
        **{f"{name}_us": round(one, 1) for name, one in us.items()},
        "ratio": round(us["tincan"] / us["fichier"], 2),
        "ratio_lrs": round(us["tincan"] / us["lrs"], 2),
    }


def _acquaint(ledger: Ledger) -> None:
    """Have the ledger know what the recorded LRS can do, so that no probe is made."""
    known = Bookmark(whole_us=now_us(), abilities=_ABILITIES)
    with ledger.write() as connection:
        connection.execute(bookmark.insert().values(source=_ADDRESS, body=known.to_json()))


def _timed(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _parse(block: Sequence[bytes]) -> None:
    for said in block:
        Statement.from_json(said.decode())


def _collect(ledger: Ledger, path: Path) -> None:
    collect_file(ledger, path)
    with ledger.write() as connection:
        settle(connection)


def _follow(ledger: Ledger, expected: int) -> None:
    tally = Tally()
    with closing(LRSClient(_ADDRESS, "essai", "secret")) as client:
        collect_lrs(ledger, client, _ADDRESS, tally)
    with ledger.write() as connection:
        settle(connection)
    seen = tally.evidence + tally.voids + tally.known + tally.dropped.total()
    if seen != expected:
        raise RuntimeError(f"{seen} statements were collected of {expected}")


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
