"""The activities of the plugin's documents, one model a module, as `docs/plugin.md` lays them down."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from connector.moodle.sandbox.document_parts import Doc, FileDocs, Idnumber, Instant, Name


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
    replaces: str | None = None


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


class RoomSettings(Doc):
    """When a BigBlueButton room is open (0: no limit), and whether each group has one of its own."""

    open: Instant = 0
    close: Instant = 0
    separate_groups: bool = False


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


class RoomActivity(ActivityDoc):
    """A BigBlueButton room."""

    allowed_rules = frozenset({"view"})
    module: Literal["bigbluebuttonbn"]
    settings: RoomSettings = RoomSettings()


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
    | H5pActivity
    | RoomActivity,
    Field(discriminator="module"),
]
