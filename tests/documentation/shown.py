"""The commands that pages show, as words."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^```(?:sh|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def written(text: str) -> Iterator[list[str]]:
    """Yield the words of each `parcours …` that a block of commands has, without its first one."""
    for block in _BLOCK.findall(text):
        for line in block.replace("\\\n", " ").splitlines():
            words: list[str] = []
            for word in [*shlex.split(line, comments=True), "&&"]:
                if word not in ("&&", "|", ";", ">"):
                    words.append(word)
                    continue
                if words and Path(words[0]).name == "parcours":
                    yield words[1:]
                words = []
