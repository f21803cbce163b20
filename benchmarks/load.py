"""The embedded LRS and the pages under load: `python -m benchmarks.load [--secondes 20] [--sortie FICHIER]`.

Each is a process of its own, served as its command serves it, on loopback. `CLIENTS` threads ask again and again: of
the LRS, a batch of ten statements or a page of a hundred, in turn; of the pages, those that operators open, so many of
them that none meets the limit of one person. Told are requests a second, the median and the 99th percentile of their
times, failures (anything but 200), and the memory that the server holds after a first round and at the end. The exit
code is 1 when anything failed or memory grew by more than `MOST`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
import threading
import time
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests

from benchmarks.nothing_lost import completion
from benchmarks.soak_world import Served, run, served_lrs
from connector.ledger.db import open_ledger
from connector.ledger.instants import now_us
from connector.tableau.doors import open_session

if TYPE_CHECKING:
    from collections.abc import Callable

    Ask = Callable[[requests.Session, int], requests.Response]

CLIENTS, PEOPLE = 8, 200
MOST = 1.5
_PAGES = ("/enseignants", "/sessions", "/enseignants/E0001")
_HEADERS = {"X-Experience-API-Version": "1.0.3"}


def load(ask: Ask, seconds: float) -> dict[str, Any]:
    """Have every client ask until the time is over; return what they met."""
    times: list[float] = []
    failed: list[int] = []
    until = time.monotonic() + seconds

    def client() -> None:
        rank = 0
        with requests.Session() as session:
            while time.monotonic() < until:
                began = time.perf_counter()
                answer = ask(session, rank)
                times.append(time.perf_counter() - began)
                if answer.status_code != 200:
                    failed.append(answer.status_code)
                rank += 1

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {
        "demandes_par_seconde": round(len(times) / seconds, 1),
        "mediane_ms": round(statistics.median(times) * 1000, 1),
        "p99_ms": round(statistics.quantiles(times, n=100)[98] * 1000, 1),
        "echecs": len(failed),
    }


def of_lrs(folder: Path, seconds: float) -> dict[str, Any]:
    """Load the embedded LRS."""
    server, lrs = served_lrs(folder, f"sqlite:///{folder / 'charge.db'}")
    auth = (lrs.user, lrs.secret.get_secret_value())
    address = f"{lrs.address}statements"

    def ask(session: requests.Session, rank: int) -> requests.Response:
        if rank % 2:
            return session.get(address, params={"limit": "100"}, auth=auth, headers=_HEADERS, timeout=60)
        batch = [completion() for _ in range(10)]
        return session.post(address, json=batch, auth=auth, headers=_HEADERS, timeout=60)

    return _loaded(server, ask, seconds)


def of_pages(folder: Path, seconds: float) -> dict[str, Any]:
    """Load the pages of the demonstration, asked for by `PEOPLE` in turn."""
    run(folder, "demo", "--dossier", str(folder))
    with (folder / "parcours.toml").open("a", encoding="utf-8") as file:
        for rank in range(PEOPLE):
            file.write(f'\n[[acces]]\nidentifiant = "charge{rank}"\nrole = "operateur"\n')
    server = Served(folder, ("tableau",))
    with closing(open_ledger(f"sqlite:///{folder / 'registre.db'}")) as ledger, ledger.write() as connection:
        cookies = [{"parcours": open_session(connection, f"charge{rank}", now_us())} for rank in range(PEOPLE)]
    turns = count()

    def ask(session: requests.Session, rank: int) -> requests.Response:
        address = f"http://127.0.0.1:{server.port}{_PAGES[rank % len(_PAGES)]}?annee=2026-2027"
        return session.get(address, cookies=cookies[next(turns) % PEOPLE], timeout=60, allow_redirects=False)

    return _loaded(server, ask, seconds)


def _loaded(server: Served, ask: Ask, seconds: float) -> dict[str, Any]:
    server.start()
    try:
        load(ask, seconds / 4)
        before = server.resident_mb()
        found = load(ask, seconds)
        return found | {"memoire_mo": [before, server.resident_mb()]}
    finally:
        server.kill()


def main() -> int:
    """Measure, print, write; 1 where anything failed or memory grew."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--secondes", type=float, default=20)
    options.add_argument("--sortie", type=Path)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as lrs, tempfile.TemporaryDirectory() as pages:
        found = {
            "machine": f"{os.cpu_count()} cœurs partagés, Python {platform.python_version()}",
            "clients": CLIENTS,
            "lrs": of_lrs(Path(lrs), given.secondes),
            "pages": of_pages(Path(pages), given.secondes),
        }
    text = json.dumps(found, ensure_ascii=False, indent=1)
    print(text)
    if given.sortie:
        given.sortie.write_text(f"{text}\n", encoding="utf-8")
    served = (found["lrs"], found["pages"])
    return int(any(one["echecs"] or one["memoire_mo"][1] > MOST * one["memoire_mo"][0] for one in served))


if __name__ == "__main__":
    sys.exit(main())
