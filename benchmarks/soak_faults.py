"""What spoils the nights of a soak, and what makes the world well again after each.

- `tuée`: the night is killed (SIGKILL);
- `lrs`: the LRS is killed, and is not back before the night's end;
- `maintenance`: the site answers as Moodle in maintenance does, until the night's end;
- `disque`: the disk of the ledger is full, until the night's end: that of the data folder (SQLite), that of the
  database's tablespace (PostgreSQL);
- `redémarrage`: PostgreSQL is crashed and started again while the night has a connection to its ledger.
"""

from __future__ import annotations

import select
import signal
import subprocess
import time
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psycopg

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from benchmarks.postgres import Server
    from benchmarks.soak_world import Served
    from connector.moodle.sandbox.sandbox import Sandbox

FAULTS = {
    "sqlite": ("tuée", "lrs", "maintenance", "disque"),
    "postgresql": ("tuée", "lrs", "maintenance", "disque", "redémarrage"),
}
FELT = ("lrs", "maintenance", "disque")
"""Those with which a night that they strike from its beginning cannot end well."""
LEDGER = "registre"
_BLOCK = bytes(2**16)
_TMPFS_MB = 128


def _nothing() -> None:
    pass


@dataclass(frozen=True)
class Fault:
    """What `spoil` does to a night (a pidfd), telling whether it struck while that lasted; `heal` undoes it."""

    spoil: Callable[[int], bool]
    heal: Callable[[], None] = field(default=_nothing)


@dataclass(frozen=True)
class World:
    """What there is to break; `disks` are the small file systems, by kind of database."""

    sandbox: Sandbox
    lrs: Served
    server: Server
    disks: dict[str, Path]

    def fault(self, base: str, name: str) -> Fault:
        """Return the fault of that name, for a night of the ledger on `base`."""
        if name == "tuée":
            return Fault(_kill)
        if name == "redémarrage":
            return Fault(self._crash, self._lrs_is_back)
        if name == "lrs":
            return Fault(_done(self.lrs.kill), self._lrs_is_back)
        if name == "maintenance":
            return Fault(_done(lambda: self._maintenance(on=True)), lambda: self._maintenance(on=False))
        ballast = self.disks[base] / "lest"
        return Fault(_done(lambda: _fill(ballast)), lambda: ballast.unlink(missing_ok=True))

    def _crash(self, night: int) -> bool:
        """Crash the server as soon as somebody is connected to the ledger; false where the night ends before."""
        asking = f"host={self.server.folder} user=parcours dbname=postgres"
        with closing(psycopg.connect(asking, autocommit=True)) as connection:
            query = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
            while not _ask(connection, query):
                if not _under_way(night):
                    return False
                time.sleep(0.01)
        self.server.crash()
        return True

    def _lrs_is_back(self) -> None:
        if self.lrs.process is None or self.lrs.process.poll() is not None:
            self.lrs.start()

    def _maintenance(self, *, on: bool) -> None:
        self.sandbox.faults.maintenance_cli = on


def _under_way(night: int) -> bool:
    """Tell whether a process still runs, and leave what it ended with to whoever waits for it."""
    return not select.select([night], [], [], 0)[0]


def _ask(connection: psycopg.Connection[tuple[int]], query: str) -> int:
    found = connection.execute(query, [LEDGER]).fetchone()
    return found[0] if found else 0


def _kill(night: int) -> bool:
    struck = _under_way(night)
    if struck:
        signal.pidfd_send_signal(night, signal.SIGKILL)
    return struck


def _done(spoil: Callable[[], None]) -> Callable[[int], bool]:
    """Have something done, and tell whether the night was still there to feel it."""

    def spoilt(night: int) -> bool:
        spoil()
        return _under_way(night)

    return spoilt


def _fill(ballast: Path) -> None:
    """Leave no room in the file system of `ballast`."""
    with ballast.open("wb", buffering=0) as file, suppress(OSError):  # the one that says that it is full
        while True:
            file.write(_BLOCK)


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Mount a file system of a few megabytes."""
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={_TMPFS_MB}m", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
