"""The captured mix of a real Moodle, repeated to any size with ids and times of its own; a ledger that knows it."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from connector.cli.main import main as parcours
from connector.ledger.db import Ledger, open_ledger
from connector.ledger.resolve import settle
from tests.ledger import real_chain
from xapi.instants import format_us, parse_timestamp

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MINUTE = 60_000_000
_ENCODE = msgspec.json.Encoder().encode


def captured() -> list[dict[str, Any]]:
    """Return the 1 606 statements that the capture's LRS kept, of four configurations of logstore_xapi."""
    lines = [line for path in real_chain.CAPTURES for line in gzip.decompress(path.read_bytes()).splitlines()]
    records = [json.loads(line) for line in lines]
    return [said["statement"] for said in records if said["stored"] is not False and said["answer"] != 400]


def statements(number: int) -> Iterator[bytes]:
    """Yield `number` statements of the mix as an LRS gives them back: `id`, `stored` and `version` added."""
    mix = captured()
    times = [parse_timestamp(said["timestamp"]) for said in mix]
    first_us = max(times)
    for rank in range(number):
        lap, place = divmod(rank, len(mix))
        yield _ENCODE(
            mix[place]
            | {
                "id": str(UUID(int=(0xC0FFEE << 96) + rank, version=4)),
                "timestamp": format_us(times[place] + lap * _MINUTE),
                "stored": format_us(first_us + lap * _MINUTE + rank),
                "version": "1.0.3",
            }
        )


def write_jsonl(path: Path, number: int) -> Path:
    """Write `number` statements, one a line."""
    with path.open("wb") as stream:
        stream.writelines(said + b"\n" for said in statements(number))
    return path


def known_world(folder: Path) -> Ledger:
    """Make a data folder in which the people, sessions and modules of the mix are known; return its open ledger."""
    real_chain.build(folder)
    _run(folder, "personnels", "importer", folder / "personnels.csv")
    for number, course in enumerate(real_chain.SESSIONS, 1):
        _run(
            folder,
            "lier",
            folder / f"session-{number}.yaml",
            "--correspondance",
            folder / f"correspondance-{course}.csv",
        )
    ledger = open_ledger(f"sqlite:///{folder}/registre.db")
    with ledger.write() as connection:
        real_chain.teach(connection)
        settle(connection)
    return ledger


def _run(folder: Path, *arguments: object) -> None:
    try:
        parcours(["--donnees", str(folder), *map(str, arguments)])
    except SystemExit as exc:
        if exc.code:
            raise
