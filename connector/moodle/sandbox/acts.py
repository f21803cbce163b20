"""What a person does on the site, and the events that Moodle raises for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from connector.errors import DataError
from connector.language import _
from connector.moodle.sandbox import completion, events
from connector.moodle.sandbox.activity_documents import QuizSettings
from connector.moodle.sandbox.events import Detail, Event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.moodle.sandbox.site import Course, Module, Person, Progress, Question, Site

SECONDS_PER_QUESTION = 45


class Kind(StrEnum):
    """Acts by the name that the control surface gives them."""

    VIEW = "consulter"
    TICK = "cocher"
    UNTICK = "decocher"
    SUBMIT = "remettre"
    CHOOSE = "choisir"
    ANSWER = "repondre"
    ATTEMPT = "tester"
    POST = "poster"
    VALIDATE = "valider"
    INVALIDATE = "invalider"


@dataclass(frozen=True)
class Act:
    """One act. `score` is the percentage of a quiz attempt, `text` what is written or chosen, `by` the e-mail of the
    trainer who validates for the participant, `at` its epoch second (the site's present by default).
    """

    kind: Kind
    score: float = 100.0
    text: str = ""
    by: str = ""
    at: int | None = None


@dataclass(frozen=True)
class _Scene:
    site: Site
    course: Course
    module: Module
    person: Person
    progress: Progress
    act: Act
    at: int

    def event(self, name: str, **detail: object) -> Event:
        return Event(
            name,
            self.person.id,
            self.course.id,
            self.at,
            self.module.cmid,
            detail=Detail(**detail),  # type: ignore[arg-type]
        )

    def announced(self, states: list[int]) -> Iterator[Event]:
        for state in states:
            yield self.event(events.COMPLETION, state=state)

    def updated(self) -> Iterator[Event]:
        return self.announced(completion.update(self.module.doc, self.progress, completion.RECOMPUTE, self.at))

    def refusal(self, why: str) -> DataError:
        return DataError(
            _("{fullname}, « {name} » : {why}.", fullname=self.person.fullname, name=self.module.doc.name, why=why)
        )


def perform(site: Site, email: str, idnumber: str, act: Act) -> list[Event]:
    """Do the act and return its events in Moodle's order; refuse what Moodle's pages would not let the person do.

    `idnumber` is an activity's, or a course's for `Kind.VIEW`. Raises `DataError`.
    """
    person = site.person_by_email(email)
    if person is None:
        raise DataError(_("Le bac à sable n'a pas de compte actif {email}.", email=email))
    at = site.clock() if act.at is None else act.at
    course = next((course for course in site.courses.values() if course.idnumber == idnumber), None)
    if course is not None and act.kind is Kind.VIEW:
        _check_enrolled(person, course)
        return [Event(events.COURSE_VIEWED, person.id, course.id, at)]
    module = site.module_by_idnumber(idnumber)
    if module is None:
        raise DataError(
            _("Le bac à sable n'a pas d'activité « {idnumber} ».", idnumber=idnumber),
            remedy=_("Publiez d'abord la session."),
        )
    course = site.courses[module.course_id]
    _check_enrolled(person, course)
    progress = site.progress_of(person.id, module.cmid)
    scene = _Scene(site, course, module, person, progress, act, at)
    if act.kind in (Kind.VALIDATE, Kind.INVALIDATE):
        return _override(scene)
    _check_access(scene)
    if module.modname not in _WHERE.get(act.kind, {module.modname}):
        raise scene.refusal(
            _("on ne peut pas {value} dans un module {modname}", value=act.kind.value, modname=module.modname)
        )
    return list(_ACTS[act.kind](scene))


def _check_enrolled(person: Person, course: Course) -> None:
    if person.id not in course.enrolments:
        raise DataError(
            _(
                "{fullname} n'est pas inscrit au cours « {shortname} ».",
                fullname=person.fullname,
                shortname=course.shortname,
            )
        )


def _check_access(scene: _Scene) -> None:
    if scene.course.enrolments[scene.person.id] != {"student"}:
        return
    if not scene.module.doc.visible:
        raise scene.refusal(_("l'activité est cachée aux participants"))
    unmet = completion.unmet_restriction(scene.site, scene.course, scene.module, scene.person.id, scene.at)
    if unmet is not None:
        raise scene.refusal(_("l'accès est restreint ({unmet})", unmet=unmet))


def _view(scene: _Scene) -> Iterator[Event]:
    yield scene.event(events.viewed(scene.module.modname))
    yield from scene.announced(completion.view(scene.module.doc, scene.progress, scene.at))


def _tick(scene: _Scene) -> Iterator[Event]:
    doc = scene.module.doc
    if doc.completion.tracking != "manual":
        raise scene.refusal(_("l'achèvement n'y est pas coché à la main"))
    if doc.completion.locked:
        raise scene.refusal(_("seul un formateur la valide"))
    wanted = completion.COMPLETE if scene.act.kind is Kind.TICK else completion.INCOMPLETE
    yield from scene.announced(completion.update(doc, scene.progress, wanted, scene.at))


def _override(scene: _Scene) -> list[Event]:
    trainer = scene.site.person_by_email(scene.act.by)
    if trainer is None or not can_override(trainer, scene.course):
        raise scene.refusal(_("{qui} n'a pas le droit de valider pour autrui", qui=scene.act.by or _("personne")))
    wanted = completion.COMPLETE if scene.act.kind is Kind.VALIDATE else completion.INCOMPLETE
    states = completion.update(scene.module.doc, scene.progress, wanted, scene.at, override_by=trainer.id)
    return list(scene.announced(states))


def can_override(person: Person, course: Course) -> bool:
    """Tell whether the person may set others' completion: the connector's account and the course's teachers."""
    return person.manager or bool(course.enrolments.get(person.id, set()) & {"teacher", "editingteacher"})


def _submit(scene: _Scene) -> Iterator[Event]:
    yield from _view(scene)
    scene.progress.submitted = True
    yield from scene.updated()
    yield scene.event(events.SUBMITTED)


def _choose(scene: _Scene) -> Iterator[Event]:
    yield from _view(scene)
    scene.progress.submitted = True
    yield from scene.updated()
    yield scene.event(events.CHOSEN, text=scene.act.text or scene.module.doc.settings.model_dump()["options"][0])


def _answer(scene: _Scene) -> Iterator[Event]:
    yield from _view(scene)
    scene.progress.submitted = True
    answers = tuple((item, scene.act.text) for item in scene.module.questions)
    yield scene.event(events.FEEDBACK_SENT, answers=answers)
    yield from scene.updated()


def _attempt(scene: _Scene) -> Iterator[Event]:
    """Start, finish and review one attempt; the best grade is kept. Of H5P's own attempts Moodle announces nothing."""
    if scene.module.modname == "h5pactivity":
        yield from _view(scene)
        scene.progress.grade = max(scene.progress.grade or 0.0, scene.act.score)
        yield from scene.updated()
        return
    _check_attempt(scene)
    yield from _view(scene)
    scene.progress.attempts += 1
    attempt = scene.site.next_id("quiz_attempts")
    yield scene.event(events.ATTEMPT_STARTED, attempt_id=attempt)
    questions = scene.module.questions
    seconds = SECONDS_PER_QUESTION * len(questions)
    scene.progress.submitted = True
    scene.progress.grade = max(scene.progress.grade or 0.0, scene.act.score)
    right = round(len(questions) * scene.act.score / 100)
    answers = tuple((question, _given(question, rank < right)) for rank, question in enumerate(questions))
    done = replace(scene, at=scene.at + seconds)
    yield from done.updated()
    yield done.event(
        events.ATTEMPT_SUBMITTED, attempt_id=attempt, score=scene.act.score, seconds=seconds, answers=answers
    )
    yield done.event(events.ATTEMPT_REVIEWED, attempt_id=attempt)


def _check_attempt(scene: _Scene) -> None:
    settings = scene.module.doc.settings
    assert isinstance(settings, QuizSettings)  # noqa: S101 - `_WHERE` lets this act into quizzes only
    if settings.attempts and scene.progress.attempts >= settings.attempts:
        raise scene.refusal(_("toutes les tentatives sont faites"))
    if scene.at < settings.open or (settings.close and scene.at >= settings.close):
        raise scene.refusal(_("le test n'est pas ouvert"))


def _given(question: Question, right: bool) -> str:  # noqa: FBT001
    return question.answer if right else "?"


def _post(scene: _Scene) -> Iterator[Event]:
    """Reply to the discussion that opens the forum, or open one."""
    scene.progress.posts += 1
    post = scene.site.next_id("forum_posts")
    if scene.module.discussion_id:
        yield scene.event(events.POSTED, text=scene.act.text, post_id=post)
    else:
        scene.module.discussion_id = scene.site.next_id("forum_discussions")
        scene.module.discussion_name = scene.act.text.split("\n")[0][:80]
        yield scene.event(events.DISCUSSION_STARTED)
    yield from scene.updated()
    yield scene.event(events.DISCUSSION_FOLLOWED)


# fmt: off
_WHERE = {
    Kind.VIEW: {
        "page", "url", "forum", "assign", "quiz", "choice", "feedback", "resource", "h5pactivity", "bigbluebuttonbn",
    },
    Kind.SUBMIT: {"assign"},
    Kind.CHOOSE: {"choice"},
    Kind.ANSWER: {"feedback"},
    Kind.ATTEMPT: {"quiz", "h5pactivity"},
    Kind.POST: {"forum"},
}
# fmt: on
_ACTS = {
    Kind.VIEW: _view,
    Kind.TICK: _tick,
    Kind.UNTICK: _tick,
    Kind.SUBMIT: _submit,
    Kind.CHOOSE: _choose,
    Kind.ANSWER: _answer,
    Kind.ATTEMPT: _attempt,
    Kind.POST: _post,
}
