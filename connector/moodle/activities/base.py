"""What every activity type shares on its way to Moodle: identity, completion, prerequisites, deadline, the brief."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from connector.moodle.activities import wording
from connector.moodle.activities.html import NO_LINKS, markdown, paragraph
from connector.moodle.document import ActivitySettings, Availability, Completion, File, FileArea, ModuleName

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic import BaseModel, JsonValue

    from scenarios.achievement import Achievement
    from scenarios.model import Activite
    from scenarios.prepare import PreparedActivity
    from scenarios.source_file import SourceFile

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


def settings(  # noqa: PLR0913 - what differs from one type to the next
    activity: PreparedActivity,
    code: str,
    module: ModuleName,
    *,
    intro: str,
    files: tuple[File, ...],
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
        files=files,
        showdescription=on_course_page,
        completion=completion,
        availability=_availability(activity, code),
        expected=due if expected and tracked else 0,
        settings=dict(details or {}),
    )


def _availability(activity: PreparedActivity, code: str) -> Availability:
    """Who may open the activity, and when; its deadline says when it is due, and closes nothing."""
    opening, closing = activity.ouverture, activity.fermeture
    return Availability(
        completed=tuple(idnumber(code, one) for one in activity.activite.prerequis),
        groups=tuple(sorted(activity.groupes)),
        from_=int(opening.timestamp()) if opening is not None else 0,
        until=int(closing.timestamp()) if closing is not None else 0,
    )


def brief(activity: PreparedActivity) -> str:
    """Return the HTML that opens an activity: how it is lived, then its `consigne`."""
    return paragraph(wording.how(activity.activite)) + written(activity, "consigne", activity.activite.consigne)


def written(activity: PreparedActivity, key: str, text: str | None) -> str:
    """Return the HTML of one of an activity's texts, `key` saying which one: `consigne`, `texte`…"""
    return markdown(text, activity.liens.get(key, NO_LINKS)) if text else ""


def shown(activity: PreparedActivity, area: FileArea, *keys: str) -> tuple[File, ...]:
    """Return the files that the texts named by `keys` show or link to, for the area where Moodle keeps these texts."""
    return kept_in(area, (file for key in keys for file in activity.liens.get(key, NO_LINKS).values()))


def kept_in(area: FileArea, sources: Iterable[SourceFile]) -> tuple[File, ...]:
    """Return files as the publication names them."""
    return tuple(File(area=area, name=one.name, size=one.size, sha1=one.sha1) for one in sources)


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
