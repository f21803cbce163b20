"""What reports cost: `python -m benchmarks.reports [--dossier DOSSIER] [--sortie DOSSIER]`.

A nation of 30,000 teachers in 75 circonscriptions of 400 is written into a ledger as it is at the end of a year, when
pages are at their largest: each has 24 lines (18 hours of 45 minutes) of activities named as those of our catalogue,
18 to 24 of them credited. Measured: the HTML page of one circonscription (its making, its size), and the workbook of
everybody, by the command itself in a process of its own (wall clock, processor and peak memory). The figures are
printed as a Markdown table and written, with `--sortie`, to `reports.json`; the exit code is 1 when one is above its
bound.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import scenarios.catalogue
from connector.ledger import schema
from connector.ledger.db import open_ledger
from connector.ledger.schema import MAX_US, MIN_US
from connector.ledger.scope import EVERYTHING, Scope
from connector.reports import questions
from connector.reports.people import Wanted, read_rows
from connector.reports.renderings import render
from connector.settings import Settings
from scenarios.calendar import SchoolYear
from scenarios.fields import UAI_KEYS
from scenarios.load import load_session

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

YEAR = SchoolYear(2026)
CIRCONSCRIPTIONS, SIZE, LINES, MINUTES = 75, 400, 24, 45
BOUNDS = {"html_s": 1.0, "html_mo": 1.5, "xlsx_s": 20.0, "xlsx_memoire_mo": 200.0}
_SESSIONS = 3


def uai(number: int) -> str:
    """Return a well-formed UAI."""
    return f"{690000 + number:07}{UAI_KEYS[(690000 + number) % 23]}"


def write_nation(folder: Path) -> None:
    """Write the configuration and the ledger."""
    blocks = (
        f'[[circonscription]]\nuai = "{uai(number)}"\nnom = "Circonscription {number}"\nacademie = "Lyon"\n'
        for number in range(CIRCONSCRIPTIONS)
    )
    (folder / "parcours.toml").write_text("".join(blocks), encoding="utf-8")
    with closing(open_ledger(f"sqlite:///{folder / 'registre.db'}")) as ledger, ledger.write() as connection:
        _write_sessions(connection)
        for number in range(CIRCONSCRIPTIONS):
            for table, rows in _circonscription(number).items():
                connection.execute(schema.metadata.tables[table].insert(), rows)


def _write_sessions(connection: sa.Connection) -> None:
    for number in range(_SESSIONS):
        values = {
            "code": f"S{number}", "matricule": f"26_ACA10_P{number}_1.0", "parcours_key": f"26_ACA10_P{number}",
            "titre": f"Enseigner le calcul mental {number}", "nature": "formation_continue", "theme": None,
            "collection": "action", "circonscription": uai(0), "annee_scolaire": str(YEAR), "cadre": "animation",
            "validation": "achevement", "debut": YEAR.start, "fin": YEAR.end, "fuseau": "Europe/Paris",
            "window_start_us": MIN_US, "window_end_us": MAX_US, "revision": 1,
        }  # fmt: skip
        connection.execute(schema.session.insert().values(values))
    activity = {
        "since_us": MIN_US, "until_us": MAX_US, "type": "page", "modalite": "distance_asynchrone", "credite": True,
        "duree_min": MINUTES, "locale": False, "has_slots": False, "gone_us": MAX_US,
    }  # fmt: skip
    connection.execute(
        schema.activity.insert(),
        [
            {
                "code": f"S{number % _SESSIONS}", "activity_id": f"a{number}", "position": number,
                "titre": titre, **activity,
            }
            for number, titre in enumerate(islice(cycle(_titles()), LINES))
        ],
    )  # fmt: skip


def _titles() -> list[str]:
    """Return what the activities of our catalogue are called."""
    return [
        one.titre
        for name in ("calcul-mental", "laicite", "former-a-distance")
        for sequence in load_session(Path(scenarios.catalogue.__path__[0]) / name / "session.yaml").parcours.sequences
        for one in sequence.activites
    ]


def _circonscription(number: int) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {"teacher": [], "service": [], "balance": [], "line": []}
    for rank in range(SIZE):
        one = number * SIZE + rank + 1
        done = LINES - one % 7
        place = {"uai": uai(1000 + one // 12), "ecole": f"École du Groupe {one // 12}", "circonscription": uai(number)}
        names = {"nom": f"Nomdefamille{one % 997}", "prenom": f"Prénom{one % 89}"}
        found["teacher"].append({"id": one, "identifiant": f"E{one:06}", **names})
        found["service"].append({
            "teacher_id": one, **place, "departement": "069", "academie": "Lyon", "degre": "1D",
            "situation": "PE_ADJOINT", "quotite": 100_000, "debut": None, "fin": None, "start_us": MIN_US,
            "end_us": MAX_US, "imputation_min": 0,
        })  # fmt: skip
        kept = done * MINUTES
        found["balance"].append({
            "teacher_id": one, "annee_scolaire": str(YEAR), **place, "quotite": 100_000, "due_min": 1080,
            "presence_min": 0, "distance_min": kept, "formation_continue_min": kept, "animation_min": 0,
            "fc_requis_min": 540, "retenu_min": kept, "reste_min": max(0, 1080 - kept),
            "etat": "atteint" if kept >= 1080 else "incomplet",
            "manques": [] if kept >= 540 else [f"formation continue {kept // 60}:{kept % 60:02}/9:00"], "alertes": [],
        })  # fmt: skip
        found["line"] += _lines(one, done)
    return found


def _lines(teacher: int, done: int) -> Iterator[dict[str, Any]]:
    start = int(datetime(2026, 9, 15, tzinfo=UTC).timestamp()) * 1_000_000
    for number in range(LINES):
        credited = number < done
        yield {
            "teacher_id": teacher, "code": f"S{number % _SESSIONS}", "activity_id": f"a{number}",
            "annee_scolaire": str(YEAR), "minutes": MINUTES if credited else 0, "minutes_prevues": MINUTES,
            "modalite": "distance_asynchrone", "nature": "formation_continue", "theme": None,
            "decision": "credite" if credited else "refuse", "motif": None if credited else "annule",
            "instant_us": start + number * 10 * 86_400_000_000, "hors_liste": False, "chevauchement": False,
        }  # fmt: skip


def page(folder: Path) -> dict[str, float]:
    """Return the seconds and the megabytes of a circonscription's page, the median of five."""
    settings, taken, worked, content = Settings.load(folder), [], [], b""
    with closing(open_ledger(settings.dsn)) as ledger:
        for _ in range(5):
            begun, busy = time.perf_counter(), time.process_time()
            with ledger.read() as connection:
                made = questions.circonscription(connection, settings, EVERYTHING, YEAR, uai(3), details=True)
            content = render(made, "html")
            taken.append(time.perf_counter() - begun)
            worked.append(time.process_time() - busy)
    processor = statistics.median(worked)
    return {"html_s": statistics.median(taken), "html_processeur_s": processor, "html_mo": len(content) / 1e6}


def first_rows(folder: Path) -> dict[str, float]:
    """Return the milliseconds of the first 50 rows, of everybody and of one circonscription: the median of twenty."""
    settings = Settings.load(folder)
    found = {}
    with closing(open_ledger(settings.dsn)) as ledger, ledger.read() as connection:
        for name, scope in (("tous", EVERYTHING), ("ien", Scope("ien", (uai(3),)))):
            taken = []
            for _ in range(20):
                begun = time.perf_counter()
                read_rows(connection, scope, Wanted(str(YEAR)), limit=50)
                taken.append(time.perf_counter() - begun)
            found[f"premieres_lignes_{name}_ms"] = statistics.median(taken) * 1000
    return found


def workbook(folder: Path) -> dict[str, float]:
    """Return the seconds and the peak memory, in megabytes, of the command that writes everybody's workbook."""
    program = [sys.executable, "-c", "from connector.cli.main import main; main()", "--donnees", str(folder)]
    command = [*program, "rapport", "tous", "--annee", str(YEAR), "--format", "xlsx"]
    begun = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    taken = time.perf_counter() - begun
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = used.ru_utime + used.ru_stime
    return {"xlsx_s": taken, "xlsx_processeur_s": processor, "xlsx_memoire_mo": used.ru_maxrss / 1000}


def main() -> int:
    """Measure, show, and tell whether every bound holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dossier", type=Path, help="a nation written before, or the folder to write it in")
    parser.add_argument("--sortie", type=Path, help="where to write reports.json")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.dossier or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "registre.db").exists():
            write_nation(folder)
        figures = {
            name: round(value, 3) for name, value in {**workbook(folder), **page(folder), **first_rows(folder)}.items()
        }
    print("| figure | measured | bound |\n|---|---|---|")
    for name, value in figures.items():
        print(f"| {name} | {value} | {BOUNDS.get(name, '')} |")
    if options.sortie:
        described = {"teachers": CIRCONSCRIPTIONS * SIZE, "lines_each": LINES, "figures": figures, "bounds": BOUNDS}
        (options.sortie / "reports.json").write_text(json.dumps(described, indent=2) + "\n", encoding="utf-8")
    return int(any(figures[name] > bound for name, bound in BOUNDS.items()))


if __name__ == "__main__":
    sys.exit(main())
