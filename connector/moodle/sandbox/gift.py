"""Just enough GIFT to know a quiz's questions: their names, texts, types and a right answer."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BLOCK = re.compile(r"\n\s*\n")
_NAME = re.compile(r"\s*::(?P<name>(?:\\.|[^\\])*?)::")
_BODY = re.compile(r"(?<!\\)\{(?P<answers>.*)(?<!\\)\}", re.DOTALL)
_TEXT_FORMAT = re.compile(r"^\s*\[(?:html|moodle|plain|markdown)\]")
_RIGHT = re.compile(r"(?<!\\)=\s*(?:%[\d.]+%)?(?P<answer>(?:\\.|[^\\=~#])*)")
_ESCAPE = re.compile(r"\\([~=#{}:\\])")


@dataclass(frozen=True)
class GiftQuestion:
    """One question; `answer` is its first right answer, empty where there is no single one."""

    name: str
    text: str
    type: str
    answer: str


def read_gift(source: str) -> list[GiftQuestion]:
    """Return the questions of a GIFT text, in order; a block without answers is a description, and no question."""
    lines = [line for line in source.splitlines() if not re.match(r"\s*(//|\$CATEGORY)", line)]
    blocks = (block.strip() for block in _BLOCK.split("\n".join(lines)))
    return [question for question in map(_question, blocks) if question]


def _question(block: str) -> GiftQuestion | None:
    name = _NAME.match(block)
    rest = block[name.end() :] if name else block
    body = _BODY.search(rest)
    if body is None:
        return None
    text = _plain(_TEXT_FORMAT.sub("", rest[: body.start()]))
    answers = body["answers"].strip()
    right = _RIGHT.search(answers)
    return GiftQuestion(
        name=_plain(name["name"]) if name else text,
        text=text,
        type=_type(answers),
        answer=_plain(right["answer"]) if right else answers.split("#")[0].strip(),
    )


def _type(answers: str) -> str:
    if re.fullmatch(r"(T|F|TRUE|FALSE)\s*(#.*)?", answers, re.DOTALL):
        return "truefalse"
    if answers.startswith("#"):
        return "numerical"
    if "->" in answers:
        return "match"
    if re.search(r"(?<!\\)~", answers):
        return "multichoice"
    return "shortanswer" if "=" in answers else "essay"


def _plain(text: str) -> str:
    return _ESCAPE.sub(r"\1", text).strip()
