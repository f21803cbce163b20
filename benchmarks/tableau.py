"""What a page of `parcours tableau` costs: `python -m benchmarks.tableau [--dossier DOSSIER] [--sortie DOSSIER]`.

The nation of `benchmarks.reports` (30,000 teachers, 24 lines each) is served by the application itself over HTTP, on
SQLite. Measured from the request to the last byte, journal included, client and
server in one process (wall clock and processor), each page many times in turn: the first 50 of
everybody and the last, a search, a circonscription, a teacher, a session; by an operator, then by an IEN. Each page
asks as well for the 50 rows that it shows, and no more. The figures are printed as a Markdown table and written, with
`--sortie`, to `tableau.json`; the exit code is 1 when a list is above its bound at the median.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import requests
import sqlalchemy as sa

from benchmarks.reports import uai, write_nation
from connector.ledger.db import open_ledger
from connector.ledger.instants import now_us
from connector.ledger.schema import teacher
from connector.tableau import doors
from connector.tableau.app import create_app
from connector.tableau.place import Place
from scenarios.folding import folded
from xapi.lrs.serve import serve_in_thread

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.ledger.db import Ledger

BOUND_MS = 100.0
_ROUNDS = 20
_YEAR = "annee=2026-2027"
PAGES: Mapping[str, tuple[str, str]] = {
    "opérateur, 50 premiers de 30 000": ("operateur", f"/enseignants?{_YEAR}"),
    "opérateur, dernière page": ("operateur", f"/enseignants?{_YEAR}&page=600"),
    "opérateur, par heures restantes": ("operateur", f"/enseignants?{_YEAR}&ordre=reste"),
    "opérateur, recherche d'un nom": ("operateur", f"/enseignants?{_YEAR}&recherche=12345"),
    "opérateur, une circonscription": ("operateur", f"/enseignants?{_YEAR}&circonscription={uai(3)}"),
    "IEN, sa circonscription de 400": ("ien", f"/enseignants?{_YEAR}"),
    "IEN, recherche": ("ien", f"/enseignants?{_YEAR}&recherche=12"),
    "IEN, un enseignant": ("ien", f"/enseignants/{{teacher}}?{_YEAR}"),
}


def _make_searchable(folder: Path) -> None:
    """Write what an import of the roster writes for searches."""
    with closing(open_ledger(f"sqlite:///{folder / 'registre.db'}")) as ledger, ledger.write() as connection:
        for row in connection.execute(sa.select(teacher)).all():
            text = folded(f"{row.nom} {row.prenom} {row.nom} {row.identifiant}")
            connection.execute(teacher.update().where(teacher.c.id == row.id).values(recherche=text))


def measure(folder: Path) -> dict[str, dict[str, float]]:
    """Return, for each page, milliseconds (median and 95th percentile), kilobytes and rows."""
    with closing(open_ledger(f"sqlite:///{folder / 'registre.db'}")) as ledger:
        place = Place(folder, ledger, "http://127.0.0.1")
        with serve_in_thread(create_app(place)) as url:
            browsers = {who: _enter(ledger, who) for who in ("operateur", "ien")}
            found = browsers["ien"].get(f"{url}/enseignants?{_YEAR}", timeout=60).text
            first = re.findall(r'class="who" href="/enseignants/([^?"]+)', found)[0]
            return {name: _page(browsers[who], url + path.format(teacher=first)) for name, (who, path) in PAGES.items()}


def _enter(ledger: Ledger, who: str) -> requests.Session:
    with ledger.write() as connection:
        secret = doors.open_session(connection, who, now_us())
    browser = requests.Session()
    browser.cookies.set("parcours", secret)
    return browser


def _page(browser: requests.Session, address: str) -> dict[str, float]:
    taken, worked = [], []
    for _ in range(_ROUNDS + 1):
        start, busy = time.perf_counter(), time.process_time()
        answer = browser.get(address, timeout=60)
        taken.append((time.perf_counter() - start) * 1000)
        worked.append((time.process_time() - busy) * 1000)
        if answer.status_code != 200:
            raise SystemExit(f"{address}: {answer.status_code}")
    kept = sorted(taken[1:])
    return {
        "mediane_ms": round(statistics.median(kept), 1),
        "processeur_ms": round(statistics.median(worked[1:]), 1),
        "p95_ms": round(kept[int(0.95 * len(kept))], 1),
        "ko": round(len(answer.content) / 1000, 1),
        "lignes": answer.text.count('class="who"'),
    }


def main() -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dossier", type=Path, help="reuse, or make there, the nation")
    parser.add_argument("--sortie", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.dossier or Path(temporary)
        if not (folder / "registre.db").exists():
            folder.mkdir(parents=True, exist_ok=True)
            write_nation(folder)
            _make_searchable(folder)
            with (folder / "parcours.toml").open("a", encoding="utf-8") as file:
                file.write('[[acces]]\nidentifiant = "operateur"\nrole = "operateur"\n')
                file.write(f'[[acces]]\nidentifiant = "ien"\nrole = "ien"\nperimetre = ["{uai(3)}"]\n')
        found = measure(folder)
    print("| Page | Médiane | Processeur | 95 % | Poids | Lignes |\n|---|---|---|---|---|---|")
    for name, row in found.items():
        times = " | ".join(f"{row[key]} ms" for key in ("mediane_ms", "processeur_ms", "p95_ms"))
        print(f"| {name} | {times} | {row['ko']} ko | {row['lignes']} |")
    if given.sortie:
        document = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
        (given.sortie / "tableau.json").write_text(document, encoding="utf-8")
    return int(any(figures["mediane_ms"] > BOUND_MS for figures in found.values()))


if __name__ == "__main__":
    sys.exit(main())
