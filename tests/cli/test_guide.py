"""The commands of the guide that need nothing but the demonstration's folder run in it, in the order of the guide."""

from __future__ import annotations

import io
import shutil
from typing import TYPE_CHECKING

import pytest

from connector.cli.main import main
from tests.documentation.shown import ROOT, written

if TYPE_CHECKING:
    from pathlib import Path

NEEDS = {
    "attester": "the LRS",
    "bac-a-sable": "a server",
    "besoins importer": "a file of the reader's",
    "catalogue exporter": "a parcours of the reader's",
    "catalogue importer": "a package",
    "collecter": "the LRS",
    "contextualiser": "a session of the reader's",
    "decider": "the LRS",
    "demo": "no folder yet",
    "diagnostiquer": "the sites",
    "emargement saisir": "a filled sheet",
    "exporter": "the folder of the session",
    "file --resoudre": "an entry of another example",
    "gaia": "GAIA's files",
    "lrs": "a server",
    "nuit": "the LRS",
    "personnels importer": "a file of the reader's",
    "personnels retirer": "somebody of another example",
    "planifier": "a Moodle",
    "publier": "a Moodle",
    "registre deplacer": "a PostgreSQL",
    "registre restaurer": "a ledger that is not there",
    "rgpd effacer": "somebody whom no later example names",
    "rgpd lever": "somebody who was erased",
    "rgpd pseudonymiser": "a place for the names, in parcours.toml",
    "suivi": "a trainer's own account",
    "tableau": "a server",
    "verifier": "a session of the reader's",
}
"""What begins so needs something else, which other tests give it."""
ALONE = ("nuit --unites", "diagnostiquer --registre")
WORK_LEFT = 2


class _Terminal(io.StringIO):
    """Somebody who answers."""

    def isatty(self) -> bool:
        return True


def _runs(line: str) -> bool:
    return line.startswith(ALONE) or not any(f"{line} ".startswith(f"{beginning} ") for beginning in NEEDS)


def test_what_the_guide_shows_runs_on_the_demonstration(
    demonstration: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = shutil.copytree(demonstration, tmp_path / "donnees")
    monkeypatch.chdir(tmp_path)
    done = set()
    for words in written((ROOT / "docs" / "guide.md").read_text("utf-8")):
        if _runs(" ".join(words)):
            monkeypatch.setattr("sys.stdin", _Terminal("oui\n"))
            here = [word.lstrip("/") for word in words]
            with pytest.raises(SystemExit) as left:
                main(["--donnees", str(data), *here])
            said = capsys.readouterr()
            assert left.value.code in (0, None, WORK_LEFT), f"parcours {' '.join(words)}: {said.out}{said.err}"
            done.add(words[0])
    assert {"expliquer", "rapport", "rapprocher", "acces", "pacte", "registre", "rgpd"} <= done
