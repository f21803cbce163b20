"""When an activity is done: the values of `achevement` and which activity type knows which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from pydantic import PlainValidator, WithJsonSchema

from scenarios.fields import parse_percent, refusal
from scenarios.language import _
from scenarios.vocabularies import perhaps

Kind = Literal["manuel", "vue", "remise", "reponse", "emargement", "aucun", "note", "messages"]

_WORDS = tuple(kind for kind in get_args(Kind) if kind not in {"note", "messages"})

_ANY: frozenset[Kind] = frozenset({"manuel", "aucun"})

KNOWN: Mapping[str, frozenset[Kind]] = {
    "page": _ANY | {"vue"},
    "etiquette": _ANY,  # Moodle's label has no page of its own, so nothing to view
    "url": _ANY | {"vue"},
    "fichier": _ANY | {"vue"},
    "forum": _ANY | {"vue", "messages"},
    "devoir": _ANY | {"vue", "remise"},
    "test": _ANY | {"vue", "note"},
    "sondage": _ANY | {"vue", "reponse"},
    "questionnaire": _ANY | {"vue", "reponse"},
    "classe_virtuelle": _ANY | {"emargement"},
    "presence": frozenset({"emargement"}),
    "h5p": _ANY | {"vue", "note"},
    "mise_en_oeuvre": _ANY | {"remise"},
}
"""Activity type → the kinds of `achevement` that its Moodle module can track (or that are signed)."""


@dataclass(frozen=True, slots=True)
class Achievement:
    """A completion rule. `note_percent` (1 to 100) goes with `note`, `messages` (at least 1) with `messages`."""

    kind: Kind
    note_percent: int | None = None
    messages: int | None = None

    def __str__(self) -> str:
        if self.kind == "note":
            return f"note:{self.note_percent}"
        return f"messages:{self.messages}" if self.kind == "messages" else self.kind


def parse_achievement(value: object) -> Achievement:
    """Read a word, `{note: 50%}` or `{messages: 2}`; refuse anything else in French."""
    if isinstance(value, Achievement):
        return value
    if isinstance(value, Mapping) and len(value) == 1:
        ((key, argument),) = value.items()
        if key == "note":
            return Achievement("note", note_percent=parse_percent(argument))
        if key == "messages":
            return Achievement("messages", messages=_count(argument))
    if isinstance(value, str):
        for word in _WORDS:
            if value == word:
                return Achievement(word)
        raise refusal(
            _(
                "achèvement « {value} » inconnu{perhaps} : {expected}",
                value=value,
                perhaps=perhaps(value, _WORDS),
                expected=_expected(),
            )
        )
    raise refusal(_("achèvement incompris : {expected}", expected=_expected()))


def _expected() -> str:
    words, note, messages = ", ".join(_WORDS), "{note: 50%}", "{messages: 2}"
    return _("écrivez {words}, « {note} » ou « {messages} »", words=words, note=note, messages=messages)


def _count(value: object) -> int:
    text = "" if isinstance(value, bool) else str(value)
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= 100):
        raise refusal(_("un nombre de messages de 1 à 100 est attendu ici"))
    return int(text[:4])


Achevement = Annotated[
    Achievement,
    PlainValidator(parse_achievement),
    WithJsonSchema(
        {
            "oneOf": [
                {"type": "string", "enum": list(_WORDS)},
                {
                    "type": "object",
                    "properties": {"note": {"type": ["string", "integer"]}},
                    "required": ["note"],
                    "additionalProperties": False,
                },
                {
                    "type": "object",
                    "properties": {"messages": {"type": "integer", "minimum": 1, "maximum": 100}},
                    "required": ["messages"],
                    "additionalProperties": False,
                },
            ]
        }
    ),
]
