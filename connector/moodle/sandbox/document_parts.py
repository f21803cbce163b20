"""What the plugin's documents are made of, as `docs/plugin.md` lays it down.

Written apart from the publisher's own models on purpose: the double must be able to contradict it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

Idnumber = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^\S+$")]
Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^\S+$")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]
Instant = Annotated[int, Field(ge=0)]
Role = Literal["student", "teacher", "editingteacher"]


class Doc(BaseModel):
    """Strict: no unknown key, no conversion."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)


class FileDoc(Doc):
    """A file in one area of what it belongs to, its content by SHA-1."""

    area: str
    name: Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[^/\\]+$")]
    size: Annotated[int, Field(ge=1)]
    sha1: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}$")]


def _sorted(files: tuple[FileDoc, ...]) -> tuple[FileDoc, ...]:
    return tuple(sorted(files, key=lambda one: (one.area, one.name)))


FileDocs = Annotated[tuple[FileDoc, ...], AfterValidator(_sorted)]
