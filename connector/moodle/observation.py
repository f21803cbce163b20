"""The observation, `parcours-observation/1`: what `local_parcours_observe` says that a site holds.

Read with `extra="ignore"` (see `functions.observe`): a newer plugin may say more than we use.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, JsonValue, field_validator

from connector.moodle.document import (
    Availability,
    Category,
    Completion,
    Event,
    Files,
    Frozen,
    Group,
    Names,
    SectionSettings,
)
from xapi.names import has_control


def _clean(name: str) -> str:
    if has_control(name):
        msg = "a name holds a control character"
        raise ValueError(msg)
    return name


Key = Annotated[str, AfterValidator(_clean)]
"""What somebody or something is known by: no site has a control character in it, and no database of ours takes one."""


class Known(Frozen):
    """The mark that a session bore when it was last read."""

    code: str
    mark: str


class Changes(Frozen):
    """What is known already: a session that still bears its mark is told by its code only; some sessions at a time."""

    known: tuple[Known, ...] = ()
    after: str | None = None
    limit: int = 100


class Query(Frozen):
    """What to observe: one session, or all that the caller may manage; `accounts` are e-mails to look up.

    With `emitter`, also how the site sends statements by itself; with `capabilities`, which of these the account has.
    """

    format: Literal["parcours-query/1"] = "parcours-query/1"
    code: str | None = None
    content: bool = False
    accounts: tuple[str, ...] | None = None
    changes: Changes | None = None
    emitter: Literal[True] | None = None
    capabilities: tuple[str, ...] | None = None


class ObservedCourse(Frozen):
    """The course as Moodle knows it; the fields of `CourseSettings` are there when content was asked for."""

    id: int
    url: str
    shortname: str = ""
    fullname: str = ""
    summary: str = ""
    startdate: int = 0
    enddate: int = 0
    visible: bool = True
    files: Files = ()


class ObservedAvailability(Availability):
    """`other` is Moodle's own text of a restriction that somebody edited into what a publication cannot say."""

    other: JsonValue = None


class ObservedEnrolment(Frozen):
    """Somebody's role in the course, any role, with the session's groups that they belong to."""

    email: str
    role: str
    groups: Names = ()


class ObservedActivity(Frozen):
    """An activity of ours; without content only `idnumber`, `cmid` and `modname` are known.

    `held` is what publishing would keep as it is if it were to change, with why (docs/plugin.md); `completions` is how
    many people have completed the activity.
    """

    idnumber: Key
    cmid: int
    modname: str
    section: str = ""
    name: str = ""
    intro: str = ""
    files: Files = ()
    showdescription: bool = False
    visible: bool = True
    completion: Completion = Completion()
    availability: ObservedAvailability = ObservedAvailability()
    expected: int = 0
    settings: dict[str, JsonValue] = Field(default_factory=dict)
    held: dict[str, str] = Field(default_factory=dict)
    completions: int = 0

    @field_validator("completion", "availability", "settings", "held", mode="before")
    @classmethod
    def _empty_object(cls, value: object) -> object:
        """PHP writes an empty object as `[]`."""
        return {} if value == [] else value


class Person(Frozen):
    """Somebody enrolled in the course, with their account's identity."""

    id: int
    username: Key
    email: Key
    roles: tuple[str, ...] = ()


class PublishedSnapshot(Frozen):
    """A dated snapshot kept in the course; `published_at` in epoch seconds."""

    revision: int
    published_at: int
    snapshot: dict[str, JsonValue]


class LastPublication(Frozen):
    """What the site remembers of a session's last publication; instants in epoch seconds, 0 for none.

    `prepared`: it has not been opened yet. `prints` are those of the document, None where no publication has said any,
    and where the session's content was not asked for.
    """

    revision: int = 0
    published_at: int = 0
    archived_at: int = 0
    prepared: bool = False
    prints: dict[str, JsonValue] | None = None


class ObservedSession(Frozen):
    """One session on the site; `fingerprint` changes with everything that a publication says."""

    code: Key
    course: ObservedCourse
    categories: tuple[Category, ...] = ()
    sections: tuple[SectionSettings, ...] = ()
    activities: tuple[ObservedActivity, ...] = ()
    order: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    enrolments: tuple[ObservedEnrolment, ...] = ()
    events: tuple[Event, ...] = ()
    people: tuple[Person, ...] = ()
    snapshots: tuple[PublishedSnapshot, ...] = ()
    publication: LastPublication = LastPublication()
    fingerprint: str = ""
    mark: str = ""


class Waiting(Frozen):
    """Events in a table of the emitter, and the epoch second of the oldest, 0 for none."""

    events: int
    oldest: int = 0


class EmitterSettings(Frozen):
    """What decides whether logstore_xapi tells everything, and what it could not tell.

    `endpoint` is the scheme, host and port of its LRS. `completions`: completions are among the events that it sends.
    `batch`: events sent in one run of cron. `actor`: what people are named by (`id`, `username`, `email`).
    """

    plugin: str
    version: str = ""
    enabled: bool
    endpoint: str = ""
    completions: bool
    background: bool
    batch: int
    resend: bool
    idnumbers: bool
    actor: str = ""
    waiting: Waiting
    failed: Waiting


class Place(Frozen):
    """Where sessions are published: their outermost category, None for the whole site.

    `roles` are those that the account has there or above, by short name, and `assignable` those that they may assign;
    `held` are the capabilities asked for that the account has there.
    """

    category: Category | None = None
    roles: tuple[str, ...] = ()
    assignable: tuple[str, ...] = ()
    held: tuple[str, ...] = ()


class Rights(Frozen):
    """What the account may do in each place; `unknown` are the capabilities of plugins that the site has not."""

    unknown: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()


class Observation(Frozen):
    """What a site holds; `now` is its clock (epoch seconds), `accounts` the e-mails asked for that have an account.

    `modules` are those that an activity can be published as there: known to the plugin, and enabled on the site.

    To a query of changes: `unchanged` are the codes of sessions that are as they were known, `next` is the code to go
    on after. `emitter` is None where no plugin of the site sends statements, or it was not asked for; so is
    `capabilities`, where they were not.
    """

    format: Literal["parcours-observation/1"] = "parcours-observation/1"
    plugin: str = ""
    moodle: str = ""
    now: int = 0
    accounts: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    sessions: tuple[ObservedSession, ...] = ()
    unchanged: tuple[str, ...] = ()
    next: str | None = None
    emitter: EmitterSettings | None = None
    capabilities: Rights | None = None

    @property
    def version(self) -> int:
        """The plugin's version as Moodle compares it, 0 where it did not say one."""
        return int(self.plugin) if self.plugin.isdecimal() else 0

    def session(self, code: str) -> ObservedSession | None:
        """Return the session named, or None when the site does not hold it."""
        return next((session for session in self.sessions if session.code == code), None)
