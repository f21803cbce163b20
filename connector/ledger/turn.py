"""One at a time: a lock for a data folder, and for a ledger that several machines share."""

from __future__ import annotations

import hashlib
import json
import os
import socket
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from filelock import FileLock, Timeout

from connector.errors import RetriableError
from connector.language import _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from connector.ledger.db import Ledger

_HOLDER = sa.text(
    "SELECT application_name, extract(epoch FROM now() - state_change)::bigint AS seconds"
    " FROM pg_locks JOIN pg_stat_activity USING (pid)"
    " WHERE locktype = 'advisory' AND granted AND classid = :high AND objid = :low AND objsubid = 1"
    " AND datname = current_database()"
)


class TakenError(RetriableError):
    """Somebody else has the turn."""


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

    def advisory_key(self, schema: str) -> int:
        """Return the number of its lock in PostgreSQL: several ledgers may share a database, each in a schema."""
        return int.from_bytes(hashlib.sha256(f"{schema}.{self.name}".encode()).digest()[:8], "big", signed=True)

    def refusal(self, who: str) -> TakenError:
        """Return what is raised where somebody else has the turn."""
        return TakenError(f"{_(self.busy)} ({who}).", remedy=_(self.remedy))


@contextmanager
def one_at_a_time(turn: Turn, folder: Path, ledger: Ledger, now: datetime, author: str) -> Iterator[None]:
    """Hold a lock of a folder; raise TakenError, saying who holds it and for how long, where another one does.

    The system takes the lock back from a process that dies: nobody ever has a file to delete.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock, owner = FileLock(folder / turn.lock_file), folder / turn.owner_file
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise turn.refusal(_holder(owner, now)) from None
    try:
        with _shared(turn, ledger, author):
            started = {"depuis": now.astimezone(UTC).isoformat(), "compte": author}
            owner.write_text(
                json.dumps({**started, "machine": socket.gethostname(), "processus": os.getpid()}), "utf-8"
            )
            yield
    finally:
        owner.unlink(missing_ok=True)
        lock.release()


@contextmanager
def _shared(turn: Turn, ledger: Ledger, author: str) -> Iterator[None]:
    """On PostgreSQL, keep other machines away as well: the server frees the lock when the connection ends.

    The connection is named after who holds the lock, so that the server can say it to others.
    """
    if ledger.engine.dialect.name != "postgresql":
        yield
        return
    me = _named(author, socket.gethostname(), os.getpid())
    with ledger.apart() as connection:
        key = turn.advisory_key(connection.execute(sa.select(sa.func.current_schema())).scalar_one())
        named = connection.execute(sa.select(sa.func.current_setting("application_name"))).scalar_one()
        connection.execute(sa.select(sa.func.set_config("application_name", me, sa.false())))
        if not connection.execute(sa.select(sa.func.pg_try_advisory_lock(key))).scalar_one():
            raise turn.refusal(_holder_elsewhere(connection, key))
        try:
            yield
        finally:
            with suppress(sa.exc.DBAPIError):  # a connection that broke has given its lock back
                connection.execute(sa.select(sa.func.pg_advisory_unlock(key)))
                connection.execute(sa.select(sa.func.set_config("application_name", named, sa.false())))


def _holder_elsewhere(connection: sa.Connection, key: int) -> str:
    """Say who holds a lock of PostgreSQL, and since when: taking it was the last thing that connection did."""
    found = connection.execute(_HOLDER, {"high": key >> 32 & 0xFFFFFFFF, "low": key & 0xFFFFFFFF}).one_or_none()
    return f"{found.application_name}, {_since(found.seconds // 60)}" if found else _("l'autre finit à l'instant")


def _holder(owner: Path, now: datetime) -> str:
    """Say who runs and since when; the file is written a moment after the lock is taken."""
    try:
        said = json.loads(owner.read_text("utf-8"))
        minutes = int((now - datetime.fromisoformat(said["depuis"])).total_seconds() // 60)
    except (OSError, ValueError, KeyError, TypeError):
        return _("l'autre commence à l'instant")
    return f"{_named(said['compte'], said['machine'], said['processus'])}, {_since(minutes)}"


def _named(account: str, machine: str, process: int) -> str:
    return _("{compte} sur {machine}, processus {processus}", compte=account, machine=machine, processus=process)


def _since(minutes: int) -> str:
    return _("depuis moins d'une minute") if minutes < 1 else _("depuis {minutes} min", minutes=minutes)
