"""`parcours nuit` on a whole installation: sandbox, LRS, ledger, reports."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from connector.settings import FILE
from tests.terminal import StageTerminal

if TYPE_CHECKING:
    from pathlib import Path

    from connector.ops.demo.stage import Stage

UAI = "0693456G"


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
    assert {json.loads(line)["level"] for line in nights.err.splitlines()} == {"info", "warning"}
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
    metrics = (nights.stage.folder / "metriques" / "parcours.prom").read_text("utf-8")
    assert "parcours_nuit_code 0.0" in metrics


def test_what_is_down_fails_and_the_rest_goes_on(nights: Nights) -> None:
    nights.run("bac-a-sable", "vivre", nights.session)
    nights.stage.sandbox.stop()
    assert nights.run("nuit") == 1
    assert "1\N{NO-BREAK SPACE}échec" in nights.out
    assert "rapprochés" in nights.out
    assert (nights.stage.folder / "rapports" / "2026-2027" / UAI).is_dir()
    assert "level=error event=collecte echec=" in nights.err


def test_a_report_that_cannot_be_written_is_one_failure(nights: Nights) -> None:
    nights.run("bac-a-sable", "vivre", nights.session)
    (nights.stage.folder / "rapports").mkdir(exist_ok=True)
    (nights.stage.folder / "rapports" / "2026-2027").write_text("", encoding="utf-8")
    assert nights.run("nuit") == 1
    assert "échec" in nights.out
    assert f"Circonscription {UAI}" in nights.err


def test_the_files_that_launch_it(nights: Nights, tmp_path: Path) -> None:
    assert nights.run("nuit", "--unites", tmp_path / "unites") == 0
    assert len(nights.out.splitlines()) == len(list((tmp_path / "unites").iterdir())) == 4
    assert not (nights.stage.folder / "rapports").exists()
