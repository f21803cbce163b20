"""A session named by its code is found in every folder of `[sessions] dossiers`, and the error says where it looked."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from connector.errors import DataError
from connector.publish.session_named import session_file
from connector.settings import FILE, Settings
from tests.publish.conftest import FILES

if TYPE_CHECKING:
    from pathlib import Path

CODE = "ESSAI-2026A"


def settings(tmp_path: Path, *folders: str) -> Settings:
    data = tmp_path / "donnees"
    data.mkdir(exist_ok=True)
    listed = ", ".join(f'"{folder}"' for folder in folders)
    (data / FILE).write_text(f"[sessions]\ndossiers = [{listed}]\n", encoding="utf-8")
    return Settings.load(data)


def test_a_code_is_looked_for_in_every_folder_near_or_far(tmp_path: Path) -> None:
    shutil.copytree(FILES, tmp_path / "ailleurs" / "lyon")
    file = tmp_path / "ailleurs" / "lyon" / "session.yaml"
    for folders in (("sessions", "../ailleurs"), (str(tmp_path / "ailleurs"),)):
        assert session_file(settings(tmp_path, *folders), CODE).resolve() == file


def test_a_code_that_is_nowhere_says_where_it_was_looked_for(tmp_path: Path) -> None:
    found = r"ni le code d'une session de .*donnees/sessions, .*donnees/\.\./ailleurs\..*\[sessions\] dossiers"
    with pytest.raises(DataError, match=found):
        session_file(settings(tmp_path, "sessions", "../ailleurs"), CODE)
