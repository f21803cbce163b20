"""The simulated site's state: plain records, and nothing about HTTP, statements or the plugin."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydantic import JsonValue

    from connector.moodle.sandbox.activity_documents import ActivityDoc
    from connector.moodle.sandbox.document import EventDoc
    from connector.moodle.sandbox.document_parts import FileDoc, Role
    from connector.moodle.sandbox.queries import PersonDoc

ROLE_IDS: dict[Role, int] = {"editingteacher": 3, "teacher": 4, "student": 5}


@dataclass
class Person:
    """An account. `manager` stands for having the connector's role (`Site.role`) over the whole site."""

    id: int
    username: str
    firstname: str
    lastname: str
    email: str
    idnumber: str = ""
    manager: bool = False
    suspended: bool = False

    @property
    def fullname(self) -> str:
        """First name, then last name."""
        return f"{self.firstname} {self.lastname}"


@dataclass(frozen=True)
class ServiceRole:
    """The role that managers have over the whole site: the capabilities that it lacks, the roles that it may assign."""

    shortname: str = "wsconnector"
    lacking: frozenset[str] = frozenset({"moodle/site:config"})
    assignable: tuple[str, ...] = ("editingteacher", "student", "teacher")


@dataclass
class Category:
    """A course category; `parent` is the idnumber of the one above."""

    id: int
    idnumber: str
    name: str
    parent: str | None


@dataclass
class Section:
    """A course section; `key` is the plugin's id of it, empty for section 0."""

    id: int
    key: str
    name: str
    summary: str = ""
    files: tuple[FileDoc, ...] = ()


@dataclass
class Module:
    """A course module: what was authored (`doc`) and the ids that Moodle gave."""

    cmid: int
    instance: int
    course_id: int
    doc: ActivityDoc
    modified: int
    questions: tuple[Question, ...] = ()
    discussion_id: int = 0
    discussion_name: str = ""

    @property
    def modname(self) -> str:
        """Moodle's name of the activity type."""
        return self.doc.module


@dataclass(frozen=True)
class Question:
    """A question of a quiz, or an item of a feedback."""

    id: int
    name: str
    text: str
    type: str
    answer: str = ""


@dataclass
class Group:
    """A group of a course, keyed by idnumber."""

    id: int
    idnumber: str
    name: str
    members: set[int] = field(default_factory=set)


@dataclass
class CalendarEvent:
    """A calendar event that the plugin made."""

    id: int
    doc: EventDoc


@dataclass
class CourseEvent:
    """A calendar event that somebody made in the course by web service; times in epoch seconds."""

    id: int
    name: str
    description: str
    timestart: int
    timeduration: int


@dataclass
class RollSession:
    """A session of an attendance activity; `log` is the status of each person marked."""

    id: int
    start: int
    seconds: int
    group: int
    description: str
    modified: int
    taken: int | None = None
    taken_by: int = 0
    log: dict[int, int] = field(default_factory=dict)


@dataclass
class Attendance:
    """An attendance activity of mod_attendance, in the first section; its statuses are numbered from `statuses`."""

    id: int
    cmid: int
    name: str
    statuses: int
    sessions: dict[int, RollSession] = field(default_factory=dict)


@dataclass
class Snapshot:
    """One dated snapshot of the published session."""

    revision: int
    published_at: int
    body: dict[str, JsonValue]


@dataclass
class Course:
    """A course and everything in it; `published` ones belong to the plugin.

    `dated` is false from a copy to the site's next cron: its activities have no event of their own yet. `uncopiable`
    is a course whose backup Moodle refuses to restore, as for a caller who may not add its questions.
    """

    id: int
    shortname: str
    fullname: str
    created: int
    idnumber: str = ""
    summary: str = ""
    startdate: int = 0
    enddate: int = 0
    visible: bool = True
    files: tuple[dict[str, JsonValue], ...] = ()
    published: bool = False
    categories: tuple[str, ...] = ()
    sections: list[Section] = field(default_factory=list)
    modules: dict[str, Module] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    groups: dict[str, Group] = field(default_factory=dict)
    enrolments: dict[int, set[Role]] = field(default_factory=dict)
    events: dict[str, CalendarEvent] = field(default_factory=dict)
    calendar: dict[int, CourseEvent] = field(default_factory=dict)
    dated: bool = True
    uncopiable: bool = False
    attendances: dict[int, Attendance] = field(default_factory=dict)
    snapshots: list[Snapshot] = field(default_factory=list)
    revision: int = 0
    published_at: int = 0
    archived_at: int = 0
    prepared: bool = False
    prints: dict[str, JsonValue] | None = None

    def ordered_modules(self) -> list[Module]:
        """Modules in the order of the course page: section by section, then as `order` says."""
        rank = {key: position for position, key in enumerate(self.order)}
        places = {section.key: position for position, section in enumerate(self.sections)}
        return sorted(
            self.modules.values(),
            key=lambda module: (places[module.doc.section], rank.get(module.doc.idnumber, len(rank)), module.cmid),
        )

    def section_of(self, module: Module) -> Section:
        """Return the section that holds `module`."""
        return next(section for section in self.sections if section.key == module.doc.section)

    def section_number(self, section: Section) -> int:
        """Return Moodle's number of a section, 0 for the general one."""
        return self.sections.index(section)


@dataclass
class Progress:
    """What one person has done in one module, and the completion row that Moodle keeps of it.

    `state`: 0 incomplete, 1 complete, 2 complete with a pass, 3 complete with a failure; `time` is 0 without a row.
    `grade` is a percentage.
    """

    state: int = 0
    time: int = 0
    override_by: int | None = None
    viewed: bool = False
    submitted: bool = False
    posts: int = 0
    attempts: int = 0
    grade: float | None = None


@dataclass
class Site:
    """The whole state. `clock` gives the present in epoch seconds: every date of the site comes from it.

    `drafts` are what people have uploaded, by account and draft area; a file is at most `upload_limit` bytes.
    `disabled` are the modules that its administrator has not enabled, as Moodle installs them.
    `emitter` gives the settings of the plugin that sends statements, as `local_parcours_observe` tells them.
    `figures` are people's own hours by account, `contestations` what they contest of them.
    """

    url: str
    clock: Callable[[], int]
    name: str = "Bac à sable"
    people: dict[int, Person] = field(default_factory=dict)
    courses: dict[int, Course] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    progress: dict[tuple[int, int], Progress] = field(default_factory=dict)
    drafts: dict[tuple[int, int], dict[str, bytes]] = field(default_factory=dict)
    upload_limit: int = 67_108_864
    disabled: frozenset[str] = frozenset({"bigbluebuttonbn"})
    emitter: Callable[[], JsonValue] = lambda: None
    role: ServiceRole = ServiceRole()
    figures: dict[int, PersonDoc] = field(default_factory=dict)
    contestations: list[dict[str, JsonValue]] = field(default_factory=list)
    _ids: dict[str, int] = field(default_factory=dict)

    def next_id(self, kind: str, first: int = 1) -> int:
        """Return the next id of a table, the first one being `first`."""
        self._ids[kind] = self._ids.get(kind, first - 1) + 1
        return self._ids[kind]

    def add_person(
        self, username: str, firstname: str, lastname: str, email: str, *, idnumber: str = "", manager: bool = False
    ) -> Person:
        """Create an account and return it; the first two ids are Moodle's guest and administrator."""
        person = Person(self.next_id("user", 3), username, firstname, lastname, email, idnumber, manager)
        self.people[person.id] = person
        return person

    def person_by_email(self, email: str) -> Person | None:
        """Return the one active account with this e-mail, whatever its case; `None` for none or several."""
        found = [p for p in self.people.values() if p.email.lower() == email.lower() and not p.suspended]
        return found[0] if len(found) == 1 else None

    def published(self, code: str) -> Course | None:
        """Return the course that the plugin published under `code`."""
        return next((c for c in self.courses.values() if c.published and c.idnumber == code), None)

    def module(self, cmid: int) -> Module | None:
        """Return the module with this id."""
        return next((module for module in self.modules() if module.cmid == cmid), None)

    def module_by_idnumber(self, idnumber: str) -> Module | None:
        """Return the module with this idnumber."""
        return next((course.modules[idnumber] for course in self.courses.values() if idnumber in course.modules), None)

    def modules(self) -> Iterator[Module]:
        """Every module of every course."""
        for course in self.courses.values():
            yield from course.modules.values()

    def progress_of(self, person_id: int, cmid: int) -> Progress:
        """Return what the person has done in the module: a record to write to."""
        return self.progress.setdefault((person_id, cmid), Progress())

    def seen(self, person_id: int, cmid: int) -> Progress:
        """Return what the person has done in the module, to read: nothing is recorded."""
        return self.progress.get((person_id, cmid), Progress())
