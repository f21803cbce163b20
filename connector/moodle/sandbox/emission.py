"""From queued events to statements, one or several each, as logstore_xapi 5.0.1 transforms them.

What is looked up is looked up now, not when the event happened: a renamed activity or a changed e-mail shows, and an
event whose activity is gone cannot be transformed at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.moodle.sandbox import events
from connector.moodle.sandbox.activity_documents import QuizActivity
from connector.moodle.sandbox.completion import INCOMPLETE
from connector.moodle.sandbox.statement_parts import Json, Parts, completion_result

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import JsonValue

    from connector.moodle.sandbox.events import Event
    from connector.moodle.sandbox.site import Course, Module

MAX_GRADE = 10
_CHOICE_RESPONSE = "http://learninglocker.net/xapi/cmi/choice/response"


class TransformError(Exception):
    """The event speaks of something that is no longer there."""


def statements(parts: Parts, event: Event) -> list[Json]:
    """Return the statements of one event; raise `TransformError` when it cannot be told any more."""
    course = parts.site.courses.get(event.course_id)
    if course is None or event.person_id not in parts.site.people:
        message = f"{event.name}: the course or the person is gone"
        raise TransformError(message)
    if event.cmid is None:
        return _about_course(parts, event, course)
    module = parts.site.module(event.cmid)
    if module is None:
        message = f"{event.name}: course_modules not found"
        raise TransformError(message)
    around: list[JsonValue] = [parts.section(course, course.section_of(module)), parts.course(course)]
    if event.name == events.viewed("h5pactivity"):
        return []  # the plugin that sends statements knows nothing of these
    if event.name.endswith("\\course_module_viewed"):
        return [parts.statement(event, "viewed", parts.module(module), around)]
    return _ABOUT_MODULE[event.name](parts, event, module, around)


def _about_course(parts: Parts, event: Event, course: Course) -> list[Json]:
    if event.name == events.COURSE_VIEWED:
        return [parts.statement(event, "viewed", parts.course(course), None)]
    if event.name == events.COURSE_CREATED:
        return [parts.statement(event, "created", parts.course(course), None)]
    if event.name == events.ENROLLED:
        author = parts.site.people[event.detail.author_id]
        return [parts.statement(event, "enrolled", parts.course(course), None, instructor=author, enrolment=True)]
    section = next(section for section in course.sections if section.id == event.section_id)
    return [parts.statement(event, "created", parts.section(course, section), [parts.course(course)])]


def _created(parts: Parts, event: Event, module: Module, around: list[JsonValue]) -> list[Json]:
    return [parts.statement(event, "created", parts.module(module), around)]


def _completion(parts: Parts, event: Event, module: Module, around: list[JsonValue]) -> list[Json]:
    state = event.detail.state
    if state == INCOMPLETE:
        return [parts.statement(event, "uncompleted", parts.module(module), around)]
    return [parts.statement(event, "completed", parts.module(module), around, result=completion_result(state))]


def _submitted(parts: Parts, event: Event, module: Module, around: list[JsonValue]) -> list[Json]:
    return [parts.statement(event, "submitted", parts.submission(module), [parts.module(module), *around])]


def _chosen(parts: Parts, event: Event, module: Module, around: list[JsonValue]) -> list[Json]:
    return [parts.statement(event, "answered", parts.module(module), around, result={"response": event.detail.text})]


def _feedback(parts: Parts, event: Event, module: Module, around: list[JsonValue]) -> list[Json]:
    """A questionnaire, then each of its items; for a choice the plugin sends all the options, not the one chosen."""
    said = [parts.statement(event, "submitted", parts.module(module), around)]
    for item, given in event.detail.answers:
        result: Json = {"response": given, "completion": True}
        if item.type != "text":
            result = {"response": item.text, "completion": True, "extensions": {_CHOICE_RESPONSE: item.text}}
        place: list[JsonValue] = [parts.module(module), *around]
        said.append(parts.statement(event, "answered", parts.feedback_item(item), place, result=result))
    return said


def _attempt_started(parts: Parts, event: Event, module: Module, around: list[JsonValue]) -> list[Json]:
    attempt = parts.attempt(module, event.detail.attempt_id)
    return [parts.statement(event, "started", attempt, [parts.module(module), *around])]


def _attempt_submitted(parts: Parts, event: Event, module: Module, around: list[JsonValue]) -> list[Json]:
    """The attempt, then its short-answer questions: what the plugin sends for the other types was not captured."""
    attempt = parts.attempt(module, event.detail.attempt_id)
    place: list[JsonValue] = [parts.module(module), *around]
    said = [parts.statement(event, "completed", attempt, place, result=_score(event, module))]
    for question, given in event.detail.answers:
        if question.type == "shortanswer":
            thing = parts.question(module, question)
            result: Json = {"response": given, "completion": True}
            said.append(parts.statement(event, "answered", thing, [attempt, *place], result=result))
    return said


def _score(event: Event, module: Module) -> Json:
    """Scores run from 0 to 10 and are scaled from -1 to 1; success is told with or without a required pass."""
    raw = event.detail.score * MAX_GRADE / 100
    passing = module.doc.settings.grade_pass if isinstance(module.doc, QuizActivity) else 0
    result: Json = {
        "score": {"raw": _short(raw), "min": 0, "max": MAX_GRADE, "scaled": _short(2 * raw / MAX_GRADE - 1)},
        "completion": True,
        "success": event.detail.score >= passing,
    }
    if event.detail.seconds:
        minutes, seconds = divmod(event.detail.seconds, 60)
        result["duration"] = "PT" + (f"{minutes}M" if minutes else "") + (f"{seconds}S" if seconds else "")
    return result


def _short(number: float) -> int | float:
    return int(number) if number == int(number) else number


def _attempt_reviewed(parts: Parts, event: Event, module: Module, around: list[JsonValue]) -> list[Json]:
    attempt, person = parts.attempt(module, event.detail.attempt_id), parts.site.people[event.person_id]
    place: list[JsonValue] = [attempt, parts.module(module), *around]
    return [parts.statement(event, "received", parts.review(event.detail.attempt_id), place, instructor=person)]


def _posted(parts: Parts, event: Event, module: Module, around: list[JsonValue]) -> list[Json]:
    post = parts.post(module, event.detail.post_id, event.detail.text)
    return [parts.statement(event, "replied", post, [parts.discussion(module), parts.module(module), *around])]


def _discussion(verb: str) -> Callable[[Parts, Event, Module, list[JsonValue]], list[Json]]:
    def tell(parts: Parts, event: Event, module: Module, around: list[JsonValue]) -> list[Json]:
        return [parts.statement(event, verb, parts.discussion(module), [parts.module(module), *around])]

    return tell


_ABOUT_MODULE: dict[str, Callable[[Parts, Event, Module, list[JsonValue]], list[Json]]] = {
    events.MODULE_CREATED: _created,
    events.COMPLETION: _completion,
    events.SUBMITTED: _submitted,
    events.CHOSEN: _chosen,
    events.FEEDBACK_SENT: _feedback,
    events.ATTEMPT_STARTED: _attempt_started,
    events.ATTEMPT_SUBMITTED: _attempt_submitted,
    events.ATTEMPT_REVIEWED: _attempt_reviewed,
    events.POSTED: _posted,
    events.DISCUSSION_STARTED: _discussion("created"),
    events.DISCUSSION_FOLLOWED: _discussion("subscribed"),
}
