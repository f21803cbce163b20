"""What the site's log store queues for logstore_xapi: Moodle events that the plugin routes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connector.moodle.sandbox.site import Question

COMPLETION = "\\core\\event\\course_module_completion_updated"
COURSE_VIEWED = "\\core\\event\\course_viewed"
COURSE_CREATED = "\\core\\event\\course_created"
SECTION_CREATED = "\\core\\event\\course_section_created"
MODULE_CREATED = "\\core\\event\\course_module_created"
ENROLLED = "\\core\\event\\user_enrolment_created"
ATTEMPT_STARTED = "\\mod_quiz\\event\\attempt_started"
ATTEMPT_SUBMITTED = "\\mod_quiz\\event\\attempt_submitted"
ATTEMPT_REVIEWED = "\\mod_quiz\\event\\attempt_reviewed"
SUBMITTED = "\\mod_assign\\event\\assessable_submitted"
CHOSEN = "\\mod_choice\\event\\answer_created"
FEEDBACK_SENT = "\\mod_feedback\\event\\response_submitted"
POSTED = "\\mod_forum\\event\\post_created"
DISCUSSION_STARTED = "\\mod_forum\\event\\discussion_created"
DISCUSSION_FOLLOWED = "\\mod_forum\\event\\discussion_subscription_created"


def viewed(modname: str) -> str:
    """Return the name of the event of opening a module."""
    return f"\\mod_{modname}\\event\\course_module_viewed"


@dataclass(frozen=True)
class Detail:
    """What an event says beyond its subject; each kind of event uses a few of these."""

    state: int = 0
    attempt_id: int = 0
    score: float = 0.0
    seconds: int = 0
    answers: tuple[tuple[Question, str], ...] = ()
    text: str = ""
    post_id: int = 0
    author_id: int = 0


@dataclass(frozen=True)
class Event:
    """One queued event; `at` in epoch seconds. Names and e-mails are looked up when it is sent, not when it happens."""

    name: str
    person_id: int
    course_id: int
    at: int
    cmid: int | None = None
    section_id: int | None = None
    detail: Detail = field(default_factory=Detail)
