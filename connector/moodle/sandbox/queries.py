"""What may be asked of the plugin, as `docs/plugin.md` lays it down; see `document` for why it is written again."""

from __future__ import annotations

import re
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from connector.moodle.sandbox.document_parts import Code, Doc, Idnumber, Instant, Name

_T = TypeVar("_T")
_CAPABILITY = re.compile(r"[a-z][a-z0-9_]*/[a-z][a-z0-9_]*:[a-z0-9_]+")
_CURSOR = re.compile(r"[0-9]{1,10}:[0-9]{1,18}")


def _is_cursor(value: str) -> str:
    if not _CURSOR.fullmatch(value):
        raise PydanticCustomError("cursor", 'must be where a page ended: "next" of an answer')
    return value


def _between(low: int, high: int) -> AfterValidator:
    def check(value: int) -> int:
        if not low <= value <= high:
            raise PydanticCustomError("range", "must be between {low} and {high}", {"low": low, "high": high})
        return value

    return AfterValidator(check)


_Many = Annotated[int, Field(ge=1)]
_Cursor = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_is_cursor)]


def _is_capability(value: str) -> str:
    if not _CAPABILITY.fullmatch(value):
        raise PydanticCustomError("capability", "must be: mod/page:view")
    return value


def _each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(names))
    if len(found) > 200:
        raise PydanticCustomError("many", "holds more than 200 values")
    return found


_Capability = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255), AfterValidator(_is_capability)
]


class KnownDoc(Doc):
    """The mark under which a session is known."""

    code: Code
    mark: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64, pattern=r"^\S+$")]


class ChangesDoc(Doc):
    """What is known already, and how many sessions are asked for at once."""

    known: tuple[KnownDoc, ...] = ()
    after: Code | None = None
    limit: Annotated[int, _between(1, 100)] = 100


class Query(Doc):
    """`parcours-query/1`."""

    format: Literal["parcours-query/1"]
    code: Code | None = None
    content: bool = False
    accounts: tuple[str, ...] = ()
    changes: ChangesDoc | None = None
    emitter: bool = False
    capabilities: Annotated[tuple[_Capability, ...], AfterValidator(_each_once)] | None = None


class CompletionsQuery(Doc):
    """`parcours-completions-query/1`."""

    format: Literal["parcours-completions-query/1"]
    codes: tuple[Code, ...] | None = None
    courses: tuple[_Many, ...] = ()
    since: Instant = 0
    after: _Cursor | None = None
    limit: Annotated[int, _between(1, 1000)] = 1000
    whole: bool = False


_Minutes = Annotated[int, _between(0, 527040)]
_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class LineDoc(Doc):
    """One line of somebody's figures."""

    code: Code
    activity: Idnumber
    session: _Text
    title: _Text
    day: Instant
    minutes: _Minutes
    planned: _Minutes
    decision: Literal["credite", "refuse", "en_attente"]
    reason: _Text
    contested: bool


class FiguresDoc(Doc):
    """Somebody's hours of a school year."""

    year: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=9)]
    at: Instant
    state: Literal["atteint", "incomplet", "dispense"]
    missing: tuple[Name, ...]
    lines: tuple[LineDoc, ...]
    due: _Minutes
    kept: _Minutes
    left: _Minutes
    presence: _Minutes
    distance: _Minutes
    training: _Minutes
    animation: _Minutes


class PersonDoc(Doc):
    """Whose figures they are, and their fingerprint."""

    userid: _Many
    fingerprint: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64, pattern=r"^\S+$")]
    figures: FiguresDoc


def _at_most_1000(listed: tuple[_T, ...]) -> tuple[_T, ...]:
    if len(listed) > 1000:
        raise PydanticCustomError("many", "holds more than 1000 values")
    return listed


class FiguresDocument(Doc):
    """`parcours-figures/1`."""

    format: Literal["parcours-figures/1"]
    people: Annotated[tuple[PersonDoc, ...], AfterValidator(_at_most_1000)] = ()
    forget: Annotated[tuple[_Many, ...], AfterValidator(_at_most_1000)] = ()
    received: Annotated[int, Field(ge=0)] = 0
    after: Annotated[int, Field(ge=0)] | None = None
