"""The commands of the guide run, in its order, on an installation whose Moodle and LRS answer.

What stands in the guide for something of the reader's (a file, the number of an entry) is made, or put in its place,
just before. What each command says is judged elsewhere: here it does its work, or says what is left to a person.
"""

from __future__ import annotations

import importlib
import io
import json
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
import time_machine

from connector.cli.main import main
from connector.ledger.db import open_ledger
from connector.ledger.schema import accompagnement
from connector.ops.demo.stage import Stage, set_stage
from tests.conftest import lacking
from tests.documentation.shown import ROOT, written
from tests.gaia.conftest import Depot
from tests.ledger.kit import attested, completed, mbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TODAY = datetime(2027, 1, 25, 9, tzinfo=UTC)
"""The sessions of the guide are over, and were attested five days ago."""
ELSEWHERE = {
    "demo --dossier demo": "tests/cli/test_demo.py",
    "lrs servir": "tests/xapi/test_cli_lrs.py",
    "bac-a-sable servir": "tests/sandbox/test_command.py",
    "tableau": "tests/tableau/test_commands.py",
    "publier CM-69L4-2026A --cours 42": "tests/publish/test_modes_cli.py",
    "publier CM-69L4-2027B --modele 42": "tests/publish/test_modes_cli.py",
    "planifier CM-69L4-2026A --cours 42": "tests/publish/test_planifier_stock.py",
}
"""What serves until it is stopped, makes a folder of its own or needs a Moodle without the plugin: who else runs it."""
ASIDE = ("rgpd effacer", "rgpd lever", "rgpd pseudonymiser")
"""What a reader tries on a copy: the rest of the guide still speaks of the person, and by her name."""
AS = {"suivi": "anne.martin@ac-exemple.fr"}
"""Whose machine account it is, where that is not the operator's."""
WORK_LEFT = 2


class _Terminal(io.StringIO):
    """Somebody who answers."""

    def isatty(self) -> bool:
        return True


@dataclass
class Reader:
    """Somebody who follows the guide, from a folder with the data folder in it."""

    stage: Stage
    home: Path
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    done: list[str] = field(default_factory=list)

    def run(self, *words: object, data: Path | None = None) -> str:
        """Run a command, as somebody who says yes; return what it prints, or fail with what it says."""
        self.monkeypatch.setattr("sys.stdin", _Terminal("oui\n" * 3))
        with pytest.raises(SystemExit) as left:
            main(["--donnees", str(data or self.stage.folder), *map(str, words)])
        said = self.capsys.readouterr()
        assert left.value.code in (0, None, WORK_LEFT), f"parcours {' '.join(map(str, words))}: {said.out}{said.err}"
        assert "imprévu" not in said.err
        return said.out

    def follow(self, words: list[str]) -> None:
        """Run a command of the guide, prepared and completed as this page says."""
        line = " ".join(words)
        if line in FIRST:
            FIRST[line](self)
        there = [STANDS_FOR[word](self) if word in STANDS_FOR else word for word in words]
        for beginning, account in AS.items():
            if line.startswith(beginning):
                self.monkeypatch.setenv("LOGNAME", account)
        self.run(*there, data=self.home / "copie" if line.startswith(ASIDE) else None)
        self.monkeypatch.delenv("LOGNAME", raising=False)
        self.done.append(line)

    def lay(self, source: str, name: str) -> Path:
        """Put a copy of a file or a folder of ours where the reader works."""
        target = self.home / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / source).is_dir():
            return shutil.copytree(ROOT / source, target, dirs_exist_ok=True)
        return shutil.copy(ROOT / source, target)

    def configure(self, data: Path, text: str) -> None:
        """Add to a folder's configuration."""
        with (data / "parcours.toml").open("a", encoding="utf-8") as file:
            file.write(f"\n{text}\n")

    def entry(self, reason: str) -> str:
        """Return the number of the first entry of the queue that waits for this reason."""
        entries = json.loads(self.run("file", "--json"))
        return next(str(one["numero"]) for one in entries if one["motif"] == reason)


def _session(reader: Reader) -> None:
    reader.lay("scenarios/catalogue/calcul-mental", ".")


def _new_session(reader: Reader) -> None:
    file = reader.home / "session.yaml"
    file.write_text(file.read_text("utf-8").replace("CM-69L4-2026A", "CM-69L4-2026C"), encoding="utf-8")


def _laicite(reader: Reader) -> None:
    folder = reader.lay("scenarios/catalogue/laicite", "laicite")
    reader.configure(
        reader.stage.folder, '[[circonscription]]\nuai = "0383412C"\nnom = "Grenoble 2"\nacademie = "Grenoble"'
    )
    reader.run("publier", folder / "session.yaml")
    reader.run("bac-a-sable", "vivre", folder / "session.yaml")
    reader.run("collecter")


def _sheet(reader: Reader) -> None:
    (printed,) = reader.home.rglob("*.ods")
    printed.rename(reader.home / "feuille.ods")


def _roster(reader: Reader) -> None:
    file = reader.lay("connector/ops/demo/data/personnels.csv", "personnels.csv")
    row = next(one for one in file.read_text("utf-8").splitlines() if one.startswith("E0001;"))
    wrong = row.replace("E0001;", "X0004;").replace("camille.arnaud", "entre.par.erreur")
    file.write_text(f"{file.read_text('utf-8').rstrip()}\n{wrong}\n", encoding="utf-8")


def _strange(reader: Reader) -> None:
    """A course that no session has, and two people whom the roster does not know."""
    said = [completed(mbox("manon.ferrand@ac-exemple.fr"))]
    said += [attested(f"{who}@ailleurs.fr", "CM-69L4-2026A") for who in ("une", "autre")]
    file = reader.home / "export.jsonl"
    file.write_text("".join(f"{json.dumps(one)}\n" for one in said), encoding="utf-8")
    reader.run("collecter", "--fichier", file)


def _lost_ledger(reader: Reader) -> None:
    for file in reader.stage.folder.glob("registre.db*"):
        file.unlink()


def _copy(reader: Reader) -> None:
    shutil.copytree(reader.stage.folder, reader.home / "copie")


def _names_away(reader: Reader) -> None:
    shutil.rmtree(reader.home / "copie")
    _copy(reader)
    away = reader.home / "ailleurs"
    away.mkdir()
    lines = f'[base]\npseudonymes = "{away / "noms.db"}"\n[rgpd]\ncle_fichier = "{away / "cle-rgpd"}"'
    reader.configure(reader.home / "copie", lines)


def _gaia(reader: Reader) -> None:
    Depot(reader.home / "DOSSIER").write()


FIRST: dict[str, Callable[[Reader], object]] = {
    "verifier ma-session/session.yaml": lambda reader: reader.lay("scenarios/catalogue/calcul-mental", "ma-session"),
    "verifier parcours.yaml session.yaml": _session,
    "publier session.yaml --preparation": _new_session,
    "exporter CM-69L4-2026A": lambda reader: reader.configure(
        reader.stage.folder, '[sessions]\ndossiers = ["../ma-session"]'
    ),
    "catalogue exporter laicite mes-parcours/lecture/parcours.yaml": lambda reader: reader.lay(
        "scenarios/catalogue/comprehension-en-lecture", "mes-parcours/lecture"
    ),
    "emargement saisir CM-69L4-2026A feuille.ods": _sheet,
    "attester LA-38G2-2026A --formateur helene.roussel@ac-exemple.fr": _laicite,
    "personnels importer personnels.csv": _roster,
    "file --resoudre 3f2a91bc": _strange,
    "registre restaurer copie.db": _lost_ledger,
    "rgpd effacer E0009": _copy,
    "rgpd pseudonymiser --essai": _names_away,
    "gaia importer DOSSIER": _gaia,
    "besoins importer besoins.csv": lambda reader: reader.lay("connector/ops/demo/data/besoins.csv", "besoins.csv"),
}
"""What a reader has, or does, before a command."""
STANDS_FOR: dict[str, Callable[[Reader], str]] = {
    "connector/ops/demo/data/personnels.csv": lambda _reader: str(ROOT / "connector/ops/demo/data/personnels.csv"),
    "26_ACA08_LAICITE_1.0.zip": lambda reader: str(next(reader.home.rglob("26_ACA08_LAICITE_1.0.zip"))),
    "12": lambda reader: str(_last_meeting(reader)),
    "3f2a91bc": lambda reader: reader.entry("cours_inconnu"),
    "7c10d2e4": lambda reader: reader.entry("personne_inconnue"),
    "postgresql+psycopg://parcours@base/registre": lambda reader: f"sqlite:///{reader.home / 'autre.db'}",
    "/etc/parcours": lambda reader: str(reader.home / "etc"),
    "SESSION": lambda _reader: "session.yaml",
}
"""What a word of the guide stands for."""


def _last_meeting(reader: Reader) -> int:
    ledger = open_ledger(f"sqlite:///{reader.stage.folder / 'registre.db'}")
    with ledger.read() as connection:
        found: int = connection.scalar(sa.select(sa.func.max(accompagnement.c.id)))
    ledger.close()
    return found


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Reader]:
    try:
        importlib.import_module("weasyprint")
    except OSError:
        lacking("Pango is not installed")
    monkeypatch.chdir(tmp_path)
    with time_machine.travel(TODAY), set_stage(tmp_path / "donnees") as stage:
        yield Reader(stage, tmp_path, monkeypatch, capsys)


def test_every_command_of_the_guide_runs(reader: Reader) -> None:
    for words in written((ROOT / "docs" / "guide.md").read_text("utf-8")):
        if not f"{' '.join(words)} ".startswith(tuple(f"{line} " for line in ELSEWHERE)):
            reader.follow(words)
    assert FIRST.keys() <= set(reader.done)
    assert STANDS_FOR.keys() <= {word for line in reader.done for word in line.split()}


def test_what_is_run_elsewhere_is() -> None:
    for line, test in ELSEWHERE.items():
        words = line.split()
        telling = [word for word in words if word.startswith("--")] or words[-1:]
        assert all(f'"{word}"' in (ROOT / test).read_text("utf-8") for word in telling), line
