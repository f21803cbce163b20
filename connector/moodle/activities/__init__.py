"""How each activity type of FORMATS.md section 1 becomes a Moodle activity: one module a type, this registry.

A builder takes a prepared activity and the session's code; it is pure. A type without a builder cannot be published
yet: `unpublishable` says so before anything is sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.moodle.activities import (
    devoir,
    etiquette,
    forum,
    note,
    page,
    presence,
    questionnaire,
    sondage,
    test,
    url,
)
from connector.moodle.activities.html import relative_targets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from connector.moodle.document import ActivitySettings
    from scenarios.prepare import PreparedActivity

BUILDERS: dict[str, Callable[[PreparedActivity, str], ActivitySettings]] = {
    "page": page.build,
    "etiquette": etiquette.build,
    "url": url.build,
    "forum": forum.build,
    "devoir": devoir.build,
    "test": test.build,
    "sondage": sondage.build,
    "questionnaire": questionnaire.build,
    "classe_virtuelle": presence.build,
    "presence": presence.build,
    "mise_en_oeuvre": devoir.build,
}


def build(activity: PreparedActivity, code: str) -> Iterator[ActivitySettings]:
    """Yield what Moodle must hold for an activity: itself, then its facilitation note."""
    yield BUILDERS[activity.activite.type](activity, code)
    hidden = note.build(activity, code)
    if hidden is not None:
        yield hidden


def unpublishable(activity: PreparedActivity) -> Iterator[str]:
    """Yield French sentences about what of an activity could not be published as its author meant it."""
    activite = activity.activite
    where = f"activité « {activite.titre} » ({activite.id})"
    if activite.type not in BUILDERS:
        yield (
            f"{where} : le type « {activite.type} » ne peut pas encore être publié dans Moodle ;"
            " retirez-la de la session par « contextualisation: retirer »."
        )
    for text in (activite.consigne, activite.note_formateur, activity.texte):
        for target in relative_targets(text or ""):
            yield (
                f"{where} : « {target} » est un fichier ou une adresse incomplète, qui ne peut pas encore être publié ;"
                " écrivez une adresse complète, en https."
            )
