"""Nights while everything breaks: `python -m benchmarks.soak [--minutes 2] [--sortie FICHIER]`, as root on Linux.

Two ledgers, one on SQLite on a small file system of its own (tmpfs) and one on PostgreSQL, read the same Moodle
sandbox and the same LRS, night after night, while people tick and un-tick. Every second night is spoilt, in turn:

- `tuée`: the night is killed (SIGKILL) somewhere on its way;
- `lrs`: the LRS is killed before or during it, and is not back before its end;
- `maintenance`: the site answers as Moodle in maintenance does;
- `base`: the ledger's disk is full (SQLite), or PostgreSQL is crashed and started again under it.

At the end, once everything is well again and nothing is new: both ledgers hold exactly the evidence, the lines and the
balances of a third one that reads the LRS for the first time; every activity that the site holds done is credited, and
no other; `diagnostiquer --registre` finds nothing. A night that is not spoilt ends with 0 or 2, no night ever with a
failure that nobody foresaw. Memory is flat when the nights of the last quarter peak at no more than `MOST` times those
of the first. The exit code is 1 when any of this is not so.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from benchmarks.postgres import Server, private_server
from benchmarks.soak_world import CODE, Life, Served, furnish, night, publish, run, served_lrs, site
from connector.ledger import schema
from connector.ledger.db import open_ledger
from connector.ops.registre.check import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from connector.moodle.sandbox.emitter import Lrs
    from connector.moodle.sandbox.sandbox import Sandbox

MOST = 1.1
_TMPFS_MB = 96
_LEFT_KB = 64
_ACT_EVERY = 0.4
_QUIET = 8
FAULTS = ("tuée", "lrs", "maintenance", "base")
_SAID = (schema.evidence, schema.void, schema.line, schema.balance, schema.snapshot)
_OWN = {"id", "rank", "seen_us", "teacher_id", "published_us"}


@dataclass
class Nights:
    """What the nights of one ledger were: exit codes by what spoilt them, peaks of memory, durations."""

    codes: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    peaks_mb: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


@dataclass
class Soak:
    """The world, and the two folders whose nights are run."""

    sandbox: Sandbox
    lrs: Served
    server: Server
    folders: dict[str, Path]
    chance: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311 - a scenario, not a secret
    nights: dict[str, Nights] = field(default_factory=lambda: defaultdict(Nights))

    def run(self, base: str, fault: str | None) -> int:
        """Run one night of a ledger, spoilt by `fault`, heal, and write down what came of it."""
        kept = self.nights[base]
        usual = statistics.median(kept.seconds) if kept.seconds else 5.0
        began = time.monotonic()
        spoil, heal = self._fault(base, fault)
        under_way = fault == "tuée" or (fault == "base" and base == "postgresql") or self.chance.random() < 0.7
        if not under_way:
            spoil(None)
        process = night(self.folders[base])
        timer = threading.Timer(self.chance.uniform(0.2, usual), spoil, (process,))
        if under_way:
            timer.start()
        code, peak_mb, said = _finish(process)
        timer.cancel()
        if timer.ident is not None:
            timer.join()
        heal()
        kept.codes[fault or "saine"][code] += 1
        print(base, fault or "saine", code, file=sys.stderr, flush=True)
        if "défaut imprévu" in said or "Traceback" in said:
            kept.wrong.append(f"{fault}: {said[-1500:]}")
        if fault is None:
            kept.peaks_mb.append(peak_mb)
            kept.seconds.append(time.monotonic() - began)
            if code not in (0, 2):
                kept.wrong.append(f"saine, code {code}: {said[-1500:]}")
        return code

    def _fault(self, base: str, fault: str | None) -> tuple[Callable[[Any], None], Callable[[], None]]:
        """Return what spoils a night, and what heals the world after it."""
        if fault == "tuée":
            return lambda process: process.kill(), lambda: None
        if fault == "lrs":
            return lambda _: self.lrs.kill(), self._lrs_is_back
        if fault == "maintenance":
            return lambda _: self._maintenance(on=True), lambda: self._maintenance(on=False)
        if fault == "base" and base == "sqlite":
            ballast = self.folders[base] / "lest"
            return lambda _: fill(ballast), lambda: ballast.unlink(missing_ok=True)
        if fault == "base":
            return lambda _: self.server.crash(), self._lrs_is_back
        return lambda _: None, lambda: None

    def _lrs_is_back(self) -> None:
        if self.lrs.process is None or self.lrs.process.poll() is not None:
            self.lrs.start()

    def _maintenance(self, *, on: bool) -> None:
        self.sandbox.faults.maintenance_cli = on

    def settle(self) -> bool:
        """Run sound nights until nothing is new anywhere; tell whether that came."""
        for _ in range(_QUIET):
            before = {base: content(dsn_of(folder)) for base, folder in self.folders.items()}
            for base in self.folders:
                self.run(base, None)
            if before == {base: content(dsn_of(folder)) for base, folder in self.folders.items()}:
                return True
        return False


def _finish(process: subprocess.Popen[str]) -> tuple[int, int, str]:
    """Wait for a night; return its code, its peak of memory in MB, what it wrote."""
    assert process.stdout is not None and process.stderr is not None  # noqa: S101, PT018 - both are pipes
    said: list[str] = []
    reader = threading.Thread(target=lambda: said.append(process.stderr.read() if process.stderr else ""))
    reader.start()
    process.stdout.read()
    reader.join()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    process.stderr.close()
    return process.returncode, usage.ru_maxrss // 1024, said[0]


def fill(ballast: Path) -> None:
    """Leave hardly any room in the file system of `ballast`."""
    free = shutil.disk_usage(ballast.parent).free - _LEFT_KB * 1024
    if free > 0:
        with ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, free)


def dsn_of(folder: Path) -> str:
    """Return the DSN that a data folder names."""
    return (folder / "parcours.toml").read_text("utf-8").split('dsn = "')[1].split('"')[0]


def content(dsn: str) -> dict[str, tuple[int, bytes]]:
    """Return what a ledger says, table by table, but for what each ledger numbers and dates by itself."""
    with closing(open_ledger(dsn)) as ledger, ledger.read() as connection:
        found = {}
        for table in _SAID:
            query = sa.select(*(column for column in table.c if column.name not in _OWN))
            if "teacher_id" in table.c:
                query = query.add_columns(schema.teacher.c.identifiant).join(
                    schema.teacher, schema.teacher.c.id == table.c.teacher_id
                )
            found[table.name] = digest(connection.execute(query))
        return found


def credited(dsn: str) -> set[tuple[str, str]]:
    """Return who is credited of what: e-mail and activity."""
    line, mailbox = schema.line.c, schema.mailbox.c
    query = sa.select(mailbox.email, line.activity_id).join(schema.line, line.teacher_id == mailbox.teacher_id)
    with closing(open_ledger(dsn)) as ledger, ledger.read() as connection:
        return {(row.email, row.activity_id) for row in connection.execute(query.where(line.decision == "credite"))}


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """Mount a file system of a few megabytes."""
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={_TMPFS_MB}m", "tmpfs", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def measure(folder: Path, minutes: float) -> dict[str, Any]:
    """Run the nights for so long, then compare; everything is thrown away."""
    with private_server(folder / "postgresql") as server, small_disk(folder / "petit"):
        served, lrs = served_lrs(folder, server.database("lrs"))
        served.start()
        try:
            with site(lrs) as sandbox:
                folders = {"sqlite": folder / "petit" / "donnees", "postgresql": folder / "grand"}
                dsns = {
                    "sqlite": f"sqlite:///{folders['sqlite']}/registre.db",
                    "postgresql": server.database("registre"),
                }
                for base, data in folders.items():
                    furnish(data, sandbox, lrs, dsns[base])
                publish(folders["sqlite"])
                return _soak(Soak(sandbox, served, server, folders), lrs, folder, minutes)
        finally:
            served.kill()


def _soak(soak: Soak, lrs: Lrs, folder: Path, minutes: float) -> dict[str, Any]:
    life = Life(soak.sandbox, _ACT_EVERY)
    life.begin()
    began, lrs_mb = time.monotonic(), []
    try:
        for fault in cycle(FAULTS):
            if time.monotonic() - began > minutes * 60:
                break
            for base in soak.folders:
                for spoilt in (None, fault):
                    soak.run(base, spoilt)
            lrs_mb.append(soak.lrs.resident_mb())
    finally:
        life.end()
    lasted = time.monotonic() - began
    settled = soak.settle()
    fresh = folder / "neuf"
    furnish(fresh, soak.sandbox, lrs, f"sqlite:///{fresh}/registre.db")
    run(fresh, "nuit")
    expected = content(dsn_of(fresh))
    same = {base: content(dsn_of(data)) == expected for base, data in soak.folders.items()}
    site_says = life.achieved()
    right = {base: credited(dsn_of(data)) == site_says for base, data in soak.folders.items()}
    checked = {
        base: {one["niveau"] for one in json.loads(run(data, "diagnostiquer", "--registre", "--json"))["constats"]}
        for base, data in soak.folders.items()
    }
    return {
        "minutes": round(lasted / 60, 1),
        "machine": f"{os.cpu_count()} cœurs partagés, Python {platform.python_version()}",
        "session": CODE,
        "actes": life.acts,
        "declarations_du_site": life.sent,
        "evenements_que_le_lrs_n_a_pas_pris": len(soak.sandbox.emitter.failed),
        "preuves": expected["evidence"][0],
        "lignes": expected["line"][0],
        "acquis_selon_moodle": len(site_says),
        "lrs_mo_au_plus": max(lrs_mb, default=0),
        "tranquille_a_la_fin": settled,
        "registres": {
            base: _told(nights)
            | {"comme_un_registre_neuf": same[base], "comme_moodle": right[base]}
            | {"controles": sorted(checked[base])}
            for base, nights in soak.nights.items()
        },
    }


def _told(nights: Nights) -> dict[str, Any]:
    quarter = max(1, len(nights.peaks_mb) // 4)
    first, last = (statistics.median(part) for part in (nights.peaks_mb[:quarter], nights.peaks_mb[-quarter:]))
    return {
        "nuits": sum(sum(codes.values()) for codes in nights.codes.values()),
        "codes": {fault: dict(codes) for fault, codes in nights.codes.items()},
        "secondes_d_une_nuit_saine": round(statistics.median(nights.seconds), 2),
        "pic_mo_premier_quart": first,
        "pic_mo_dernier_quart": last,
        "pic_rapport": round(last / first, 3),
        "defauts": nights.wrong,
    }


def well(found: dict[str, Any]) -> bool:
    """Tell whether everything that is promised was so."""
    return found["tranquille_a_la_fin"] and all(
        one["comme_un_registre_neuf"]
        and one["comme_moodle"]
        and one["controles"] == ["ok"]
        and not one["defauts"]
        and one["pic_rapport"] <= MOST
        for one in found["registres"].values()
    )


def main() -> int:
    """Measure, print, write; tell whether it is as promised."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=2)
    options.add_argument("--sortie", type=Path)
    given = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="parcours-endurance-"))
    folder.chmod(0o755)
    try:
        found = measure(folder, given.minutes)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(text := json.dumps(found, ensure_ascii=False, indent=1))
    if given.sortie:
        given.sortie.write_text(f"{text}\n", encoding="utf-8")
    return 0 if well(found) else 1


if __name__ == "__main__":
    sys.exit(main())
