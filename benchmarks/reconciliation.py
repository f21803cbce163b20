"""What a full reconciliation costs: `python -m benchmarks.reconciliation --dsn DSN [--enseignants 33000] [--pays]`.

On an empty database, filled first (not timed), or on one that an earlier run filled. The figures are ratios inside one
run: the whole reconciliation to the bare SQL aggregation (distinct and sum) of the same statements, on the same
database, under the same settings and without parallel workers: a first time, all lines and balances written, and again,
when nothing differs (not with `--une-fois`). `ecriture_seule` is what no rule can spare: the same lines put, from the
table that holds them in order, into an empty one with the same key. Each is told by the clock on the wall and in time
of processor, of this process and of PostgreSQL's for it, which other work on the machine spoils less: the bound is for
that one. `--pays` gives everybody sixty credit lines and no noise. Printed as JSON, and written with `--sortie`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa

from benchmarks.nation import YEAR, bare, populate
from connector.ledger import schema
from connector.ledger.db import open_ledger
from connector.obligation.policy import LocalRules
from connector.obligation.reconcile import FOR_LARGE_SORTS, reconcile

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.ledger.db import Ledger
    from connector.obligation.reconcile import Reconciled

Done = TypeVar("Done")
MOST = 3.0
"""The full reconciliation takes at most this many times the bare aggregation."""


def measure(ledger: Ledger, teachers: int, *, nation: bool, once: bool) -> dict[str, Any]:
    """Fill, aggregate and reconcile; durations in seconds, the client's peak memory in MB before and after."""
    with ledger.read() as connection:
        empty = not connection.scalar(sa.select(sa.func.count()).select_from(schema.teacher))
    began = time.perf_counter()
    if empty:
        populate(ledger, teachers, noise=not nation)
    filled = time.perf_counter() - began
    statements = _emptied(ledger)
    aggregated = min(_timed(ledger, _aggregation)[0] for _ in range(2))
    before = _peak_mb()
    first, done = _timed(ledger, _reconciled)
    after = _peak_mb()
    written, _ = _timed(ledger, _written)
    again = None if once else _timed(ledger, _reconciled)[0]
    return {
        "base": f"{ledger.engine.dialect.name} {_version(ledger)}",
        "machine": f"{platform.machine()}, Python {platform.python_version()}, charge {round(os.getloadavg()[0])}",
        "enseignants": done.teachers,
        "declarations": statements,
        "lignes": done.lines,
        "bilans": done.balances,
        "remplissage_s": round(filled, 1) if empty else None,
        "agregation": aggregated.told(),
        "rapprochement": first.told(aggregated),
        "sans_changement": again.told(aggregated) if again else None,
        "ecriture_seule": written.told(aggregated),
        "rapport_a_agregation_et_ecriture": round(first.cpu / (aggregated.cpu + written.cpu), 2),
        "memoire_avant_mo": before,
        "memoire_apres_mo": after,
        "memoire_a_la_fin_mo": _peak_mb(),
    }


@dataclass(frozen=True, order=True)
class Cost:
    """Seconds of processor, and on the wall."""

    cpu: float
    wall: float

    def told(self, to: Cost | None = None) -> dict[str, float]:
        """As JSON; with `to`, the ratios too."""
        own = {"mur_s": round(self.wall, 2), "processeur_s": round(self.cpu, 2)}
        ratios = {"rapport_mur": round(self.wall / to.wall, 2), "rapport": round(self.cpu / to.cpu, 2)} if to else {}
        return own | ratios


def _timed(ledger: Ledger, work: Callable[[sa.Connection], Done]) -> tuple[Cost, Done]:
    """Do something in one transaction, ended in the time that is counted."""
    server = 0
    began = time.perf_counter(), time.process_time()
    with ledger.write() as connection:
        if connection.dialect.name == "postgresql":
            server = connection.execute(sa.select(sa.func.pg_backend_pid())).scalar_one()
            for statement in (*FOR_LARGE_SORTS, "SET LOCAL max_parallel_workers_per_gather = 0"):
                connection.exec_driver_sql(statement)
        served = _served(server)
        done = work(connection)
    cpu = time.process_time() - began[1] + _served(server) - served
    return Cost(cpu, time.perf_counter() - began[0]), done


def _served(server: int) -> float:
    """Return the processor time of PostgreSQL's process, which has to run on this machine; 0 for SQLite."""
    return int(Path(f"/proc/{server}/schedstat").read_text("ascii").split()[0]) / 1e9 if server else 0.0


def _emptied(ledger: Ledger) -> int:
    """Leave no line and no balance; return how many statements there are."""
    with ledger.write() as connection:
        for table in (schema.line, schema.balance):
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"TRUNCATE {table.name}")
            else:
                connection.execute(table.delete())
        return connection.scalar(sa.select(sa.func.count()).select_from(schema.evidence)) or 0


def _aggregation(connection: sa.Connection) -> None:
    connection.execute(bare()).all()


def _reconciled(connection: sa.Connection) -> Reconciled:
    return reconcile(connection, LocalRules(), YEAR, complete=True)


def _written(connection: sa.Connection) -> None:
    copy = schema.line.to_metadata(sa.MetaData(), name="line_copy")
    copy.primary_key.name = "pk_line_copy"
    copy.dialect_options["postgresql"]["partition_by"] = None
    copy.create(connection)
    connection.execute(copy.insert().from_select(list(copy.c.keys()), sa.select(schema.line)))
    copy.drop(connection)


def _version(ledger: Ledger) -> str:
    query = "SHOW server_version" if ledger.engine.dialect.name == "postgresql" else "SELECT sqlite_version()"
    with ledger.read() as connection:
        return str(connection.scalar(sa.text(query))).split()[0]


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> int:
    """Measure and say; 1 where the ratio is above its bound."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--dsn", required=True)
    arguments.add_argument("--enseignants", type=int, default=33_000)
    arguments.add_argument("--pays", action="store_true")
    arguments.add_argument("--une-fois", action="store_true")
    arguments.add_argument("--sortie", type=Path)
    given = arguments.parse_args()
    with closing(open_ledger(given.dsn)) as ledger:
        found = measure(ledger, given.enseignants, nation=given.pays, once=given.une_fois)
    text = json.dumps(found, ensure_ascii=False, indent=1)
    print(text)
    if given.sortie:
        given.sortie.write_text(text + "\n", encoding="utf-8")
    return 0 if given.pays or found["rapprochement"]["rapport"] <= MOST else 1


if __name__ == "__main__":
    raise SystemExit(main())
