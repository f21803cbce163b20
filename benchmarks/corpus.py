"""The captured mix of a real Moodle, repeated to any size with ids and times of its own; a ledger that knows it."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from tests.ledger import real_chain
from xapi.instants import format_us, parse_timestamp

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from connector.ledger.db import Ledger

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
    return real_chain.prepare(folder, f"sqlite:///{folder}/registre.db")
