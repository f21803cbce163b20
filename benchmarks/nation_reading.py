"""What a nation's ledger answers: `python -m benchmarks.nation_reading --dsn DSN [--sortie FICHIER]`.

On a PostgreSQL of this machine that `benchmarks.reconciliation --pays` has filled, reconciled or not. In one
transaction, rolled back: the lines and balances of 500 teachers are made, as a night does of those it touched (all
those of one circonscription, which share no session, then others); then what is read of that circonscription: its
report, the relevé of one of its teachers, the pages of 50 that its IEN and an operator open. Everything twice: the
first time from the disk, perhaps. Each has the seconds that passed and those that both processes worked, ours and the
server's: the ones to trust where others use the machine. Told besides: the size of each large table, and what
`pg_dump` brings out of one of them in a second. Printed as JSON, and written with `--sortie`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import time
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from benchmarks.nation import YEAR
from connector.ledger import schema
from connector.ledger.db import open_ledger
from connector.ledger.instants import PARIS
from connector.ledger.scope import EVERYTHING, Scope
from connector.obligation.balance_writing import Task, write_balances
from connector.obligation.line_writing import write_lines
from connector.obligation.policy import LocalRules
from connector.obligation.reconcile import FOR_LARGE_SORTS
from connector.reports.listing import dated, explained, read_listing
from connector.reports.people import Wanted
from connector.reports.releve import read_releve
from connector.reports.renderings import render
from connector.reports.report import About
from connector.tableau.reading import read_people

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.ledger.db import Ledger

_CIRCONSCRIPTION, _TOUCHED = "C5", 500
_DUMPED = "participant"
_SIZES = """
SELECT c.relname, pg_table_size(c.oid) / 1048576, pg_indexes_size(c.oid) / 1048576
FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
AND pg_total_relation_size(c.oid) > 16 * 1048576 ORDER BY pg_total_relation_size(c.oid) DESC
"""


def measure(ledger: Ledger) -> dict[str, Any]:
    """Return sizes, and seconds of what is asked; the ledger stays as it is."""
    with ledger.read() as connection:
        sizes = {name: {"donnees_mo": int(data), "index_mo": int(index)} for name, data, index in _sizes(connection)}
        held = {name: connection.scalar(sa.select(sa.func.count()).select_from(table)) for name, table in _COUNTED}
    asked: dict[str, Any] = {}
    with ledger.write() as connection:
        undone = connection.begin_nested()
        for statement in FOR_LARGE_SORTS:
            connection.exec_driver_sql(statement)
        for name, ask in _questions(connection).items():
            asked[name] = [_timed(connection, ask) for _ in range(2)]
        undone.rollback()
    return {"contient": held, "tables": sizes, "demandes": asked}


_COUNTED = (("enseignants", schema.teacher), ("declarations", schema.evidence), ("bilans", schema.balance))


def _sizes(connection: sa.Connection) -> list[Any]:
    return list(connection.execute(sa.text(_SIZES)).all())


def _questions(connection: sa.Connection) -> dict[str, Callable[[], object]]:
    service, local = schema.service.c, LocalRules()
    first = sa.case((service.circonscription == _CIRCONSCRIPTION, 0), else_=1)
    batch = connection.scalars(sa.select(service.teacher_id).order_by(first, service.teacher_id).limit(_TOUCHED)).all()
    code = connection.scalar(sa.select(schema.teacher.c.identifiant).where(schema.teacher.c.id == batch[0])) or ""
    wanted = Wanted(str(YEAR), circonscription=_CIRCONSCRIPTION)
    about = About("circonscription", _CIRCONSCRIPTION, "Circonscription", str(YEAR), datetime.now(PARIS))
    one = About("enseignant", code, code, str(YEAR), datetime.now(PARIS))

    def touched() -> None:
        for table in (schema.line, schema.balance):
            connection.execute(table.delete().where(table.c.teacher_id.in_(batch)))
        write_lines(connection, batch, ())
        write_balances(connection, batch, Task([YEAR], (), local))

    def report() -> bytes:
        found = dated(
            connection, read_listing(connection, EVERYTHING, wanted, about, "Lyon"), EVERYTHING, wanted, local
        )
        return render(explained(connection, found, EVERYTHING, wanted, local), "html")

    return {
        f"{_TOUCHED} enseignants rapprochés": touched,
        "rapport d'une circonscription": report,
        "relevé d'un enseignant": lambda: render(read_releve(connection, EVERYTHING, one, local, "Lyon"), "html"),
        "page d'un IEN": lambda: read_people(
            connection, Scope("ien", (_CIRCONSCRIPTION,)), Wanted(str(YEAR)), "ecole", 1
        ),
        "page d'un opérateur": lambda: read_people(connection, EVERYTHING, Wanted(str(YEAR)), "ecole", 1),
    }


def _timed(connection: sa.Connection, ask: Callable[[], object]) -> dict[str, float]:
    server = connection.scalar(sa.text("SELECT pg_backend_pid()")) or 0
    began, worked = time.perf_counter(), time.process_time() + _worked(server)
    ask()
    worked = time.process_time() + _worked(server) - worked
    return {"s": round(time.perf_counter() - began, 2), "processeur_s": round(worked, 2)}


def _worked(pid: int) -> float:
    """Return how long a process of this machine has worked, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def dumped(dsn: str) -> dict[str, Any]:
    """Return how much `pg_dump` brings out of one table, uncompressed, and in how long."""
    url = sa.make_url(dsn).set(drivername="postgresql").render_as_string(hide_password=False)
    began, size = time.perf_counter(), 0
    command = ["pg_dump", "--format=custom", "--compress=0", "--table", _DUMPED, url]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as dump:
        while part := dump.stdout.read(2**20) if dump.stdout else b"":
            size += len(part)
    lasted = time.perf_counter() - began
    return {"table": _DUMPED, "mo": size >> 20, "s": round(lasted, 1), "mo_par_s": round(size / 2**20 / lasted, 1)}


def main() -> None:
    """Measure, print, and write where asked."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--dsn", required=True)
    options.add_argument("--sortie", type=Path)
    given = options.parse_args()
    with closing(open_ledger(given.dsn)) as ledger:
        found = measure(ledger)
    found["sauvegarde"] = dumped(given.dsn)
    found["machine"] = f"{os.cpu_count()} cœurs partagés, charge {os.getloadavg()[0]:.0f}"
    text = json.dumps(found, ensure_ascii=False, indent=1)
    print(text)
    if given.sortie:
        given.sortie.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
