"""A GIFT file cut into questions, as Moodle cuts it: a question ends at an empty line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scenarios.gift.model import GiftFault
from scenarios.language import _

if TYPE_CHECKING:
    from collections.abc import Iterator

CATEGORY = "$CATEGORY:"
_COMMENT = "//"


@dataclass(frozen=True, slots=True)
class Block:
    """The numbered lines of one question, without its comments."""

    lines: tuple[tuple[int, str], ...]

    @property
    def first_line(self) -> int:
        """Where the block begins."""
        return self.lines[0][0]

    @property
    def text(self) -> str:
        """The block as Moodle reads it: lines without the blanks around them."""
        return "\n".join(line.strip() for _, line in self.lines).strip()


def blocks(text: str) -> Iterator[Block]:
    """Yield the questions of a file, in order; comments are left out, a block of comments is none.

    A line that holds only « 0 » ends a question too: Moodle takes it for an empty one.
    """
    current: list[tuple[int, str]] = []
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        stripped = line.strip()
        if stripped in {"", "0"}:
            if current:
                yield Block(tuple(current))
            current = []
        elif not stripped.startswith(_COMMENT):
            current.append((number, line))
    if current:
        yield Block(tuple(current))


def structure_faults(block: Block) -> Iterator[GiftFault]:
    """Yield what would make Moodle read something else than one question."""
    if block.text.startswith(CATEGORY):
        if len(block.lines) > 1:
            message = _("laissez une ligne vide après « $CATEGORY: » : Moodle perdrait la question qui suit")
            yield GiftFault(block.lines[1][0], 1, message)
        return
    yield from _braces(block)


def _braces(block: Block) -> Iterator[GiftFault]:
    opened: tuple[int, int] | None = None
    closed = False
    for number, line in block.lines:
        for column, character in enumerate(_unescaped(line), start=1):
            if character == "{":
                if opened or closed:
                    yield GiftFault(
                        number,
                        column,
                        _("une seule paire d'accolades par question : écrivez « {escaped} »", escaped="\\{"),
                    )
                    return
                opened = (number, column)
            elif character == "}":
                if not opened:
                    yield GiftFault(
                        number, column, _("accolade fermante sans ouvrante : écrivez « {escaped} »", escaped="\\}")
                    )
                    return
                opened, closed = None, True
    if opened:
        yield GiftFault(*opened, _("accolade ouverte et jamais fermée : une question finit à la première ligne vide"))


def _unescaped(line: str) -> Iterator[str]:
    """Yield the characters of a line, a blank standing for each escaped one."""
    escaped = False
    for character in line:
        yield " " if escaped else character
        escaped = character == "\\" and not escaped
