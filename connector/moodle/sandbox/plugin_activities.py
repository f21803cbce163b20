"""Rules about activities that publishing needs: order of creation, questions, what learners' work freezes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.moodle.sandbox.activity_documents import (
    ActivityDoc,
    ChoiceSettings,
    FeedbackSettings,
    ForumSettings,
    QuizSettings,
)
from connector.moodle.sandbox.document_reader import refusal
from connector.moodle.sandbox.site import Question
from scenarios.gift import GiftError, parse_gift

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.moodle.sandbox.document_parts import Doc
    from connector.moodle.sandbox.site import Course, Site


def prerequisites_first(activities: Sequence[ActivityDoc], course: Course) -> list[tuple[int, ActivityDoc]]:
    """Return the activities with their places in the document, each right after what it waits for.

    Raises the plugin's refusals of a circle and of a prerequisite that is nowhere.
    """
    places = {doc.idnumber: position for position, doc in enumerate(activities)}
    ordered: dict[str, tuple[int, ActivityDoc]] = {}

    def put(idnumber: str, waiting: tuple[str, ...]) -> None:
        if idnumber in ordered:
            return
        path = f"$.activities[{places[idnumber]}].availability.completed"
        if idnumber in waiting:
            raise refusal("invaliddocument", path, "the activity waits for itself")
        doc = activities[places[idnumber]]
        for rank, prerequisite in enumerate(doc.availability.completed):
            if prerequisite in places:
                put(prerequisite, (*waiting, idnumber))
            elif prerequisite not in course.modules:
                raise refusal("unknownprerequisite", f"{path}[{rank}]", prerequisite)
        ordered[idnumber] = (places[idnumber], doc)

    for doc in activities:
        put(doc.idnumber, ())
    return list(ordered.values())


def questions_of(site: Site, path: str, doc: ActivityDoc) -> tuple[Question, ...]:
    """Return the questions of a quiz or the items of a questionnaire, with new ids."""
    settings = doc.settings
    if isinstance(settings, QuizSettings):
        try:
            found = parse_gift(settings.gift) if settings.gift else ()
        except GiftError as error:
            raise refusal("invalidgift", f"{path}.settings.gift", error.faults[0].message) from error
        return tuple(Question(site.next_id("question"), q.name, q.text.text, q.kind, q.right_answer) for q in found)
    if isinstance(settings, FeedbackSettings):
        return tuple(
            Question(site.next_id("feedback_item"), item.name, "|".join(item.options), item.type)
            for item in settings.items
        )
    return ()


def kept_settings(old: ActivityDoc, new: ActivityDoc) -> tuple[Doc, str]:
    """Return the settings that may be written once somebody has answered, and what was kept (or empty)."""
    before, after = old.settings, new.settings
    if isinstance(before, QuizSettings) and isinstance(after, QuizSettings) and before.gift != after.gift:
        return after.model_copy(update={"gift": before.gift}), "settings.gift"
    if isinstance(before, FeedbackSettings) and isinstance(after, FeedbackSettings) and before.items != after.items:
        return after.model_copy(update={"items": before.items}), "settings.items"
    if isinstance(before, ChoiceSettings) and isinstance(after, ChoiceSettings) and not _only_adds(before, after):
        return before, "settings.options"
    return after, ""


def loses_first_post(old: ActivityDoc, new: ActivityDoc) -> bool:
    """Tell whether a forum would lose the message that opens it."""
    before, after = old.settings, new.settings
    return (
        isinstance(before, ForumSettings)
        and isinstance(after, ForumSettings)
        and before.first_post is not None
        and after.first_post is None
    )


def first_post_kept(old: ActivityDoc, new: ActivityDoc) -> dict[str, object]:
    """Return what of a forum stays so that its first message does, with the files that it shows."""
    post = old.settings.model_dump()["first_post"]
    settings = ForumSettings.model_validate(new.settings.model_dump() | {"first_post": post})
    files = [*(file for file in new.files if file.area != "post"), *(file for file in old.files if file.area == "post")]
    return {"settings": settings, "files": tuple(sorted(files, key=lambda one: (one.area, one.name)))}


def _only_adds(before: ChoiceSettings, after: ChoiceSettings) -> bool:
    return after.options[: len(before.options)] == before.options
