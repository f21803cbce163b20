"""A light reading of GIFT, Moodle's text format of quiz questions: enough to refuse a file that Moodle would cut short.

Source: docs.moodle.org, « GIFT format »: a question ends at an empty line, its answers stand between braces,
`//` starts a comment line, `$CATEGORY:` a category, `\\` escapes `~ = # { } :`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class GiftFault:
    """What is wrong, and where (from 1)."""

    line: int
    column: int
    message: str


def check_gift(text: str) -> tuple[GiftFault, ...]:
    """Return the faults of a GIFT file: braces that don't match, no question at all."""
    faults: list[GiftFault] = []
    questions = 0
    for block in _blocks(text):
        found, answers = _braces(block)
        faults.extend(found)
        questions += answers
    if not questions and not faults:
        faults.append(GiftFault(1, 1, "ce fichier ne contient aucune question avec ses réponses entre accolades"))
    return tuple(faults)


def _blocks(text: str) -> Iterator[list[tuple[int, str]]]:
    """Yield the numbered lines of each question; comments and categories are left out."""
    block: list[tuple[int, str]] = []
    for number, line in enumerate(text.split("\n"), start=1):
        stripped = line.strip()
        if not stripped and block:
            yield block
            block = []
        elif stripped and not stripped.startswith(("//", "$CATEGORY:")):
            block.append((number, line))
    if block:
        yield block


def _braces(block: list[tuple[int, str]]) -> tuple[list[GiftFault], int]:
    """Return the faults of one question, and 1 if it has answers (0: a mere description)."""
    opened: tuple[int, int] | None = None
    pairs = 0
    for number, line in block:
        for column, character in enumerate(_unescaped(line), start=1):
            if character == "{":
                if opened or pairs:
                    return [GiftFault(number, column, "une seule paire d'accolades par question : écrivez « \\{ »")], 0
                opened = (number, column)
            elif character == "}":
                if not opened:
                    return [GiftFault(number, column, "accolade fermante sans ouvrante : écrivez « \\} »")], 0
                opened = None
                pairs = 1
    if opened:
        message = "accolade ouverte et jamais fermée : une question finit à la première ligne vide"
        return [GiftFault(*opened, message)], 0
    return [], pairs


def _unescaped(line: str) -> Iterator[str]:
    """Yield the characters of a line, a blank standing for each escaped one."""
    escaped = False
    for character in line:
        yield " " if escaped else character
        escaped = character == "\\" and not escaped
