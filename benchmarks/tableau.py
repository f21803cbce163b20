"""What a page of `parcours tableau` costs: `python -m benchmarks.tableau [--dossier DOSSIER] [--sortie DOSSIER]`.

The nation of `benchmarks.reports` (30,000 teachers, 24 lines each) is served by the application itself over HTTP, on
SQLite. Measured from the request to the last byte, journal included, client and server in one process (wall clock and
processor), each page many times in turn: the first 50 of everybody and the last, a search, a circonscription with its
picture, a teacher; a trainer's sessions, one of them, its sheets; by an operator, an IEN, then a trainer. Each list
asks as well for the 50 rows that it shows, and no more. The figures are printed as a Markdown table and written, with
`--sortie`, to `tableau.json`; the exit code is 1 when a page is above its bound at the median.
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

import scenarios.catalogue
from benchmarks.reports import uai, write_nation
from connector.ledger.db import open_ledger
from connector.ledger.instants import PARIS, now_us
from connector.ledger.resolve import settle
from connector.ledger.schema import teacher, teacher_key
from connector.ledger.sessions import absorb_snapshot
from connector.ledger.unsettled import mark
from connector.tableau import doors
from connector.tableau.app import create_app
from connector.tableau.place import Place
from scenarios.folding import folded
from scenarios.load import load_session
from scenarios.prepare import prepare
from xapi.lrs.serve import serve_in_thread

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.ledger.db import Ledger

BOUND_MS = 100.0
_ROUNDS = 20
_YEAR = "annee=2026-2027"
_TRAINER = "anne.martin@ac-exemple.fr"
PAGES: Mapping[str, tuple[str, str]] = {
    "opérateur, 50 premiers de 30 000": ("operateur", f"/enseignants?{_YEAR}"),
    "opérateur, dernière page": ("operateur", f"/enseignants?{_YEAR}&page=600"),
    "opérateur, par heures restantes": ("operateur", f"/enseignants?{_YEAR}&ordre=reste"),
    "opérateur, recherche d'un nom": ("operateur", f"/enseignants?{_YEAR}&recherche=12345"),
    "opérateur, une circonscription": ("operateur", f"/enseignants?{_YEAR}&circonscription={uai(3)}"),
    "IEN, sa circonscription de 400": ("ien", f"/enseignants?{_YEAR}"),
    "IEN, recherche": ("ien", f"/enseignants?{_YEAR}&recherche=12"),
    "IEN, un enseignant": ("ien", f"/enseignants/{{teacher}}?{_YEAR}"),
    "formateur, ses sessions": ("formateur", "/sessions"),
    "formateur, une session": ("formateur", "/sessions/CM-69L4-2026A"),
    "formateur, ses feuilles d'émargement": ("formateur", "/sessions/CM-69L4-2026A/emargement"),
}


def _furnish(folder: Path) -> None:
    """Write what an import of the roster writes for searches, and a session with its trainer and its sheets."""
    with closing(open_ledger(f"sqlite:///{folder / 'registre.db'}")) as ledger, ledger.write() as connection:
        for row in connection.execute(sa.select(teacher)).all():
            text = folded(f"{row.nom} {row.prenom} {row.nom} {row.identifiant}")
            connection.execute(teacher.update().where(teacher.c.id == row.id).values(recherche=text))
        _give_a_session(connection)


def _give_a_session(connection: sa.Connection) -> None:
    """Give everybody an address, and publish the catalogue's session among them."""
    loaded = load_session(Path(scenarios.catalogue.__path__[0]) / "calcul-mental" / "session.yaml")
    listed = [one.courriel for one in loaded.participants]
    numbers = connection.scalars(sa.select(teacher.c.id).order_by(teacher.c.id)).all()
    addresses = (*listed, *(f"e{number:06}@ac-exemple.fr" for number in numbers))
    keys = [
        {"teacher_id": number, "kind": "mbox", "value": address, "main": True}
        for number, address in zip(numbers, addresses, strict=False)
    ]
    mark(connection)
    connection.execute(teacher_key.insert(), keys)
    absorb_snapshot(connection, prepare(loaded, PARIS).snapshot(), at_us=now_us())
    settle(connection)


def measure(folder: Path) -> dict[str, dict[str, float]]:
    """Return, for each page, milliseconds (median and 95th percentile), kilobytes and rows."""
    with closing(open_ledger(f"sqlite:///{folder / 'registre.db'}")) as ledger:
        place = Place(folder, ledger, "http://127.0.0.1")
        with serve_in_thread(create_app(place)) as url:
            browsers = {who: _enter(ledger, who) for who in ("operateur", "ien", "formateur")}
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
            _furnish(folder)
            with (folder / "parcours.toml").open("a", encoding="utf-8") as file:
                file.write('[[acces]]\nidentifiant = "operateur"\nrole = "operateur"\n')
                file.write(f'[[acces]]\nidentifiant = "ien"\nrole = "ien"\nperimetre = ["{uai(3)}"]\n')
                file.write(f'[[acces]]\nidentifiant = "formateur"\nrole = "formateur"\nperimetre = ["{_TRAINER}"]\n')
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
