r"""GIFT, Moodle's text format of quiz questions: read as Moodle reads it, and refused where Moodle would cut it short.

Source: docs.moodle.org, « GIFT format », and Moodle's own reader: a question ends at an empty line, its answers stand
between braces, `//` starts a comment line, `$CATEGORY:` a category, `\` escapes `~ = # { } :`.
"""

from __future__ import annotations

import re

from scenarios.gift import answers
from scenarios.gift.blocks import CATEGORY, Block, blocks, structure_faults
from scenarios.gift.escapes import formatted, hide, show
from scenarios.gift.model import Answer, Format, GiftError, GiftFault, Pair, Question, Text
from scenarios.language import _

__all__ = ["Answer", "Format", "GiftError", "GiftFault", "Pair", "Question", "Text", "check_gift", "parse_gift"]

_NAME = re.compile(r"::(.*?)::", re.DOTALL)
_TAG = re.compile(r"</?\w[^<>]*>")
_NAME_MAX, _SHORT_NAME = 255, 80


def check_gift(text: str) -> tuple[GiftFault, ...]:
    """Return the faults of a GIFT file: braces that don't match, answers that Moodle refuses, no question at all."""
    return _read(text)[1]


def parse_gift(text: str) -> tuple[Question, ...]:
    """Return the questions of a GIFT file, descriptions included, in order; categories are left out.

    Raises `GiftError` with every fault that `check_gift` finds.
    """
    questions, faults = _read(text)
    if faults:
        raise GiftError(faults)
    return tuple(questions)


def _read(text: str) -> tuple[list[Question], tuple[GiftFault, ...]]:
    questions: list[Question] = []
    faults: list[GiftFault] = []
    for block in blocks(text):
        found = list(structure_faults(block))
        faults += found
        if found or block.text.startswith(CATEGORY):
            continue
        try:
            questions.append(_question(block))
        except answers.AnswerError as exc:
            faults.append(GiftFault(block.first_line, 1, str(exc)))
    if not faults and all(question.kind == "description" for question in questions):
        faults.append(GiftFault(1, 1, _("ce fichier ne contient aucune question avec ses réponses entre accolades")))
    return questions, tuple(faults)


def _question(block: Block) -> Question:
    source = hide(block.text)
    named = _NAME.match(source)
    before, opened, rest = source[named.end() if named else 0 :].partition("{")
    body, _, after = rest.partition("}")
    # Words after the answers make a blank to fill in.
    gap = "_____" if opened and after.strip() else ""
    text = formatted(before + gap + after)
    body, _, general = body.strip().rpartition("####") if "####" in body else (body.strip(), "", "")
    name = _name(show(named[1])) if named else ""
    return _typed(
        body.strip(),
        Question(
            kind=answers.kind_of(body.strip()) if opened else "description",
            name=name or _default_name(text.text),
            text=text,
            general_feedback=formatted(general, text.format),
        ),
    )


def _typed(body: str, bare: Question) -> Question:
    """Return `bare` with what its type reads in `body`."""
    default = bare.text.format
    readers = {
        "truefalse": answers.true_false,
        "multichoice": answers.choices,
        "shortanswer": answers.short_answers,
        "numerical": answers.numbers,
    }
    reader = readers.get(bare.kind)
    return Question(
        kind=bare.kind,
        name=bare.name,
        text=bare.text,
        general_feedback=bare.general_feedback,
        answers=reader(body, default) if reader else (),
        pairs=answers.pairs(body, default) if bare.kind == "match" else (),
        single=bare.kind != "multichoice" or "=" in body,
    )


def _name(text: str) -> str:
    return _TAG.sub("", text).strip()[:_NAME_MAX]


def _default_name(text: str) -> str:
    """Return the beginning of a question without a name, cut between two words."""
    name = _name(text)
    if len(name) <= _SHORT_NAME:
        return name or "Question"
    beginning, _, _ = name[: _SHORT_NAME - 2].rpartition(" ")
    return (beginning or name[: _SHORT_NAME - 3]) + "..."
