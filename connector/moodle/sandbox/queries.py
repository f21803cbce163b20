"""What may be asked of the plugin, as `docs/plugin.md` lays it down; see `document` for why it is written again."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from connector.moodle.sandbox.document_parts import Code, Doc, Instant

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
