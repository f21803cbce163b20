"""`questionnaire`: several questions, no mark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.moodle.activities.base import brief, contents, settings, shown
from scenarios.content import ContenuQuestionnaire

if TYPE_CHECKING:
    from pydantic import JsonValue

    from connector.moodle.document import ActivitySettings
    from scenarios.content import Question
    from scenarios.prepare import PreparedActivity

_KINDS = {"texte": "text", "choix": "choice", "echelle": "scale"}


def build(activity: PreparedActivity, code: str) -> ActivitySettings:
    """Return a feedback activity; answers bear their author's name, so that a trainer can follow them up."""
    items: list[JsonValue] = [
        _item(question) for question in contents(activity.activite, ContenuQuestionnaire).questions
    ]
    return settings(
        activity,
        code,
        "feedback",
        intro=brief(activity),
        files=shown(activity, "intro", "consigne"),
        details={"items": items, "anonymous": False},
    )


def _item(question: Question) -> JsonValue:
    # Moodle keeps the options in one text, with `|` between them.
    options: list[JsonValue] = [option.replace("|", "/") for option in question.options or ()]
    return {"name": question.intitule, "type": _KINDS[question.type], "options": options}
