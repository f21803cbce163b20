"""What stands between the braces of a question, by type. Source: Moodle's own reader, question/format/gift."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from scenarios.gift.escapes import formatted, show
from scenarios.gift.model import Answer, Pair, Text
from scenarios.language import _

if TYPE_CHECKING:
    from scenarios.gift.model import Format, Kind

TRUE, FALSE = ("T", "TRUE"), ("F", "FALSE")
_WEIGHT = re.compile(r"%(-?\d{1,2}\.?\d*)%")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
_PERCENTS = (
    100, 90, "83.33333", 80, 75, 70, "66.66667", 60, 50, 40, "33.33333", 30, 25, 20, "16.66667", "14.28571", "12.5",
    "11.11111", 10, 5, 0,
)  # fmt: skip
_WEIGHTS = tuple(sign * Decimal(percent) / 100 for percent in _PERCENTS for sign in (1, -1))
_FUZZ = Decimal("0.00001")


class AnswerError(ValueError):
    """An answer that Moodle refuses, or understands otherwise than its author; the message is French."""


def kind_of(body: str) -> Kind:
    """Return the type that Moodle sees in `body`, the hidden text between the braces without general feedback."""
    if not body:
        return "essay"
    if body.startswith("#"):
        return "numerical"
    if "~" in body:
        return "multichoice"
    if "=" in body and "->" in body:
        return "match"
    return "truefalse" if body.split("#", maxsplit=1)[0].strip() in TRUE + FALSE else "shortanswer"


def true_false(body: str, default: Format) -> tuple[Answer, ...]:
    """Return « Vrai » then « Faux »: the first feedback is for whoever is wrong, the second for whoever is right."""
    said, wrong, right = [*body.split("#", 2), "", ""][:3]
    truth = said.strip() in TRUE
    return tuple(
        Answer(Text(word), Decimal(truth is value), formatted(right if truth is value else wrong, default))
        for word, value in (("Vrai", True), ("Faux", False))
    )


def choices(body: str, default: Format) -> tuple[Answer, ...]:
    """Return the answers of a multiple choice: `=` right, `~` wrong or with a weight."""
    found = []
    for piece in re.split(r"(?=[~=])", body):
        if not piece.strip():
            continue
        right = piece.startswith("=")
        weight, rest = (Decimal(1), piece[1:]) if right else _weighted(piece.removeprefix("~").strip(), Decimal(0))
        if not rest.strip():
            raise AnswerError(_("une réponse est vide : « ~ » et « = » commencent chacun une réponse"))
        found.append(_commented(rest, weight, default))
    if len(found) < 2:
        raise AnswerError(_("un choix demande au moins deux réponses"))
    if not any(answer.weight > 0 for answer in found):
        raise AnswerError(_("aucune réponse n'est bonne : écrivez « = » devant celle qui l'est"))
    return tuple(found)


def pairs(body: str, default: Format) -> tuple[Pair, ...]:
    """Return the pairs of a matching question."""
    found = []
    for piece in _pieces(body):
        question, arrow, answer = piece.partition("->")
        if not arrow:
            raise AnswerError(_("« {show} » : un appariement s'écrit « =question -> réponse »", show=show(piece)))
        found.append(Pair(formatted(question, default), show(answer)))
    if len(found) < 2:
        raise AnswerError(_("un appariement demande au moins deux paires"))
    return tuple(found)


def short_answers(body: str, default: Format) -> tuple[Answer, ...]:
    """Return the accepted answers of a short answer; `%50%` gives half of the mark."""
    weighted = [_weighted(piece, Decimal(1)) for piece in _pieces(body)]
    if not weighted:
        raise AnswerError(_("une réponse courte demande au moins une réponse"))
    return tuple(_commented(rest, weight, default) for weight, rest in weighted)


def numbers(body: str, default: Format) -> tuple[Answer, ...]:
    """Return the accepted numbers: `value`, `value:tolerance` or `lowest..highest`; `~#` is for all the others."""
    accepted, others, feedback = body.removeprefix("#").partition("~")
    found = []
    for piece in _pieces(accepted):
        weight, rest = _weighted(piece, Decimal(1))
        answer = _commented(rest, weight, default)
        spelling, tolerance = _tolerant(answer.text.text)
        found.append(Answer(Text(spelling), weight, answer.feedback, tolerance))
    if not found:
        raise AnswerError(_("une question numérique demande au moins un nombre"))
    if others:
        found.append(Answer(Text("*"), Decimal(0), formatted(feedback.partition("#")[2], default), Decimal(0)))
    return tuple(found)


def _pieces(body: str) -> list[str]:
    return [piece.strip() for piece in body.split("=") if piece.strip()]


def _weighted(piece: str, default: Decimal) -> tuple[Decimal, str]:
    named = _WEIGHT.match(piece)
    if named is None:
        return default, piece
    wanted = Decimal(named[1]) / 100
    for weight in _WEIGHTS:
        if abs(weight - wanted) < _FUZZ:
            return weight, piece[named.end() :]
    raise AnswerError(
        _("« {named} » n'est pas un poids que Moodle accepte (comme 100, 50, 33.33333, 25 ou -50)", named=named[0])
    )


def _commented(piece: str, weight: Decimal, default: Format) -> Answer:
    text, _, feedback = piece.partition("#")
    return Answer(formatted(text, default), weight, formatted(feedback, default))


def _tolerant(spelling: str) -> tuple[str, Decimal]:
    """Return a number's spelling and its tolerance.

    Refuses what is not a number: Moodle would silently take it for « any answer ».
    """
    low, between, high = spelling.partition("..")
    if between:
        middle = (_number(low) + _number(high)) / 2
        return f"{middle:f}", _number(high) - middle
    value, _, tolerance = spelling.partition(":")
    if value.strip() == "*":
        return "*", Decimal(0)
    _number(value)
    return value.strip(), _number(tolerance) if tolerance.strip() else Decimal(0)


def _number(spelling: str) -> Decimal:
    if not _NUMBER.fullmatch(spelling.strip()):
        raise AnswerError(_("« {show} » n'est pas un nombre : écrivez 3.14, avec un point", show=show(spelling)))
    return Decimal(spelling.strip())
