"""Nights while everything breaks: `python -m benchmarks.soak [--minutes 2] [--sortie FICHIER]`, as root on Linux.

Two ledgers, one on SQLite and one on PostgreSQL, each on a small file system of its own (tmpfs), read the same Moodle
sandbox and the same LRS, night after night, while people tick and un-tick. Every second night is spoilt, in turn, by
each of `soak_faults.FAULTS`: the first time from its beginning on, then somewhere on its way.

At the end, once everything is well again and nothing is new: both ledgers hold exactly the evidence, the lines and the
balances of a third one that reads the LRS for the first time; every activity that the site holds done is credited, and
no other; `diagnostiquer --registre` finds nothing. Each fault struck each ledger while a night lasted, and those that a
night cannot do without (`FELT`) made one fail. A night that is not spoilt ends with 0 or 2, no night ever with a
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
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from contextlib import closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from benchmarks.postgres import private_server
from benchmarks.soak_faults import FAULTS, FELT, LEDGER, World, small_disk
from benchmarks.soak_world import CODE, Life, furnish, night, publish, run, served_lrs, site
from connector.ledger import schema
from connector.ledger.db import open_ledger
from connector.ops.registre.check import digest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

    from connector.moodle.sandbox.emitter import Lrs

MOST = 1.1
_ACT_EVERY = 0.4
_WATCHED_S = 0.05
_QUIET = 8
_SAID = (schema.evidence, schema.void, schema.line, schema.balance, schema.snapshot)
_OWN = {"id", "rank", "seen_us", "teacher_id", "published_us"}


@dataclass
class Nights:
    """What the nights of one ledger were: exit codes by what spoilt them, peaks of memory, durations.

    `struck` counts, by fault, the nights that it found under way.
    """

    codes: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    struck: Counter[str] = field(default_factory=Counter)
    peaks_mb: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def unseen(self, base: str) -> list[str]:
        """Return the faults of a ledger that no night was under, or that did not make one fail and should have."""
        failed = {fault for fault, codes in self.codes.items() if codes.keys() - {0, 2}}
        return [fault for fault in FAULTS[base] if not self.struck[fault] or (fault in FELT and fault not in failed)]


@dataclass
class Soak:
    """The world, and the two folders whose nights are run."""

    world: World
    folders: dict[str, Path]
    chance: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311 - a scenario, not a secret
    nights: dict[str, Nights] = field(default_factory=lambda: defaultdict(Nights))

    def run(self, base: str, name: str | None = None) -> int:
        """Run one night of a ledger, spoilt or not, heal, and write down what came of it."""
        kept = self.nights[base]
        began = time.monotonic()
        process = night(self.folders[base])
        with self._spoilt(base, name, process.pid) if name else nullcontext():
            code, peak_mb, said = _finish(process)
        kept.codes[name or "saine"][code] += 1
        print(base, name or "saine", code, f"{peak_mb} Mo", file=sys.stderr, flush=True)
        if "défaut imprévu" in said or "Traceback" in said:
            kept.wrong.append(f"{name}: {said[-1500:]}")
        if name is None:
            kept.peaks_mb.append(peak_mb)
            kept.seconds.append(time.monotonic() - began)
            if code not in (0, 2):
                kept.wrong.append(f"saine, code {code}: {said[-1500:]}")
        return code

    @contextmanager
    def _spoilt(self, base: str, name: str, pid: int) -> Iterator[None]:
        """Have a fault strike the night that goes on inside, now or somewhere on its way; all is well afterwards."""
        kept, fault = self.nights[base], self.world.fault(base, name)
        usual = statistics.median(kept.seconds) if kept.seconds else 5.0
        wait = 0.0 if name in FELT and name not in kept.codes else self.chance.uniform(0.2, usual)
        handle = os.pidfd_open(pid)

        def strike() -> None:
            kept.struck[name] += fault.spoil(handle)

        striking = threading.Timer(wait, strike)
        striking.start()
        yield
        striking.cancel()
        striking.join()
        os.close(handle)
        fault.heal()

    def settle(self) -> bool:
        """Run sound nights until nothing is new anywhere; tell whether that came."""
        for _ in range(_QUIET):
            before = {base: content(dsn_of(folder)) for base, folder in self.folders.items()}
            for base in self.folders:
                self.run(base)
            if before == {base: content(dsn_of(folder)) for base, folder in self.folders.items()}:
                return True
        return False


def _finish(process: subprocess.Popen[str]) -> tuple[int, int, str]:
    """Wait for a night; return its code, its peak of memory in MB, what it wrote on standard error."""
    over, peaks = threading.Event(), [0]

    def watch() -> None:
        while not over.wait(_WATCHED_S):
            peaks.append(_peak_mb(process.pid))

    watching = threading.Thread(target=watch)
    watching.start()
    _, said = process.communicate()
    over.set()
    watching.join()
    return process.returncode, max(peaks), said


def _peak_mb(pid: int) -> int:
    """Return the peak of a process so far, 0 once it is over: what `wait4` tells begins at that of its parent, us."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) // 1024
    return 0


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


def measure(folder: Path, minutes: float) -> dict[str, Any]:
    """Run the nights for so long, then compare; everything is thrown away."""
    with (
        small_disk(folder / "sqlite") as small,
        small_disk(folder / "tablespace") as tablespace,
        private_server(folder / "postgresql") as server,
    ):
        served, lrs = served_lrs(folder, server.database("lrs"))
        served.start()
        try:
            with site(lrs) as sandbox:
                folders = {"sqlite": small / "donnees", "postgresql": folder / "grand"}
                dsns = {
                    "sqlite": f"sqlite:///{folders['sqlite']}/registre.db",
                    "postgresql": server.database(LEDGER, tablespace),
                }
                for base, data in folders.items():
                    furnish(data, sandbox, lrs, dsns[base])
                publish(folders["sqlite"])
                world = World(sandbox, served, server, {"sqlite": small, "postgresql": tablespace})
                return _soak(Soak(world, folders), lrs, folder, minutes)
        finally:
            served.kill()


def _soak(soak: Soak, lrs: Lrs, folder: Path, minutes: float) -> dict[str, Any]:
    life = Life(soak.world.sandbox, _ACT_EVERY)
    life.begin()
    began, lrs_mb = time.monotonic(), []
    try:
        for rank in count():
            if time.monotonic() - began > minutes * 60:
                break
            for base in soak.folders:
                for spoilt in (None, FAULTS[base][rank % len(FAULTS[base])]):
                    soak.run(base, spoilt)
            lrs_mb.append(soak.world.lrs.resident_mb())
    finally:
        life.end()
    lasted = time.monotonic() - began
    settled = soak.settle()
    fresh = folder / "neuf"
    furnish(fresh, soak.world.sandbox, lrs, f"sqlite:///{fresh}/registre.db")
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
        "evenements_que_le_lrs_n_a_pas_pris": len(soak.world.sandbox.emitter.failed),
        "preuves": expected["evidence"][0],
        "lignes": expected["line"][0],
        "acquis_selon_moodle": len(site_says),
        "lrs_mo_au_plus": max(lrs_mb, default=0),
        "tranquille_a_la_fin": settled,
        "registres": {
            base: _told(base, nights)
            | {"comme_un_registre_neuf": same[base], "comme_moodle": right[base]}
            | {"controles": sorted(checked[base])}
            for base, nights in soak.nights.items()
        },
    }


def _told(base: str, nights: Nights) -> dict[str, Any]:
    quarter = max(1, len(nights.peaks_mb) // 4)
    first, last = (statistics.median(part) for part in (nights.peaks_mb[:quarter], nights.peaks_mb[-quarter:]))
    return {
        "nuits": sum(sum(codes.values()) for codes in nights.codes.values()),
        "codes": {fault: dict(codes) for fault, codes in nights.codes.items()},
        "frappees_en_cours": dict(nights.struck),
        "fautes_pas_vues": nights.unseen(base),
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
        and not one["fautes_pas_vues"]
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
