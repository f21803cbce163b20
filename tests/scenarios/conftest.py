"""A folder of author's files that tests change and read again."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from scenarios.errors import ScenarioError
from scenarios.load import load_any

COMPLETE = Path(__file__).parents[1] / "data" / "scenarios" / "complet"
MARK = "‸"
"""Put in a changed text where a problem is expected; taken away before the file is written."""


@dataclass(frozen=True)
class Workshop:
    folder: Path

    def change(self, file: str, old: str, new: str) -> list[tuple[int, int]]:
        """Replace `old`, present exactly once, and return the lines and columns of the marks in `new`."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r}: {text.count(old)} times"
        marked = text.replace(old, new)
        path.write_text(marked.replace(MARK, ""), encoding="utf-8")
        return [
            (number, column - nth)
            for number, line in enumerate(marked.split("\n"), start=1)
            for nth, column in enumerate((i for i, char in enumerate(line, start=1) if char == MARK))
        ]

    def problems(self, file: str) -> list[tuple[str, int, int, str]]:
        """Return (file, line, column, sentence) of what is said of a file, spaces made ordinary."""
        try:
            found = load_any(self.folder / file).warnings
        except ScenarioError as exc:
            found = exc.problems
        return [
            (
                Path(problem.file).relative_to(self.folder).as_posix(),
                problem.line,
                problem.column,
                ("avertissement : " if problem.severity == "avertissement" else "")
                + problem.message.replace("\u00a0", " "),
            )
            for problem in found
        ]


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    shutil.copytree(COMPLETE, tmp_path / "complet")
    return Workshop(tmp_path / "complet")
