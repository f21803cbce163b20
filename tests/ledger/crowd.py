"""Eight processes on one ledger of PostgreSQL at once: `python -m tests.ledger.crowd FOLDER DSN`.

Two bring the same statements of the real chain, in opposite orders; one imports the roster and one learns Moodle's
accounts, again and again; two reconcile; two read. Prints, as JSON, how each process ended, how often readers read, and
whether the ledger says at the end what one process alone makes of the same. Each process is a fork of this one, which
has everything imported and nothing open.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from connector.ledger import schema
from connector.ledger.collect import collect_file
from connector.ledger.db import Ledger, open_ledger
from connector.ledger.resolve import settle
from connector.obligation.policy import LocalRules
from connector.obligation.reconcile import reconcile
from connector.ops.registre.check import digest
from scenarios.calendar import SchoolYear
from tests.ledger import real_chain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

YEAR = SchoolYear(2026)
TURNS = 2
_OWN = {"id", "evidence_id", "teacher_id", "seen_us"}


def collect(ledger: Ledger, captures: Iterable[Path]) -> None:
    """Bring statements in, file by file, and resolve them."""
    for path in captures:
        collect_file(ledger, path)
        with ledger.write() as connection:
            settle(connection)


def import_roster(_ledger: Ledger, folder: Path) -> None:
    for _ in range(TURNS):
        real_chain.run(folder, "personnels", "importer", str(folder / "personnels.csv"))


def learn(ledger: Ledger) -> None:
    for _ in range(TURNS):
        with ledger.write() as connection:
            real_chain.teach(connection)
            settle(connection)


def reconcile_often(ledger: Ledger) -> None:
    for _ in range(TURNS):
        reconcile_once(ledger)


def reconcile_once(ledger: Ledger, *, complete: bool = False) -> None:
    with ledger.write() as connection:
        reconcile(connection, LocalRules(), YEAR, complete=complete)


def read(ledger: Ledger, folder: Path) -> None:
    """Read until told to stop: balances are those of the lines that are there, and evidence is only ever added."""
    line, balance = schema.line.c, schema.balance.c
    credited = sa.select(line.teacher_id, line.annee_scolaire, sa.func.sum(line.minutes).label("minutes")).group_by(
        line.teacher_id, line.annee_scolaire
    )
    summed = credited.subquery()
    same = (summed.c.teacher_id == balance.teacher_id, summed.c.annee_scolaire == balance.annee_scolaire)
    torn = (
        sa.select(sa.func.count())
        .select_from(schema.balance.outerjoin(summed, sa.and_(*same)))
        .where(balance.presence_min + balance.distance_min != sa.func.coalesce(summed.c.minutes, 0))
    )
    evidence = sa.select(sa.func.count()).select_from(schema.evidence)
    seen, times = 0, 0
    while not (folder / "fini").exists():
        with ledger.read() as connection:
            assert connection.scalar(torn) == 0
            number = connection.scalar(evidence)
            assert connection.scalar(evidence) == number
        assert number is not None
        assert number >= seen
        seen, times = number, times + 1
    (folder / f"lectures-{os.getpid()}").write_text(str(times), encoding="utf-8")


def said(ledger: Ledger) -> dict[str, tuple[int, bytes]]:
    """Return what a ledger says, whatever the order in which it came."""
    found = {}
    with ledger.read() as connection:
        for table in (schema.evidence, schema.void, schema.resolution, schema.line, schema.balance, schema.touched):
            query = sa.select(*(column for column in table.c if column.name not in _OWN))
            if "teacher_id" in table.c:
                there = schema.teacher.c.id == table.c.teacher_id
                query = query.add_columns(schema.teacher.c.identifiant).select_from(
                    table.outerjoin(schema.teacher, there)
                )
            if table is schema.resolution:
                query = query.add_columns(schema.evidence.c.statement_id).join(
                    schema.evidence, schema.evidence.c.id == table.c.evidence_id
                )
            found[table.name] = digest(connection.execute(query))
    return found


def in_a_process(dsn: str, work: Callable[[Ledger], None]) -> int:
    """Start work in a fork of this process; return its number."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        with closing(open_ledger(dsn)) as ledger:
            work(ledger)
        code = 0
    except BaseException:  # noqa: BLE001 - a fork must never come back
        traceback.print_exc()
    os._exit(code)


def alone(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Return what one process makes of it, on SQLite."""
    folder.mkdir()
    with closing(real_chain.prepare(folder, f"sqlite:///{folder}/registre.db")) as ledger:
        collect(ledger, real_chain.CAPTURES)
        reconcile_once(ledger)
        return said(ledger)


def main(folder: Path, dsn: str) -> dict[str, Any]:
    real_chain.prepare(folder, dsn).close()
    expected = alone(folder / "seul")
    writers = [
        in_a_process(dsn, partial(collect, captures=real_chain.CAPTURES)),
        in_a_process(dsn, partial(collect, captures=real_chain.CAPTURES[::-1])),
        in_a_process(dsn, partial(import_roster, folder=folder)),
        in_a_process(dsn, learn),
        in_a_process(dsn, reconcile_often),
        in_a_process(dsn, reconcile_often),
    ]
    readers = [in_a_process(dsn, partial(read, folder=folder)) for _ in range(2)]
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in writers]
    (folder / "fini").touch()
    codes += [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in readers]
    with closing(open_ledger(dsn)) as ledger:
        reconcile_once(ledger)
        found = said(ledger)
    return {
        "codes": codes,
        "lectures": sorted(int(path.read_text("utf-8")) for path in folder.glob("lectures-*")),
        "preuves": found["evidence"][0],
        "lignes": found["line"][0],
        "differentes": [name for name in expected if found[name] != expected[name]],
    }


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), sys.argv[2])))  # noqa: T201
