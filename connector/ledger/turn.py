"""One at a time: a lock for a data folder, and for a ledger that several machines share."""

from __future__ import annotations

import hashlib
import json
import os
import socket
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from filelock import FileLock, Timeout

from connector.errors import RetriableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from connector.ledger.db import Ledger


@dataclass(frozen=True)
class Turn:
    """What is done one at a time: `name` its files', `busy` and `remedy` what whoever comes second is told."""

    name: str
    busy: str
    remedy: str

    @property
    def lock_file(self) -> str:
        """The file that is locked, never to be deleted by a person."""
        return f"{self.name}.verrou"

    @property
    def owner_file(self) -> str:
        """The file that says who holds it."""
        return f"{self.name}.en-cours.json"

    @property
    def advisory_key(self) -> int:
        """The number of its lock in PostgreSQL."""
        return int.from_bytes(hashlib.sha256(self.name.encode()).digest()[:8], "big", signed=True)

    def refusal(self, who: str) -> RetriableError:
        """Return what is raised where somebody else has the turn."""
        return RetriableError(f"{self.busy} ({who}).", remedy=self.remedy)


@contextmanager
def one_at_a_time(turn: Turn, folder: Path, ledger: Ledger, now: datetime, author: str) -> Iterator[None]:
    """Hold a lock of a folder; raise RetriableError, saying who holds it and for how long, where another one does.

    The system takes the lock back from a process that dies: nobody ever has a file to delete.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock, owner = FileLock(folder / turn.lock_file), folder / turn.owner_file
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise turn.refusal(_holder(owner, now)) from None
    try:
        with _shared(turn, ledger):
            started = {"depuis": now.astimezone(UTC).isoformat(), "compte": author}
            owner.write_text(
                json.dumps({**started, "machine": socket.gethostname(), "processus": os.getpid()}), "utf-8"
            )
            yield
    finally:
        owner.unlink(missing_ok=True)
        lock.release()


@contextmanager
def _shared(turn: Turn, ledger: Ledger) -> Iterator[None]:
    """On PostgreSQL, keep other machines away as well: the server frees the lock when the connection ends."""
    if ledger.engine.dialect.name != "postgresql":
        yield
        return
    with ledger.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.execute(sa.select(sa.func.pg_try_advisory_lock(turn.advisory_key))).scalar_one():
            raise turn.refusal("sur une autre machine, dans le même registre")
        try:
            yield
        finally:
            connection.execute(sa.select(sa.func.pg_advisory_unlock(turn.advisory_key)))


def _holder(owner: Path, now: datetime) -> str:
    """Say who runs and since when; the file is written a moment after the lock is taken."""
    try:
        said = json.loads(owner.read_text("utf-8"))
        minutes = int((now - datetime.fromisoformat(said["depuis"])).total_seconds() // 60)
    except (OSError, ValueError, KeyError, TypeError):
        return "l'autre commence à l'instant"
    age = "moins d'une minute" if minutes < 1 else f"{minutes} min"
    return f"{said['compte']} sur {said['machine']}, processus {said['processus']}, depuis {age}"
