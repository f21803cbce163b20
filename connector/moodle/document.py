"""The publication document, `parcours-publication/1`: what `local_parcours_publish` takes and returns.

The shape is a contract with the PHP plugin, written down in docs/architecture.md. Instants are epoch seconds, 0 when
there is none; HTML is finished; idnumbers identify everything, Moodle's own ids never appear.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue

Tracking = Literal["none", "manual", "automatic"]
CourseRole = Literal["student", "teacher", "editingteacher"]
ModuleName = Literal[
    "page", "label", "url", "forum", "assign", "quiz", "choice", "feedback", "resource", "h5pactivity",
    "bigbluebuttonbn",
]  # fmt: skip
FileArea = Literal["summary", "intro", "content", "post", "package"]


class Frozen(BaseModel):
    """Immutable; written strictly, and read with `extra="ignore"` where it comes from a site."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _in_order(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(names))


Names = Annotated[tuple[str, ...], AfterValidator(_in_order)]
"""Names whose order says nothing: kept sorted, so that they compare."""


class File(Frozen):
    """A file kept in one area of what it belongs to; `sha1` is that of its content, `size` is in bytes.

    A text names it `@@PLUGINFILE@@/<name>`. Areas: `summary` of the course and of a section, `intro` of any activity,
    `content` of a page or a resource, `post` of a forum's first message, `package` of an H5P activity.
    """

    area: FileArea
    name: str
    size: int
    sha1: str


def _each_once(files: tuple[File, ...]) -> tuple[File, ...]:
    return tuple(sorted(set(files), key=lambda one: (one.area, one.name, one.sha1)))


Files = Annotated[tuple[File, ...], AfterValidator(_each_once)]
"""Files whose order says nothing, each once."""


class Category(Frozen):
    """A course category; each one is the child of the one before it."""

    idnumber: str
    name: str


class CourseSettings(Frozen):
    """The course itself; its idnumber is the session's code."""

    shortname: str
    fullname: str
    summary: str = ""
    startdate: int = 0
    enddate: int = 0
    visible: bool = True
    files: Files = ()


class SectionSettings(Frozen):
    """A section, known by the sequence's id."""

    id: str
    name: str
    summary: str = ""
    files: Files = ()


class Completion(Frozen):
    """When an activity is complete.

    `view`, `submit`, `passgrade` and `posts` are rules of automatic tracking, all of them required. `locked`, on manual
    tracking, means that a participant may not tick it.
    """

    tracking: Tracking = "none"
    view: bool = False
    submit: bool = False
    passgrade: bool = False
    posts: int = 0
    locked: bool = False


class Availability(Frozen):
    """Who may open an activity, and when: all of it together."""

    completed: Names = ()
    groups: Names = ()
    from_: int = Field(0, alias="from")
    until: int = 0

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)


class ActivitySettings(Frozen):
    """One activity, known by its idnumber `<code>/<activity id>`; `settings` by module, see docs/architecture.md.

    `leave` names the fields (`settings.<key>` for a setting) that stay as they are on the site, whatever is said here;
    `replaces` the module of the activity that this one takes the place of. `instead` is what is published where the
    site has not `module` enabled (connector/publish/modules.py); it is never sent.
    """

    idnumber: str
    section: str
    module: ModuleName
    name: str
    intro: str = ""
    files: Files = ()
    showdescription: bool = False
    visible: bool = True
    completion: Completion = Completion()
    availability: Availability = Availability()
    expected: int = 0
    settings: dict[str, JsonValue] = Field(default_factory=dict)
    leave: tuple[str, ...] = Field(default=(), exclude_if=lambda names: not names)
    replaces: ModuleName | None = Field(default=None, exclude_if=lambda name: name is None)
    instead: ActivitySettings | None = Field(default=None, exclude=True)

    def held_as(self, module: str) -> ActivitySettings:
        """Return this activity as `module` says it, where it can be that one too."""
        return self.instead if self.instead is not None and self.instead.module == module else self


class Group(Frozen):
    """A group of the session."""

    idnumber: str
    name: str


class Enrolment(Frozen):
    """A person to enrol; `groups` are all of the session's groups they belong to."""

    email: str
    role: CourseRole
    groups: Names = ()


class Event(Frozen):
    """A calendar event; `uuid` is ours, stable from one publication to the next."""

    uuid: str
    name: str
    description: str = ""
    start: int
    minutes: int
    location: str = ""
    group: str | None = None


class Unlock(Frozen):
    """An activity whose completions a person has agreed to wipe, and how many they were told."""

    idnumber: str
    completions: int


class Publication(Frozen):
    """What to upsert, in one transaction; what is left out is left alone.

    `basis` is the observation's fingerprint (empty: no course): another state of the course is refused as `stale`.
    `prints` are what is wanted as fingerprints, kept for the next plan; `archived` closes the session or opens it,
    `prepared` says that it is in preparation, hidden until it opens, or no longer.
    `parcours` is the matricule and the fingerprint of what the session is made of; it goes into `prints`, not alone.
    `draft` is the caller's draft area that holds the contents which the course has nowhere yet, each under its SHA-1.
    """

    format: Literal["parcours-publication/1"] = "parcours-publication/1"
    code: str
    categories: tuple[Category, ...] | None = None
    course: CourseSettings | None = None
    sections: tuple[SectionSettings, ...] | None = None
    activities: tuple[ActivitySettings, ...] | None = None
    order: tuple[str, ...] | None = None
    groups: tuple[Group, ...] | None = None
    enrolments: tuple[Enrolment, ...] | None = None
    events: tuple[Event, ...] | None = None
    snapshot: dict[str, JsonValue] | None = None
    archived: bool | None = None
    prepared: bool | None = None
    unlock: tuple[Unlock, ...] | None = None
    draft: int | None = None
    basis: str | None = None
    prints: dict[str, JsonValue] | None = None
    parcours: tuple[str, str] | None = Field(default=None, exclude=True)

    def files(self) -> tuple[File, ...]:
        """Return every file that the document names."""
        owners = (*(self.activities or ()), *(self.sections or ()), *((self.course,) if self.course else ()))
        return tuple(file for owner in owners for file in owner.files)

    def to_json(self) -> str:
        """Return the document as it is sent: keys that are `None` left out at the top level only."""
        left_out = {name for name in type(self).model_fields if getattr(self, name) is None}
        return self.model_dump_json(exclude=left_out, by_alias=True)


class PublishedCourse(Frozen):
    """Where the session now is."""

    id: int
    url: str


class Kept(Frozen):
    """What was left as it was, because changing it would wipe what learners have done."""

    idnumber: str
    what: str
    why: str


class PublicationResult(Frozen):
    """What the site did.

    `unknown_people` have no account there, `ambiguous_people` several: neither were enrolled. `revision` counts the
    publications of the session.
    """

    format: Literal["parcours-publication-result/1"] = "parcours-publication-result/1"
    course: PublishedCourse
    created: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    kept: tuple[Kept, ...] = ()
    unknown_people: tuple[str, ...] = ()
    ambiguous_people: tuple[str, ...] = ()
    snapshot_revision: int | None = None
    revision: int = 0
