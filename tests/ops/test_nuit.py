"""`parcours nuit` on a whole installation: sandbox, LRS, ledger, reports."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
import requests
import structlog
import time_machine

from connector.ledger.db import open_ledger
from connector.ops.night import reports
from connector.reports import questions
from connector.settings import FILE, Settings
from scenarios.calendar import SchoolYear
from tests.terminal import StageTerminal
from xapi import transport
from xapi.client import LRSClient

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from connector.moodle.sandbox.emitter import Lrs
    from connector.ops.demo.stage import Stage

UAI = "0693456G"
HOUR = timedelta(hours=1)
OF_OTHERS = {
    "alembic", "argon2", "lxml", "nh3", "prometheus_client", "psycopg", "python_calamine", "starlette", "uvicorn",
    "weasyprint", "xlsxwriter", "yaml", "zeep",
}  # fmt: skip
"""Libraries of other commands, or of other configurations: migrations, pages, SOAP, PostgreSQL, spreadsheets, paper."""


def seen(at: datetime) -> dict[str, Any]:
    """Return a statement that is no evidence."""
    return {
        "id": str(uuid4()),
        "actor": {"mbox": "mailto:lucie.garnier@ac-exemple.fr"},
        "verb": {"id": "http://id.tincanapi.com/verb/viewed"},
        "object": {"id": "https://exemple.fr/page"},
        "timestamp": (at - timedelta(days=1)).isoformat(),  # told apart from `stored`: the LRS shows how it filters
    }


class Nights(StageTerminal):
    """An installation where a session is published; `night` runs one."""

    def __init__(self, stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
        super().__init__(stage, capsys)
        self.session = stage.folder / "parcours" / "calcul-mental" / "session.yaml"
        self.run("personnels", "importer", stage.folder / "personnels.csv")
        self.run("publier", self.session, "--oui")

    def night(self) -> tuple[int, dict[str, dict[str, int]]]:
        """Run a night; return its exit code and the figures of each step."""
        code = self.run("nuit", "--json", "--journal", "json")
        return code, {step["nom"]: step["nombres"] for step in json.loads(self.out)["etapes"]}


@pytest.fixture
def nights(stage: Stage, capsys: pytest.CaptureFixture[str]) -> Nights:
    with (stage.folder / FILE).open("a", encoding="utf-8") as file:
        file.write('\n[nuit]\nrapports = ["html", "csv"]\nmetriques = "metriques/parcours.prom"\n')
    return Nights(stage, capsys)


def everything(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8-sig") for path in folder.rglob("*.csv")}


def test_a_night_then_a_quiet_one(nights: Nights) -> None:
    nights.run("bac-a-sable", "vivre", nights.session)
    code, steps = nights.night()
    assert code == 2, "the stage has one person whom the roster does not know: somebody has to say who it is"
    assert steps["collecte"]["en_attente"] > 0
    assert steps["collecte"]["declarations_nouvelles"] > 0
    assert steps["rapprochement"]["enseignants_rapproches"] > 0
    assert steps["rapports"] == {"rapports": 2}
    assert steps["conservation"] == {"supprimes": 0}
    assert {json.loads(line)["niveau"] for line in nights.err.splitlines()} == {"info", "attention"}
    folder = nights.stage.folder / "rapports"
    assert {path.suffix for path in folder.glob(f"2026-2027/{UAI}/*")} == {".html", ".csv"}
    first = everything(folder)

    before = len(nights.stage.sandbox.calls)
    code, steps = nights.night()
    assert code == 0
    assert steps["collecte"]["declarations_nouvelles"] == 0
    assert steps["rapprochement"]["enseignants_rapproches"] == 0
    assert len(nights.stage.sandbox.calls) - before <= 10
    assert everything(folder) == first
    metrics = nights.stage.folder / "metriques" / "parcours.prom"
    assert "parcours_nuit_code 0.0" in metrics.read_text("utf-8")
    assert stat.S_IMODE(metrics.stat().st_mode) == 0o644, "node_exporter has an account of its own"


def test_what_is_down_fails_and_the_rest_goes_on(nights: Nights) -> None:
    nights.run("bac-a-sable", "vivre", nights.session)
    nights.stage.sandbox.stop()
    assert nights.run("nuit") == 1
    assert "2\N{NO-BREAK SPACE}échecs" in nights.out
    assert "rapprochés" in nights.out
    assert (nights.stage.folder / "rapports" / "2026-2027" / UAI).is_dir()
    assert "niveau=erreur evenement=collecte echec=" in nights.err
    assert "niveau=erreur evenement=mes_heures echec=" in nights.err


def test_a_report_that_cannot_be_written_is_one_failure(nights: Nights) -> None:
    nights.run("bac-a-sable", "vivre", nights.session)
    (nights.stage.folder / "rapports").mkdir(exist_ok=True)
    (nights.stage.folder / "rapports" / "2026-2027").write_text("", encoding="utf-8")
    assert nights.run("nuit") == 1
    assert "échec" in nights.out
    assert f"Circonscription {UAI}" in nights.err
    assert "un élément du chemin n'est pas un dossier" in nights.err, "that the report exists already would mislead"


def test_one_circonscription_s_defect_costs_no_other_its_report(
    nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    nights.run("bac-a-sable", "vivre", nights.session)
    with (nights.stage.folder / FILE).open("a", encoding="utf-8") as file:
        file.write('\n[[circonscription]]\nuai = "0690001B"\nnom = "Lyon 6"\nacademie = "Lyon"\n')
    asked = questions.circonscription

    def spoilt(connection: object, settings: object, scope: object, year: object, uai: str, **more: object) -> object:
        if uai == "0690001B":
            raise ZeroDivisionError
        return asked(connection, settings, scope, year, uai, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(questions, "circonscription", spoilt)
    settings, years = Settings.load(nights.stage.folder), [SchoolYear(2026)]
    assert nights.run("rapprocher") == 0
    with closing(open_ledger(settings.dsn)) as ledger, structlog.testing.capture_logs() as logged:
        done, files = reports.write(settings, ledger, nights.folder / "r", years, "nuit", structlog.get_logger())
    assert done.figures == {"rapports": 2}
    assert [failure.split(" :")[0] for failure in done.failures] == ["Circonscription 0690001B"]
    assert "Défaut imprévu (ZeroDivisionError)" in done.failures[0]
    assert [(entry["event"], entry["circonscription"]) for entry in logged] == [("défaut imprévu", "0690001B")]
    assert sorted(files) == sorted((nights.folder / "r" / "2026-2027" / UAI).iterdir())
    assert len(files) == 2


@pytest.mark.parametrize(
    ("night", "previous", "years"),
    [
        (date(2026, 11, 22), None, ["2026-2027"]),
        (date(2026, 11, 22), date(2026, 11, 21), ["2026-2027"]),
        (date(2026, 9, 15), date(2026, 9, 14), ["2025-2026", "2026-2027"]),
        (date(2026, 11, 22), date(2026, 8, 30), ["2025-2026", "2026-2027"]),
    ],
)
def test_a_year_s_reports_are_written_while_it_may_change(night: date, previous: date | None, years: list[str]) -> None:
    assert [str(year) for year in reports.years_of(night, previous)] == years


def test_the_files_that_launch_it(nights: Nights, tmp_path: Path) -> None:
    assert nights.run("nuit", "--unites", tmp_path / "unites") == 0
    assert len(nights.out.splitlines()) == len(list((tmp_path / "unites").iterdir())) == 5
    assert not (nights.stage.folder / "rapports").exists()


def test_a_night_loads_nothing_that_it_does_not_use(sqlite_ledger: Path, tmp_path: Path) -> None:
    shutil.copy(sqlite_ledger, tmp_path / "registre.db")
    program = (
        "import sys\nfrom connector.cli.main import main\ntry:\n    main(sys.argv[1:])\n"
        "except SystemExit as ended:\n    print(ended.code, *sys.modules)"
    )
    command = [sys.executable, "-c", program, "--donnees", str(tmp_path), "nuit"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    code, *loaded = said[-1].split()
    assert code == "0", said
    assert {"sqlalchemy", "connector.ops.night.steps"} <= set(loaded)
    assert not OF_OTHERS & set(loaded)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What the LRS is asked, in order: the method, and since when."""
    found = []
    exchange = transport.exchange

    def recorded(session: Any, method: str, url: str, *more: Any) -> Any:
        found.append((method, parse_qs(urlsplit(url).query).get("since", [""])[0]))
        return exchange(session, method, url, *more)

    monkeypatch.setattr(transport, "exchange", recorded)
    return found


@contextmanager
def later(lrs: Lrs, instant: datetime) -> Iterator[None]:
    """Be at that instant as soon as the LRS says so too: servers write `Date` once a second, and keep it."""
    with time_machine.travel(instant):
        said = datetime.min.replace(tzinfo=UTC)
        while abs(said - instant) > HOUR:
            time.sleep(0.1)
            said = parsedate_to_datetime(requests.get(f"{lrs.address}about", timeout=10).headers["Date"])
        yield


def test_what_a_quiet_night_asks(nights: Nights, asked: list[tuple[str, str]]) -> None:
    """Moodle: who it is, what changed, what is done since, all that is done, whose hours it holds. The LRS: what came
    after a quarter of an hour before its newest statement, then after that one.
    """
    published, lrs = datetime.now(UTC), nights.stage.lrs
    newest = published + HOUR
    with (
        time_machine.travel(newest, tick=False),
        closing(LRSClient(lrs.address, lrs.user, lrs.secret.get_secret_value())) as client,
    ):
        client.post([seen(newest)])
    for after in (2 * HOUR, timedelta(days=3)):  # the second one still reads two days before the first again
        with later(lrs, published + after):
            nights.night()
    asked.clear()
    calls = nights.stage.sandbox.calls
    before = len(calls)
    with later(lrs, published + timedelta(days=4)):
        assert nights.night()[1]["collecte"]["declarations_nouvelles"] == 0
    assert calls[before:] == [
        "core_webservice_get_site_info",
        "local_parcours_observe",
        "local_parcours_completions",
        "local_parcours_completions",
        "local_parcours_figures",
    ]
    assert asked == [
        ("GET", (newest - timedelta(minutes=15)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")),
        ("GET", (newest - timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")),
    ]
