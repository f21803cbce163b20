"""Commands as somebody types them, on one data folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

    from connector.ops.demo.stage import Stage


class Terminal:
    """Runs commands on one data folder; `out` and `err` are what the last one said."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys
        self.out = self.err = ""

    def run(self, *arguments: object) -> int:
        """Run a command and return its exit code; no traceback ever reaches a user."""
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as caught:
            main(["--donnees", str(self.folder), *map(str, arguments)])
        self.out, self.err = self._capsys.readouterr()
        assert "Traceback" not in self.err
        assert "défaut imprévu" not in self.err
        assert isinstance(caught.value.code, int)
        return caught.value.code

    def write(self, name: str, data: bytes | str) -> Path:
        path = self.folder / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path


class StageTerminal(Terminal):
    """The same on a whole installation: sandbox, LRS, ledger."""

    def __init__(self, stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
        super().__init__(stage.folder, capsys)
        self.stage = stage
