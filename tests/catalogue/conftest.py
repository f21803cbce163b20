"""Two data folders, as two sites have them, and the catalogue that ships."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.catalogue.entries import Entry, read_catalogue
from tests.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def here(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Terminal:
    (tmp_path / "ici").mkdir()
    return Terminal(tmp_path / "ici", capsys)


@pytest.fixture
def elsewhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Terminal:
    (tmp_path / "ailleurs").mkdir()
    return Terminal(tmp_path / "ailleurs", capsys)


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Entry]:
    entries, problems = read_catalogue(tmp_path_factory.mktemp("vide"))
    assert problems == ()
    return {entry.nom: entry for entry in entries}
