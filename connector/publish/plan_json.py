"""A plan as a JSON document, `plan/1` (docs/architecture.md): keys are added, never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.publish.changes import Change
    from connector.publish.hours import Touched
    from connector.publish.planned import Planned


def plan_json(planned: Planned, code: str, hours: Sequence[Touched]) -> dict[str, Any]:
    """Return the document; durations in minutes, instants in epoch seconds, texts as HTML."""
    plan, mode = planned.plan, planned.mode
    return {
        "format": "plan/1",
        "session": code,
        "mode": mode.letter if mode else None,
        "raison": mode.why if mode else None,
        "cours": {"id": planned.course.id, "url": planned.course.url} if planned.course else None,
        "en_preparation": plan.prepared,
        "rien_a_faire": not plan.changes,
        "changements": changes_json(plan.changes),
        "modifie_dans_moodle": changes_json(plan.drift),
        "gardees": [kept.model_dump() for kept in plan.kept],
        "inchangees": list(plan.unchanged),
        "remarques": list(plan.remarks),
        "a_la_main": [
            {"idnumber": one.idnumber, "nom": one.name, "champs": list(one.fields), "absente": not one.fields}
            for one in planned.by_hand
        ],
        "sans_compte": list(plan.unknown_people),
        "hors_session": list(plan.unlisted),
        "heures": [
            {
                "activite": one.activity_id,
                "personnes": one.people,
                "minutes": one.minutes,
                "duree_avant": one.before,
                "duree_apres": one.after,
            }
            for one in hours
        ],
    }


def changes_json(changes: Sequence[Change]) -> list[dict[str, Any]]:
    """Return changes, field by field; `origine` says who made the difference: auteur, moodle or deux."""
    return [
        {
            "action": change.action,
            "genre": change.kind,
            "cle": change.key,
            "nom": change.name,
            "champs": [
                {"champ": one.name, "avant": one.before, "apres": one.after, "origine": one.origin}
                for one in change.details
            ],
        }
        for change in changes
    ]
