"""What every activity type shares on its way to Moodle: identity, completion, prerequisites, deadline, the brief."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from connector.moodle.activities import wording
from connector.moodle.activities.html import markdown, paragraph
from connector.moodle.document import ActivitySettings, Availability, Completion, ModuleName

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel, JsonValue

    from scenarios.achievement import Achievement
    from scenarios.model import Activite
    from scenarios.prepare import PreparedActivity

_COMPLETIONS = {
    "aucun": Completion(),
    "manuel": Completion(tracking="manual"),
    "emargement": Completion(tracking="manual", locked=True),
    "vue": Completion(tracking="automatic", view=True),
    "remise": Completion(tracking="automatic", submit=True),
    "reponse": Completion(tracking="automatic", submit=True),
    "note": Completion(tracking="automatic", passgrade=True),
}

M = TypeVar("M", bound="BaseModel")


def idnumber(code: str, activity_id: str) -> str:
    """Return what identifies an activity on a site, from one publication to the next."""
    return f"{code}/{activity_id}"


def settings(
    activity: PreparedActivity,
    code: str,
    module: ModuleName,
    *,
    intro: str,
    on_course_page: bool = False,
    expected: bool = True,
    details: Mapping[str, JsonValue] | None = None,
) -> ActivitySettings:
    """Return the publication of `activity` as `module`, with what does not depend on its type.

    `on_course_page` shows the intro there too; `expected` false when the module has a deadline of its own.
    """
    activite = activity.activite
    completion = completion_of(activite.achevement)
    tracked = completion.tracking != "none"
    due = int(activity.echeance.timestamp()) if activity.echeance is not None else 0
    return ActivitySettings(
        idnumber=idnumber(code, activite.id),
        section=activity.sequence,
        module=module,
        name=activite.titre,
        intro=intro,
        showdescription=on_course_page,
        completion=completion,
        availability=Availability(completed=tuple(idnumber(code, one) for one in activite.prerequis)),
        expected=due if expected and tracked else 0,
        settings=dict(details or {}),
    )


def brief(activite: Activite) -> str:
    """Return the HTML that opens an activity: how it is lived, then its `consigne`."""
    return paragraph(wording.how(activite)) + (markdown(activite.consigne) if activite.consigne else "")


def completion_of(achievement: Achievement) -> Completion:
    """Return Moodle's rule for an author's `achevement`; a signed activity cannot be ticked by its participants."""
    if achievement.kind == "messages":
        return Completion(tracking="automatic", posts=achievement.messages or 1)
    return _COMPLETIONS[achievement.kind]


def contents(activite: Activite, kind: type[M]) -> M:
    """Return the activity's `contenu`, known to be of `kind` by the registry."""
    if not isinstance(activite.contenu, kind):
        message = f"{activite.id}: {type(activite.contenu).__name__} instead of {kind.__name__}"
        raise TypeError(message)
    return activite.contenu
