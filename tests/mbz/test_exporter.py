"""`parcours exporter`: the file, what is said of it, and refusals in French."""

from __future__ import annotations

import json
import shutil
import xml.etree.ElementTree as ET
import zipfile
from typing import TYPE_CHECKING

import pytest

from connector.cli.main import main
from connector.settings import FILE
from tests.publish.conftest import FILES

if TYPE_CHECKING:
    from pathlib import Path

CODE = "ESSAI-2026A"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with the session among its sessions, and no Moodle at all."""
    folder = tmp_path / "donnees"
    shutil.copytree(FILES, folder / "sessions")
    (folder / FILE).write_text(
        '[[circonscription]]\nuai = "0693456G"\nnom = "Lyon 4"\nacademie = "Lyon"\n', encoding="utf-8"
    )
    return folder


def run(data: Path, *arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["--donnees", str(data), "exporter", *arguments])
    return int(str(ended.value.code))


def test_writes_a_backup_into_the_data_folder(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(data, CODE) == 0
    shown = capsys.readouterr().out
    file = data / "sauvegardes" / f"{CODE}.mbz"
    assert shown.startswith(f"{file} : 14 activités, ")
    assert "Une sauvegarde ne contient pas les inscriptions (4), les dates du calendrier (3) ni l'idnumber" in shown
    assert f"parcours publier {CODE} --cours NUMÉRO" in shown
    assert "Forum « Vos calculs » : son premier message est à la fin de sa présentation" in shown
    assert "Émargement (« Rencontre », « Point d'étape »)" in shown
    with zipfile.ZipFile(file) as archive:
        assert "moodle_backup.xml" in archive.namelist()
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_virtual_classes_are_pages_unless_rooms_are_asked_for(data: Path) -> None:
    rooms: dict[tuple[str, ...], list[ET.Element | None]] = {}
    for option in ((), ("--bigbluebutton",)):
        assert run(data, CODE, *option) == 0
        with zipfile.ZipFile(data / "sauvegardes" / f"{CODE}.mbz") as archive:
            found = [name for name in archive.namelist() if "bigbluebuttonbn_" in name and name.endswith("bn.xml")]
            rooms[option] = [ET.fromstring(archive.read(name)).find("bigbluebuttonbn") for name in found]  # noqa: S314
    assert rooms[()] == []
    (room,) = rooms["--bigbluebutton",]
    assert room is not None
    said = [room.findtext(key) for key in ("openingtime", "closingtime", "wait", "record", "meetingid")]
    assert said == ["1794498600", "1794502800", "1", "0", ""]
    members = json.loads(room.findtext("participants") or "")
    assert [one["selectionid"] for one in members if one["role"] == "moderator"] == ["editingteacher", "teacher"]
    assert len({room.findtext("moderatorpass"), room.findtext("viewerpass")}) == 2


def test_sortie_format_and_json(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "a" / "cours.mbz"
    session = str(data / "sessions" / "session.yaml")
    assert run(data, session, "--format", "mbz", "--sortie", str(target), "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["fichier"] == str(target)
    assert shown["octets"] == target.stat().st_size
    assert (shown["session"], shown["activites"], len(shown["remarques"])) == (CODE, 14, 3)
    before = target.read_bytes()
    assert run(data, session, "--sortie", str(target)) == 0
    assert target.read_bytes() == before


def refused(data: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(data, *arguments) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Traceback" not in shown.err
    return shown.err


def test_refusals(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "ni un fichier, ni le code" in refused(data, capsys, "ABSENT")
    assert "csv" in refused(data, capsys, CODE, "--format", "csv")
    (tmp_path / "plein").write_text("", encoding="utf-8")
    assert "Impossible d'écrire" in refused(data, capsys, CODE, "--sortie", str(tmp_path / "plein" / "x.mbz"))


def test_nothing_is_left_of_a_file_that_cannot_be_written(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = data / "sauvegardes" / f"{CODE}.mbz"
    (folder / "occupe").mkdir(parents=True)
    assert "Impossible d'écrire" in refused(data, capsys, CODE)
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]
