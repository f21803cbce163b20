"""What a night costs: `python -m benchmarks.night --dsn DSN [--enseignants 33334] [--sortie DOSSIER]`.

On an empty database, filled first by `refresh.prepare` and reconciled whole (not timed): 33 334 teachers and their
2 000 000 statements. Then two nights, each `parcours nuit` in a process of its own, its start included, on that ledger,
a sandbox with one published session, and the embedded LRS: one with 5 000 new statements, one with nothing new. The
LRS's own time is what it took over its answers, and is taken off the first; requests are those to Moodle and to the
LRS. Its clock goes on for a quarter of an hour with each 500 of them and for an hour until the first night; the quiet
night that is told is the second one after it, with all that is read again once a night. `processeur_s` is what the
night's process worked, and, where it is on this machine, PostgreSQL for it (`base_processeur_s`): those to trust on a
machine that others use, whose load is told. Printed as JSON, and written with
`--sortie`; the exit code is 1 when a figure is above its bound.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from pydantic import SecretStr

from benchmarks.nation import YEAR
from benchmarks.refresh import NEW, evening, prepare
from benchmarks.soak_world import furnish, night, publish, site
from connector.ledger.db import open_ledger
from connector.ledger.schema import bookmark
from connector.moodle.sandbox.emitter import Lrs
from connector.obligation.policy import LocalRules
from connector.obligation.reconcile import reconcile
from connector.settings import Settings
from xapi.client import LRSClient
from xapi.lrs.app import PREFIX, create_app
from xapi.lrs.clients import add_client
from xapi.lrs.serve import serve_in_thread
from xapi.store import Store, system_clock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import ASGIApp, Receive, Scope, Send

    from connector.moodle.sandbox.sandbox import Sandbox

MOST = {"nouvelle_s": 15.0, "calme_s": 2.0, "calme_requetes": 10}
_BATCH = 500
_HOUR_US = 3_600_000_000


@dataclass
class Timed:
    """An application whose requests are counted and timed."""

    app: ASGIApp
    requests: int = 0
    seconds: float = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        await self.app(scope, receive, send)
        self.requests += 1
        self.seconds += time.perf_counter() - began


@dataclass
class Clock:
    """The clock of the LRS: microseconds UTC, so much late."""

    late_us: int = 102 * _HOUR_US

    def __call__(self) -> int:
        return system_clock() - self.late_us


@contextmanager
def embedded_lrs(folder: Path, clock: Clock) -> Iterator[tuple[Timed, Lrs]]:
    """Serve an empty LRS from a thread."""
    with closing(Store.open(f"sqlite:///{folder / 'lrs.db'}", clock)) as store:
        secret = add_client(store.database, "mesure")
        timed = Timed(create_app(store))
        with serve_in_thread(timed) as address:
            yield timed, Lrs(f"{address}{PREFIX}/", "mesure", SecretStr(secret))


def fill(dsn: str, teachers: int, folder: Path) -> tuple[int, list[dict[str, Any]]]:
    """Fill and reconcile an empty ledger; return how many statements it has, and what an evening will add."""
    with closing(open_ledger(dsn)) as ledger:
        stored = prepare(ledger, teachers)
        with ledger.write() as connection:
            reconcile(connection, LocalRules.of(Settings.load(folder)), YEAR, complete=True)
            if connection.dialect.name == "postgresql":  # people were numbered by the filling
                connection.exec_driver_sql(
                    "SELECT setval(pg_get_serial_sequence('teacher', 'id'), max(id)) FROM teacher"
                )
        return stored, list(islice(evening(ledger), NEW))


def one_night(folder: Path, dsn: str, lrs: Timed, sandbox: Sandbox) -> dict[str, Any]:
    """Run a night; return seconds, those of the LRS, requests and what it told."""
    asked, requests, seconds = len(sandbox.calls), lrs.requests, lrs.seconds
    began, worked, server = time.perf_counter(), _children_s(), server_s(dsn)
    process = night(folder)
    said, journal = process.communicate()
    lasted = time.perf_counter() - began
    time.sleep(1)  # for the server's process to end
    if process.returncode not in (0, 2):
        raise RuntimeError(journal)
    told = json.loads(said)
    return {
        "s": round(lasted, 2),
        "processeur_s": round(_children_s() - worked, 2),
        "base_processeur_s": round(server_s(dsn) - server, 2),
        "charge": round(os.getloadavg()[0]),
        "lrs_s": round(lrs.seconds - seconds, 2),
        "requetes_moodle": len(sandbox.calls) - asked,
        "requetes_lrs": lrs.requests - requests,
        "etapes_s": {step["nom"]: step["secondes"] for step in told["etapes"]},
        "nouvelles": told["etapes"][0]["nombres"]["declarations_nouvelles"],
    }


def a_day_later(dsn: str) -> None:
    """Have a day go by for what the ledger remembers to have read each night."""
    due = {"reread_us", "whole_us"}
    with closing(open_ledger(dsn)) as ledger, ledger.write() as connection:
        for source, body in connection.execute(sa.select(bookmark.c.source, bookmark.c.body)).all():
            kept = json.loads(body)
            if not isinstance(kept, dict):
                continue  # rolls of sessions that are over: there are none here
            older = {key: kept[key] - 24 * _HOUR_US for key in due & kept.keys() if kept[key]}
            connection.execute(
                bookmark.update().where(bookmark.c.source == source).values(body=json.dumps(kept | older))
            )


def server_s(dsn: str) -> float:
    """Return how long the processes of a PostgreSQL of this machine have worked, those that ended; 0 for any other."""
    if not dsn.startswith("postgresql"):
        return 0.0
    engine = sa.create_engine(dsn)
    with engine.connect() as connection:
        folder = Path(connection.scalar(sa.text("SHOW data_directory")) or "")
    engine.dispose()
    try:
        parent = (folder / "postmaster.pid").read_text("ascii").split()[0]
    except OSError:
        return 0.0
    fields = Path(f"/proc/{parent}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(dsn: str, teachers: int, folder: Path) -> dict[str, Any]:
    """Return the figures of both nights."""
    stored, new = fill(dsn, teachers, folder)
    clock = Clock()
    with embedded_lrs(folder, clock) as (timed, lrs), site(lrs) as sandbox:
        furnish(folder, sandbox, lrs, dsn)
        publish(folder)
        one_night(folder, dsn, timed, sandbox)  # the session's first night reads all of it
        with closing(LRSClient(lrs.address, lrs.user, lrs.secret.get_secret_value())) as client:
            for start in range(0, len(new), _BATCH):
                client.post(new[start : start + _BATCH])
                clock.late_us -= _HOUR_US // 4
        clock.late_us -= _HOUR_US
        busy = one_night(folder, dsn, timed, sandbox)
        for late_us in (50 * _HOUR_US, 0):  # what came in 48 hours is read again each night: then nothing did
            clock.late_us = late_us
            a_day_later(dsn)
            calm = one_night(folder, dsn, timed, sandbox)
    figures = {
        "nouvelle_s": round(busy["s"] - busy["lrs_s"], 2),
        "calme_s": calm["s"],
        "calme_requetes": calm["requetes_moodle"] + calm["requetes_lrs"],
    }
    return {
        "base": sa.make_url(dsn).get_backend_name(),
        "declarations": stored,
        "enseignants": teachers,
        "envoyees": NEW,
        "nuit_nouvelle": busy,
        "nuit_calme": calm,
        "chiffres": figures,
        "au_plus": MOST,
    }


def main() -> int:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dsn", required=True)
    parser.add_argument("--enseignants", type=int, default=33_334)
    parser.add_argument("--sortie", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(given.dsn, given.enseignants, Path(folder))
    text = json.dumps(found, ensure_ascii=False, indent=1)
    print(text)
    if given.sortie:
        (given.sortie / f"night-{found['base']}.json").write_text(text + "\n", encoding="utf-8")
    return int(any(found["chiffres"][name] > most for name, most in MOST.items()))


if __name__ == "__main__":
    sys.exit(main())
