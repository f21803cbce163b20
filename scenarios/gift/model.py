"""What a GIFT file says: questions, whatever their type, and what is wrong where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from decimal import Decimal

Format = Literal["moodle", "html", "plain", "markdown"]
Kind = Literal["truefalse", "multichoice", "shortanswer", "numerical", "match", "essay", "description"]


@dataclass(frozen=True, slots=True)
class GiftFault:
    """What is wrong, and where (from 1)."""

    line: int
    column: int
    message: str


class GiftError(ValueError):
    """A GIFT text that Moodle would refuse or cut short; `faults` holds everything found."""

    def __init__(self, faults: tuple[GiftFault, ...]) -> None:
        self.faults = faults
        super().__init__("\n".join(f"{fault.line}:{fault.column}: {fault.message}" for fault in faults))


@dataclass(frozen=True, slots=True)
class Text:
    """A text and how it is written; `moodle` is Moodle's own mixture, the default of GIFT."""

    text: str
    format: Format = "moodle"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; `weight` is the share of the mark that it gives, from -1 to 1.

    `text` of a number is its spelling, `*` for any other answer; `tolerance` is for numbers only.
    """

    text: Text
    weight: Decimal
    feedback: Text
    tolerance: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """A line of a matching question; without `question` text it is a wrong answer among the others."""

    question: Text
    answer: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    `answers` of a `truefalse` are « Vrai » then « Faux »; `single` tells whether a `multichoice` takes one answer.
    """

    kind: Kind
    name: str
    text: Text
    general_feedback: Text
    answers: tuple[Answer, ...] = ()
    pairs: tuple[Pair, ...] = ()
    single: bool = True

    @property
    def right_answer(self) -> str:
        """The first answer that gets the full mark, empty where there is no such answer."""
        return next((answer.text.text for answer in self.answers if answer.weight == 1), "")
