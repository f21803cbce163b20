"""Collects, is killed by the system at its n-th write, collects to the end; for every n: `… ADDRESS SECRET DATABASE`.

Prints, for each n, a line with the digest of the ledger that comes out of it; the last one was not killed.
Each collector is a process of its own (a fork of this one, which has everything imported and nothing open).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import sys
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from connector.ledger import schema
from connector.ledger.collect import collect_lrs
from connector.ledger.db import open_ledger
from connector.ledger.ingest import Tally
from connector.ledger.resolve import settle
from xapi.client import LRSClient

WRITES = ("INSERT", "UPDATE", "DELETE", "COMMIT")
TABLES = (schema.evidence, schema.void, schema.dropped, schema.rejected, schema.conflict, schema.pending)


def collect(address: str, secret: str, dsn: str, writes_left: int | None) -> None:
    """Collect and settle, dying at the write after `writes_left` others."""
    left = writes_left

    def count(statement: str) -> None:
        nonlocal left
        if left is None or not statement.lstrip().upper().startswith(WRITES):
            return
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1

    with closing(open_ledger(dsn)) as ledger, closing(LRSClient(address, "essai", secret)) as client:
        sa.event.listen(ledger.engine, "before_cursor_execute", lambda _c, _cu, statement, *_: count(statement))
        sa.event.listen(ledger.engine, "commit", lambda _connection: count("COMMIT"))
        collect_lrs(ledger, client, address, Tally())
        with ledger.write() as connection:
            settle(connection)


def digest(dsn: str) -> str:
    """Hash what the ledger says, but for when it was said and in which row."""
    said = hashlib.sha256()
    with closing(open_ledger(dsn)) as ledger, ledger.read() as connection:
        for table in TABLES:
            columns = [column for column in table.c if column.name not in ("id", "seen_us", "evidence_id", "place")]
            rows = connection.execute(sa.select(*columns)) if columns else ()
            said.update(repr(sorted(map(repr, rows))).encode())
        said.update(str(connection.scalar(sa.select(sa.func.count()).select_from(schema.resolution))).encode())
    return said.hexdigest()


def in_a_process(*arguments: str | int | None) -> bool:
    """Run `collect` in a fork of this process; tell whether it was killed."""
    child = os.fork()
    if child == 0:
        collect(*arguments)  # type: ignore[arg-type]
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status) and os.waitstatus_to_exitcode(status):
        sys.exit("a collector failed otherwise")
    return os.WIFSIGNALED(status)


def main(address: str, secret: str, template: str) -> None:
    for writes in range(10_000):
        path = Path(template).with_name(f"registre-{writes}.db")
        shutil.copy(template, path)
        dsn = f"sqlite:///{path}"
        killed = in_a_process(address, secret, dsn, writes)
        if killed:
            in_a_process(address, secret, dsn, None)
        print(writes, "killed" if killed else "whole", digest(dsn), flush=True)  # noqa: T201
        for leftover in path.parent.glob(f"{path.name}*"):
            leftover.unlink()
        if not killed:
            return


if __name__ == "__main__":
    main(*sys.argv[1:])
