"""One night at a time, for a data folder and for a ledger that several machines share."""

from __future__ import annotations

import json
import os
import socket
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from filelock import FileLock, Timeout

from connector.errors import RetriableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from connector.ledger.db import Ledger

LOCK_FILE = "nuit.verrou"
OWNER_FILE = "nuit.en-cours.json"
_ADVISORY_KEY = 0x6E756974  # any number that no other program uses as an advisory lock of the ledger's database


@contextmanager
def one_at_a_time(folder: Path, ledger: Ledger, now: datetime, author: str) -> Iterator[None]:
    """Hold the night's lock; raise RetriableError, saying who holds it and for how long, where another one runs.

    The system takes the lock back from a process that dies: nobody ever has a file to delete.
    """
    lock = FileLock(folder / LOCK_FILE)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise _busy(_holder(folder / OWNER_FILE, now)) from None
    owner = folder / OWNER_FILE
    try:
        with _shared(ledger):
            started = {"depuis": now.astimezone(UTC).isoformat(), "compte": author}
            owner.write_text(
                json.dumps({**started, "machine": socket.gethostname(), "processus": os.getpid()}), "utf-8"
            )
            yield
    finally:
        owner.unlink(missing_ok=True)
        lock.release()


@contextmanager
def _shared(ledger: Ledger) -> Iterator[None]:
    """On PostgreSQL, keep other machines away as well: the server frees the lock when the connection ends."""
    if ledger.engine.dialect.name != "postgresql":
        yield
        return
    with ledger.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.execute(sa.select(sa.func.pg_try_advisory_lock(_ADVISORY_KEY))).scalar_one():
            raise _busy("sur une autre machine, dans le même registre")
        try:
            yield
        finally:
            connection.execute(sa.select(sa.func.pg_advisory_unlock(_ADVISORY_KEY)))


def _busy(who: str) -> RetriableError:
    return RetriableError(f"Une nuit est déjà en cours ({who}).", remedy="Attendez sa fin.")


def _holder(owner: Path, now: datetime) -> str:
    """Say who runs and since when; the file is written a moment after the lock is taken."""
    try:
        said = json.loads(owner.read_text("utf-8"))
        minutes = int((now - datetime.fromisoformat(said["depuis"])).total_seconds() // 60)
    except (OSError, ValueError, KeyError, TypeError):
        return "elle commence à l'instant"
    age = "moins d'une minute" if minutes < 1 else f"{minutes} min"
    return f"{said['compte']} sur {said['machine']}, processus {said['processus']}, depuis {age}"
