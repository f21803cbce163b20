"""A demonstration, played once for all that looks at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.test_main import parcours

if TYPE_CHECKING:
    from pathlib import Path


DAY = "2026-11-22"
"""Both sessions are under way."""


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "demo"
    said = parcours("demo", "--jour", DAY, "--dossier", str(folder))
    assert (said.returncode, said.stderr) == (0, "")
    assert f"À ouvrir : {folder}" in said.stdout
    return folder
