"""A small published session that the sandbox's tests share."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from connector.moodle.sandbox.plugin_publish import publish

if TYPE_CHECKING:
    from connector.moodle.sandbox import Sandbox

CODE = "CM-69L4-2026A"
TEACHER, OTHER, TRAINER = "camille.arnaud@ac-exemple.fr", "hugo.bertin@ac-exemple.fr", "anne.martin@ac-exemple.fr"
NOW = 1_795_309_200  # 2026-11-22T01:00:00Z


def activity(key: str, module: str, completion: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "idnumber": f"{CODE}/{key}",
        "section": "s1",
        "module": module,
        "name": key.capitalize(),
        "completion": completion,
        **more,
    }


AUTOMATIC = {"tracking": "automatic"}
ACTIVITIES = [
    activity("page", "page", {**AUTOMATIC, "view": True}),
    activity("quiz", "quiz", {**AUTOMATIC, "passgrade": True},
             settings={"gift": "::Q1:: 2+2 ? {=4}\n\n::Q2:: Vrai ? {T}", "grade_pass": 50}),
    activity("depot", "assign", {**AUTOMATIC, "submit": True}, settings={"online_text": True}),
    activity("choix", "choice", {**AUTOMATIC, "submit": True}, settings={"options": ["Oui", "Non"]}),
    activity("bilan", "feedback", {**AUTOMATIC, "submit": True},
             settings={"items": [{"name": "Utile ?", "type": "choice", "options": ["Oui", "Non"]}]}),
    activity("forum", "forum", {**AUTOMATIC, "posts": 1},
             settings={"first_post": {"subject": "Présentez-vous", "message": "<p>Qui êtes-vous ?</p>"}}),
    activity("salon", "forum", {"tracking": "none"}),
    activity("presence", "label", {"tracking": "manual", "locked": True}),
    activity("manuel", "label", {"tracking": "manual"}),
    activity("cachee", "page", {"tracking": "none"}, visible=False),
    activity("suite", "page", {**AUTOMATIC, "view": True}, availability={"completed": [f"{CODE}/quiz"]}),
    activity("reservee", "page", {"tracking": "none"}, availability={"groups": ["A"]}),
    activity("ferme", "quiz", {"tracking": "none"},
             settings={"gift": "Oui ? {T}", "attempts": 1, "open": NOW + 10, "close": NOW + 20}),
    activity("datee", "page", {"tracking": "none"}, availability={"from": NOW + 10, "until": NOW + 20}),
]  # fmt: skip
DOCUMENT: dict[str, Any] = {
    "format": "parcours-publication/1",
    "code": CODE,
    "categories": [{"idnumber": "lyon4", "name": "Lyon 4"}],
    "course": {
        "shortname": CODE, "fullname": "Le calcul mental", "summary": "", "startdate": NOW, "enddate": NOW + 60 * 86400,
        "visible": True,
    },
    "sections": [{"id": "s1", "name": "Se situer"}],
    "groups": [{"idnumber": f"{CODE}/groupe/A", "name": "A"}],
    "activities": ACTIVITIES,
    "enrolments": [
        {"email": TEACHER, "role": "student"},
        {"email": OTHER, "role": "student", "groups": ["A"]},
        {"email": TRAINER, "role": "editingteacher"},
    ],
}  # fmt: skip


def settle(sandbox: Sandbox, **changes: Any) -> Sandbox:
    """Publish the session and forget the statements of the publication itself."""
    connector = next(person for person in sandbox.site.people.values() if person.manager)
    publish(sandbox.site, connector, json.dumps({**DOCUMENT, **changes}))
    return sandbox
