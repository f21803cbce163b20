"""The building blocks of logstore_xapi 5.0.1's statements, as captured from a real chain (`tests/data/real_chain`).

The IRIs are written here again, apart from `xapi.vocabulary`: the double must be able to contradict the reader.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, TypeAlias

from connector.moodle.sandbox.completion import COMPLETE, COMPLETE_PASS

if TYPE_CHECKING:
    from pydantic import JsonValue

    from connector.moodle.sandbox.events import Event
    from connector.moodle.sandbox.site import Course, Module, Person, Question, Section, Site

Json: TypeAlias = "dict[str, JsonValue]"

RELEASE = "4.5.6 (Build: 20250811)"
PLUGIN = "5.0.1"
INFO = "http://lrs.learninglocker.net/define/extensions/info"
ENROLMENT_TYPE = "https://xapi.edlm/profiles/edlm-lms/concepts/context-extensions/enrolment-type"
_LMS = "https://w3id.org/learning-analytics/learning-management-system"
_EDLM = "https://xapi.edlm/profiles/edlm-lms/concepts"
INTERACTION = "http://adlnet.gov/expapi/activities/cmi.interaction"

_VERBS = {
    "completed": ("http://adlnet.gov/expapi/verbs/completed", "Completed"),
    "uncompleted": (f"{_EDLM}/verbs/uncompleted", "Uncompleted"),
    "viewed": ("http://id.tincanapi.com/verb/viewed", "Viewed"),
    "started": ("http://activitystrea.ms/schema/1.0/start", "Started"),
    "answered": ("http://adlnet.gov/expapi/verbs/answered", "Answered"),
    "received": ("http://activitystrea.ms/schema/1.0/receive", "Received"),
    "submitted": ("http://activitystrea.ms/schema/1.0/submit", "Submitted"),
    "replied": ("http://id.tincanapi.com/verb/replied", "Replied"),
    "subscribed": (f"{_EDLM}/verbs/subscribed", "Subscribed"),
    "created": ("http://activitystrea.ms/create", "Created"),
    "enrolled": (f"{_EDLM}/verbs/enrolled", "Enrolled"),
}
_TYPES = {
    "assign": f"{_EDLM}/activity-types/assignment",
    "bigbluebuttonbn": "http://adlnet.gov/expapi/activities/meeting",
    "choice": INTERACTION,
    "feedback": f"{_EDLM}/activity-types/feedback",
    "forum": f"{_EDLM}/activity-types/forum",
    "h5pactivity": "http://adlnet.gov/expapi/activities/media",
    "label": "https://w3id.org/xapi/acrossx/activities/webpage",
    "page": "https://w3id.org/xapi/acrossx/activities/page",
    "quiz": "http://adlnet.gov/expapi/activities/assessment",
    "resource": "http://id.tincanapi.com/activitytype/resource",
    "url": "http://adlnet.gov/expapi/activities/link",
}


@dataclass(frozen=True)
class EmissionSettings:
    """The settings of logstore_xapi that change its statements: `actor` form, `sendidnumber`, `shortcourseid`."""

    actor: Literal["account", "mbox", "username"] = "account"
    send_idnumber: bool = False
    short_course_id: bool = False
    batch_events: int = 30


@dataclass(frozen=True)
class Parts:
    """Builds the parts of statements about one site, sent in one cron run (`registration` is the run's)."""

    site: Site
    settings: EmissionSettings
    registration: str

    def actor(self, person: Person) -> Json:
        """Return the actor: an e-mail that is not one falls back to the account, even in `mbox` mode."""
        if self.settings.actor == "mbox" and "@" in person.email and not person.suspended:
            return {"name": person.fullname, "mbox": f"mailto:{person.email}"}
        name = person.username if self.settings.actor == "username" else str(person.id)
        return {"name": person.fullname, "account": {"homePage": self.site.url, "name": name}}

    def activity(self, path: str, kind: str, name: str, **definition: JsonValue) -> Json:
        """Return an activity of the site; its names are always said to be English here."""
        return {
            "objectType": "Activity",
            "id": f"{self.site.url}{path}",
            "definition": {"type": kind, "name": {"en": name}, **definition},
        }

    def lms(self) -> Json:
        """Return the site itself."""
        return self.activity("", "http://id.tincanapi.com/activitytype/lms", self.site.name)

    def course(self, course: Course) -> Json:
        """Return a course."""
        extensions: Json = {}
        if self.settings.short_course_id:
            extensions[f"{_LMS}/short-id"] = course.shortname
        if self.settings.send_idnumber:
            extensions[f"{_LMS}/external-id"] = course.idnumber
        kind = "https://w3id.org/xapi/cmi5/activitytype/course"
        return self.activity(f"/course/view.php?id={course.id}", kind, course.fullname, **_extended(extensions))

    def section(self, course: Course, section: Section) -> Json:
        """Return a section: named after the course and its rank, whatever the name that the trainer gave."""
        name = f"{course.fullname} Section {course.section_number(section)}"
        return self.activity(
            f"/course/section.php?id={section.id}", "http://id.tincanapi.com/activitytype/section", name
        )

    def module(self, module: Module) -> Json:
        """Return a module; a label's address does not exist in Moodle, and is sent all the same."""
        extensions: Json = {}
        if self.settings.send_idnumber:
            extensions[f"{_LMS}/external-id"] = module.doc.idnumber
        question: Json = {"description": {"en": ""}, "interactionType": "choice"} if module.modname == "choice" else {}
        path = f"/mod/{module.modname}/view.php?id={module.cmid}"
        return self.activity(path, _TYPES[module.modname], module.doc.name, **question, **_extended(extensions))

    def submission(self, module: Module) -> Json:
        """Return what was handed in to an assignment."""
        path = f"/mod/assign/view.php?id={module.cmid}#submission"
        return self.activity(path, f"{_EDLM}/activity-types/submission", f"{module.doc.name} Submission")

    def attempt(self, module: Module, attempt_id: int) -> Json:
        """Return one attempt at a quiz."""
        path = f"/mod/quiz/attempt.php?attempt={attempt_id}&cmid={module.cmid}"
        kind = "http://adlnet.gov/expapi/activities/attempt"
        return self.activity(path, kind, f"{module.doc.name} Attempt {attempt_id}")

    def review(self, attempt_id: int) -> Json:
        """Return the review page of an attempt, with the address that the plugin gives it: it does not exist."""
        path = f"/review.php?attempt={attempt_id}"
        return self.activity(path, "http://activitystrea.ms/schema/1.0/review", "Review")

    def question(self, module: Module, question: Question) -> Json:
        """Return a short-answer question of a quiz."""
        path = f"/question/question.php?cmid={module.cmid}&id={question.id}"
        text: Json = {"en": question.text}
        return self.activity(path, INTERACTION, question.name, description=text, interactionType="fill-in")

    def feedback_item(self, question: Question) -> Json:
        """Return an item of a questionnaire."""
        kind = "long-fill-in" if question.type == "text" else "choice"
        path = f"/mod/feedback/edit_item.php?id={question.id}"
        return self.activity(path, INTERACTION, question.name, interactionType=kind)

    def discussion(self, module: Module) -> Json:
        """Return the discussion of a forum."""
        kind = "http://id.tincanapi.com/activitytype/discussion"
        return self.activity(f"/mod/forum/discuss.php?d={module.discussion_id}", kind, module.discussion_name)

    def post(self, module: Module, post_id: int, text: str) -> Json:
        """Return a reply in a discussion."""
        path = f"/mod/forum/discuss.php?d={module.discussion_id}#p{post_id}"
        kind = "http://id.tincanapi.com/activitytype/forum-reply"
        said: Json = {"en": text}
        return self.activity(path, kind, f"Re: {module.discussion_name}", description=said)

    def statement(
        self,
        event: Event,
        verb: str,
        thing: Json,
        parents: list[JsonValue] | None,
        *,
        result: Json | None = None,
        instructor: Person | None = None,
        enrolment: bool = False,
    ) -> Json:
        """Assemble a statement: no id, no version, whole seconds; `parents` is `None` where the plugin gives none."""
        identifier, display = _VERBS[verb]
        extensions: Json = {
            INFO: {
                "http://moodle.org": RELEASE,
                "https://github.com/xAPI-vle/moodle-logstore_xapi": PLUGIN,
                "event_name": event.name,
                "event_function": _transformer(event.name),
            }
        }
        if enrolment:
            extensions[ENROLMENT_TYPE] = "manual"
        around: Json = {} if parents is None else {"parent": parents}
        context: Json = {
            "platform": "Moodle",
            "registration": self.registration,
            "language": "en",
            "extensions": extensions,
            "contextActivities": {**around, "category": [self.lms()]},
        }
        if instructor is not None:
            context["instructor"] = self.actor(instructor)
        statement: Json = {
            "context": context,
            "timestamp": datetime.fromtimestamp(event.at, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "actor": self.actor(self.site.people[event.person_id]),
            "verb": {"id": identifier, "display": {"en": display}},
            "object": thing,
        }
        if result is not None:
            statement["result"] = result
        return statement


def completion_result(state: int) -> Json:
    """Return the result of a module completion: `completion` true even for a failure."""
    return {"completion": True} if state == COMPLETE else {"completion": True, "success": state == COMPLETE_PASS}


def _extended(extensions: Json) -> Json:
    return {"extensions": extensions} if extensions else {}


_FUNCTIONS = {
    "\\mod_quiz\\event\\attempt_submitted": "\\mod_quiz\\attempt_submitted\\handler",
    "\\mod_feedback\\event\\response_submitted": "\\mod_feedback\\response_submitted\\handler",
    "\\mod_assign\\event\\assessable_submitted": "\\mod_assign\\assignment_submitted",
}


def _transformer(event_name: str) -> str:
    """Return the plugin's function for an event, which it names in each statement."""
    if event_name.endswith("\\course_module_viewed"):
        function = "\\all\\course_module_viewed"
    else:
        function = _FUNCTIONS.get(event_name, event_name.replace("\\event\\", "\\"))
    return f"\\src\\transformer\\events{function}"
