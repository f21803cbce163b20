"""The plugin's documents as `docs/plugin.md` lays them down: the whole, and what is no activity."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue, StringConstraints

from connector.moodle.sandbox.activity_documents import AnyActivity  # noqa: TC001 - pydantic reads it
from connector.moodle.sandbox.document_parts import Code, Doc, FileDocs, Idnumber, Instant, Name, Role


class CategoryDoc(Doc):
    """One level of the category path, outermost first."""

    idnumber: Idnumber
    name: Name


class CourseDoc(Doc):
    """The course's own settings, all of them to create, any of them to update; dates are epoch seconds."""

    shortname: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)] | None = None
    fullname: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=254)] | None = None
    summary: str | None = None
    startdate: Instant | None = None
    enddate: Instant | None = None
    visible: bool | None = None
    files: FileDocs | None = None


class SectionDoc(Doc):
    """One section, keyed by `id` within the session."""

    id: Idnumber
    name: Name
    summary: str = ""
    files: FileDocs = ()


class GroupDoc(Doc):
    """One group of the session."""

    idnumber: Idnumber
    name: Name


class EnrolmentDoc(Doc):
    """One person's role, and all of the session's groups that the person belongs to."""

    email: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    role: Role
    groups: tuple[str, ...] = ()


class EventDoc(Doc):
    """One calendar event, keyed by `uuid`; `minutes` is its length."""

    uuid: Name
    name: Name
    description: str = ""
    start: Instant
    minutes: Annotated[int, Field(ge=0, le=527_040)]
    location: str = ""
    group: str | None = None


class UnlockDoc(Doc):
    """Completions of an activity that a person has agreed to wipe."""

    idnumber: Idnumber
    completions: Instant


class Publication(Doc):
    """`parcours-publication/1`: everything but `format` and `code` may be left out."""

    format: Literal["parcours-publication/1"]
    code: Code
    categories: tuple[CategoryDoc, ...] = ()
    course: CourseDoc | None = None
    sections: tuple[SectionDoc, ...] | None = None
    activities: tuple[AnyActivity, ...] = ()
    order: tuple[str, ...] | None = None
    groups: tuple[GroupDoc, ...] = ()
    enrolments: tuple[EnrolmentDoc, ...] = ()
    events: tuple[EventDoc, ...] = ()
    snapshot: dict[str, JsonValue] | None = None
    basis: str | None = None
    prints: dict[str, JsonValue] | None = None
    archived: bool | None = None
    prepared: bool | None = None
    unlock: tuple[UnlockDoc, ...] = ()
    draft: Annotated[int, Field(ge=1)] | None = None
