"""A data folder with a real LRS, a sandbox, the demonstration's roster and its session in two groups."""

from __future__ import annotations

import csv
import io
import json
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import stamina

from connector.attendance.cells import COLUMNS
from connector.ops.demo.stage import set_stage
from tests.terminal import StageTerminal
from xapi.client import LRSClient

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from connector.ops.demo.stage import Stage

CODE = "CM-69L4-2026A"
CAMILLE, HUGO = "camille.arnaud@ac-exemple.fr", "hugo.bertin@ac-exemple.fr"
SLOT = ("presence-1", "a1")


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    """Retries happen at once."""
    with stamina.set_testing(True, attempts=2, cap=True):
        yield


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with set_stage(tmp_path / "donnees") as made:
        yield made


@pytest.fixture
def lrs(stage: Stage) -> Iterator[LRSClient]:
    client = LRSClient(stage.lrs.address, stage.lrs.user, stage.lrs.secret.get_secret_value())
    yield client
    client.close()


class Terminal(StageTerminal):
    """Writes and enters sheets."""

    def sheet(self, *rows: Sequence[str], name: str = "feuille.csv") -> Path:
        """Write a sheet: rows are (activity, slot, e-mail, mark), or whole."""
        path = self.stage.folder / name
        whole = [row if len(row) == len(COLUMNS) else (CODE, *row) for row in rows]
        path.write_bytes(as_csv([COLUMNS, *whole]))
        return path

    def enter(self, *rows: Sequence[str]) -> dict[str, Any]:
        """Enter a sheet and return what was done; every row must be good."""
        code = self.run("emargement", "saisir", CODE, self.sheet(*rows), "--json")
        assert (code, self.err) == (0, "")
        done: dict[str, Any] = json.loads(self.out)
        return done

    def line(self, who: str, activity: str, code: str = CODE) -> dict[str, Any]:
        """Collect, reconcile, and return one line of a teacher."""
        assert self.run("collecter") == 0
        assert self.run("rapprocher", "--annee", "2026-2027") == 0
        assert self.run("expliquer", who, "--annee", "2026-2027", "--json") == 0
        (found,) = (
            line for line in json.loads(self.out)["lignes"] if (line["session"], line["activite"]) == (code, activity)
        )
        line: dict[str, Any] = found
        return line

    @contextmanager
    def configured(self, old: str, new: str) -> Iterator[None]:
        """Change parcours.toml for a while."""
        path = self.stage.folder / "parcours.toml"
        before = path.read_text("utf-8")
        assert old in before
        path.write_text(before.replace(old, new), "utf-8")
        yield
        path.write_text(before, "utf-8")


def as_csv(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows(rows)
    return text.getvalue().encode()


@pytest.fixture
def terminal(stage: Stage, capsys: pytest.CaptureFixture[str]) -> Terminal:
    """A terminal where the roster is known and the session is published."""
    ready = Terminal(stage, capsys)
    assert ready.run("personnels", "importer", stage.folder / "personnels.csv") == 0
    assert ready.run("publier", stage.folder / "parcours/calcul-mental/session.yaml") == 0
    return ready


@pytest.fixture
def attested(terminal: Terminal) -> str:
    """The code of a second session, to attest, published too."""
    folder = terminal.stage.folder / "parcours" / "laicite"
    copy = folder.with_name("a-attester")
    shutil.copytree(folder, copy)
    session = (copy / "session.yaml").read_text("utf-8")
    (copy / "session.yaml").write_text(
        session.replace("LA-69L4-2026A", "LA-ATT").replace("cadre:", "validation: attestation\ncadre:"), "utf-8"
    )
    assert terminal.run("publier", copy / "session.yaml") == 0
    return "LA-ATT"
