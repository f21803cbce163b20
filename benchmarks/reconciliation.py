"""What a full reconciliation costs: `python -m benchmarks.reconciliation --dsn DSN [--enseignants 33000] [--pays]`.

On an empty database, filled first (not timed), or on one that an earlier run filled. The figure is a ratio inside one
run: the whole reconciliation to the bare SQL aggregation (distinct and sum) of the same statements, on the same
database, under the same settings: a first time, all lines and balances written, and again, when nothing differs.
`--pays` gives everybody sixty credit lines and no noise. Printed as JSON, and written with `--sortie`.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from benchmarks.nation import YEAR, bare, populate
from connector.ledger import schema
from connector.ledger.db import open_ledger
from connector.obligation.policy import LocalRules
from connector.obligation.reconcile import FOR_LARGE_SORTS, reconcile

if TYPE_CHECKING:
    from connector.ledger.db import Ledger
    from connector.obligation.reconcile import Reconciled

MOST = 3.0
"""The full reconciliation takes at most this many times the bare aggregation."""


def measure(ledger: Ledger, teachers: int, *, nation: bool) -> dict[str, Any]:
    """Fill, aggregate and reconcile; durations in seconds, the client's peak memory in MB before and after."""
    with ledger.read() as connection:
        empty = not connection.scalar(sa.select(sa.func.count()).select_from(schema.teacher))
    began = time.perf_counter()
    if empty:
        populate(ledger, teachers, noise=not nation)
    filled = time.perf_counter() - began
    with ledger.write() as connection:
        connection.execute(schema.line.delete())
        connection.execute(schema.balance.delete())
        statements = connection.scalar(sa.select(sa.func.count()).select_from(schema.evidence))
    aggregated = min(_aggregation(ledger) for _ in range(2))
    before = _peak_mb()
    first_s, done = _reconciled(ledger)
    after = _peak_mb()
    again_s, _ = _reconciled(ledger)
    return {
        "base": f"{ledger.engine.dialect.name} {_version(ledger)}",
        "machine": f"{platform.machine()}, Python {platform.python_version()}, shared",
        "enseignants": done.teachers,
        "declarations": statements,
        "lignes": done.lines,
        "bilans": done.balances,
        "remplissage_s": round(filled, 1) if empty else None,
        "agregation_s": round(aggregated, 2),
        "rapprochement_s": round(first_s, 2),
        "rapport": round(first_s / aggregated, 2),
        "sans_changement_s": round(again_s, 2),
        "rapport_sans_changement": round(again_s / aggregated, 2),
        "memoire_avant_mo": before,
        "memoire_apres_mo": after,
        "memoire_a_la_fin_mo": _peak_mb(),
    }


def _reconciled(ledger: Ledger) -> tuple[float, Reconciled]:
    began = time.perf_counter()
    with ledger.write() as connection:
        done = reconcile(connection, LocalRules(), YEAR, complete=True)
    return time.perf_counter() - began, done


def _aggregation(ledger: Ledger) -> float:
    began = time.perf_counter()
    with ledger.read() as connection:
        if connection.dialect.name == "postgresql":
            for statement in FOR_LARGE_SORTS:
                connection.exec_driver_sql(statement)
        connection.execute(bare()).all()
    return time.perf_counter() - began


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
    arguments.add_argument("--sortie", type=Path)
    given = arguments.parse_args()
    with closing(open_ledger(given.dsn)) as ledger:
        found = measure(ledger, given.enseignants, nation=given.pays)
    text = json.dumps(found, ensure_ascii=False, indent=1)
    print(text)
    if given.sortie:
        given.sortie.write_text(text + "\n", encoding="utf-8")
    return 0 if given.pays or found["rapport"] <= MOST else 1


if __name__ == "__main__":
    raise SystemExit(main())
