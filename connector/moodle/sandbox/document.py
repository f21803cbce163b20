"""The plugin's documents as `docs/plugin.md` lays them down.

Written apart from the publisher's own models on purpose: the double must be able to contradict it.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, StringConstraints

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


class CompletionDoc(Doc):
    """Completion rules; `locked` on a manual activity keeps participants from ticking it."""

    tracking: Literal["none", "manual", "automatic"]
    view: bool = False
    submit: bool = False
    passgrade: bool = False
    posts: Annotated[int, Field(ge=0, le=1000)] = 0
    locked: bool = False

    def rules(self) -> list[str]:
        """Names of the rules that are on."""
        return [rule for rule in ("view", "submit", "passgrade", "posts") if getattr(self, rule)]

    def tracked(self) -> dict[str, object]:
        """Everything but `locked`: what a learner's completion depends on."""
        return self.model_dump(exclude={"locked"})


class AvailabilityDoc(Doc):
    """Access restrictions, all of which must hold; groups are named by their name."""

    completed: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    from_: Instant = Field(default=0, alias="from")
    until: Instant = 0


class ActivityDoc(Doc):
    """What every activity has, keyed by `idnumber`."""

    allowed_rules: ClassVar[frozenset[str]] = frozenset()
    areas: ClassVar[tuple[str, ...]] = ("intro",)

    idnumber: Idnumber
    section: str
    module: str
    name: Name
    intro: str = ""
    files: FileDocs = ()
    showdescription: bool = False
    visible: bool = True
    completion: CompletionDoc = CompletionDoc(tracking="none")
    availability: AvailabilityDoc = AvailabilityDoc()
    expected: Instant = 0
    settings: Doc = Doc()
    leave: tuple[str, ...] = ()


class PageSettings(Doc):
    """`content` is finished HTML."""

    content: str = ""


class UrlSettings(Doc):
    """An http or https address."""

    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")]


class FirstPost(Doc):
    """The discussion that opens a forum."""

    subject: str
    message: str


class ForumSettings(Doc):
    """Kind of forum and the discussion that opens it."""

    type: Literal["general", "eachuser", "qanda", "blog"] = "general"
    first_post: FirstPost | None = None


class AssignSettings(Doc):
    """What may be handed in, and when it is due (0: never)."""

    online_text: bool = False
    files: bool = False
    due: Instant = 0


class QuizSettings(Doc):
    """`attempts` 0 is unlimited; `grade_pass` is a percentage; `gift` the questions' source."""

    attempts: Instant = 0
    grade_pass: float = 0
    gift: str = ""
    open: Instant = 0
    close: Instant = 0


class ChoiceSettings(Doc):
    """Different, non-empty options."""

    options: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1, max_length=100)]


class H5pSettings(Doc):
    """`grade_pass` is a percentage."""

    grade_pass: float = 0


class FeedbackItem(Doc):
    """One question of a questionnaire; `options` for choices and scales only."""

    name: Name
    type: Literal["text", "choice", "scale"]
    options: tuple[Annotated[str, StringConstraints(min_length=1, pattern=r"^[^|\r\n]+$")], ...] = ()


class FeedbackSettings(Doc):
    """The questionnaire's items."""

    items: tuple[FeedbackItem, ...] = ()
    anonymous: bool = False


class PageActivity(ActivityDoc):
    """A page."""

    allowed_rules = frozenset({"view"})
    areas = ("intro", "content")
    module: Literal["page"]
    settings: PageSettings = PageSettings()


class LabelActivity(ActivityDoc):
    """A label: shown on the course page, never opened."""

    module: Literal["label"]


class UrlActivity(ActivityDoc):
    """A link."""

    allowed_rules = frozenset({"view"})
    module: Literal["url"]
    settings: UrlSettings


class ForumActivity(ActivityDoc):
    """A forum."""

    allowed_rules = frozenset({"view", "posts"})
    areas = ("intro", "post")
    module: Literal["forum"]
    settings: ForumSettings = ForumSettings()


class AssignActivity(ActivityDoc):
    """An assignment."""

    allowed_rules = frozenset({"view", "submit"})
    module: Literal["assign"]
    settings: AssignSettings = AssignSettings()


class QuizActivity(ActivityDoc):
    """A quiz."""

    allowed_rules = frozenset({"view", "submit", "passgrade"})
    module: Literal["quiz"]
    settings: QuizSettings = QuizSettings()


class ChoiceActivity(ActivityDoc):
    """A one-question poll."""

    allowed_rules = frozenset({"view", "submit"})
    module: Literal["choice"]
    settings: ChoiceSettings


class FeedbackActivity(ActivityDoc):
    """A questionnaire."""

    allowed_rules = frozenset({"view", "submit"})
    module: Literal["feedback"]
    settings: FeedbackSettings = FeedbackSettings()


class ResourceActivity(ActivityDoc):
    """A file."""

    allowed_rules = frozenset({"view"})
    areas = ("intro", "content")
    module: Literal["resource"]


class H5pActivity(ActivityDoc):
    """An interactive content."""

    allowed_rules = frozenset({"view", "passgrade"})
    areas = ("intro", "package")
    module: Literal["h5pactivity"]
    settings: H5pSettings = H5pSettings()


AnyActivity = Annotated[
    PageActivity
    | LabelActivity
    | UrlActivity
    | ForumActivity
    | AssignActivity
    | QuizActivity
    | ChoiceActivity
    | FeedbackActivity
    | ResourceActivity
    | H5pActivity,
    Field(discriminator="module"),
]


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
    unlock: tuple[UnlockDoc, ...] = ()
    draft: Annotated[int, Field(ge=1)] | None = None
