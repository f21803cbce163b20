"""What docs/ecrire.md shows is what the program takes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scenarios.achievement import KNOWN
from scenarios.verify import verify

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGE = (Path(__file__).parents[2] / "docs" / "ecrire.md").read_text("utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    parcours, session = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    (gift,) = re.findall(r"```gift\n(.*?)```", PAGE, re.DOTALL)
    for name, text in {"parcours.yaml": parcours, "session.yaml": session, "quiz.gift": gift}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "plan.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\x00" * 16)
    (tmp_path / "participants.csv").write_text("courriel;groupe\nzoe.wagner@ac-exemple.fr;A\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", ["parcours.yaml", "session.yaml"])
def test_the_examples_are_valid(folder: Path, name: str) -> None:
    assert [str(problem) for problem in verify(folder / name).problems] == []


def test_every_type_and_what_it_knows_is_in_the_table() -> None:
    rows: Mapping[str, set[str]] = {
        kind: set(re.findall(r"`\{?([a-z]+)", achievements))
        for kind, achievements in re.findall(r"^\| `([a-z_0-9]+)` \|.*\| ([^|]*) \|$", PAGE, re.MULTILINE)
        if kind != "type"
    }
    assert rows == {kind: set(known) for kind, known in KNOWN.items()}
