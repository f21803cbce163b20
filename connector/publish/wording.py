"""What a publication did, in French and as JSON."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from connector.moodle.activities.note import SUFFIX as NOTE_SUFFIX

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from connector.publish.apply import Outcome
    from connector.publish.plan import Change, Plan

SHOWN = {
    "cours": ("cours", "cours"),
    "section": ("étape", "étapes"),
    "activite": ("activité", "activités"),
    "note": ("note aux formateurs", "notes aux formateurs"),
    "groupe": ("groupe", "groupes"),
    "inscription": ("inscription", "inscriptions"),
    "evenement": ("événement du calendrier", "événements du calendrier"),
    "ordre": ("ordre", "ordres"),
}
"""Kinds of changes that are told, with their singular and plural; the others are our own affairs."""

_DONE = {"creer": "créé", "modifier": "modifié", "masquer": "masqué", "annuler": "annulé"}
_TO_DO = {"creer": "créer", "modifier": "modifier", "masquer": "masquer", "annuler": "annuler"}
_FEMININE = {"section", "activite", "note", "inscription"}
_FIELDS = {
    "name": "titre",
    "fullname": "titre",
    "intro": "présentation",
    "summary": "présentation",
    "settings.content": "contenu",
    "completion": "achèvement",
    "availability": "restrictions d'accès",
    "expected": "date attendue",
    "visible": "visibilité",
    "section": "étape",
    "groups": "groupes",
    "start": "date",
    "minutes": "durée",
    "location": "lieu",
    "settings.gift": "questions",
    "settings.items": "questions",
    "settings.options": "options",
    "settings.due": "échéance",
    "settings.url": "adresse",
}
_WHY_KEPT = {
    "hascompletions": "des participants l'ont déjà achevée",
    "hasattempts": "des participants y ont déjà répondu",
    "hasresponses": "des participants y ont déjà répondu",
    "hasanswers": "des participants y ont déjà répondu",
}


def said(outcome: Outcome) -> str:
    """Return the summary that a trainer reads after a publication."""
    session, plan = outcome.session, outcome.plan
    told = _told(plan)
    head = f"{session.code} est publié : {session.course.url}"
    unchanged = sum(not key.endswith(NOTE_SUFFIX) for key in plan.unchanged)
    lines = [head, *(f"  {line}" for line in _counted(told))]
    if not told:
        lines = [f"{session.code} est déjà à jour : {session.course.url}"]
    if unchanged:
        lines.append(f"  {_number(unchanged, 'activité inchangée', 'activités inchangées')}")
    for kept in outcome.kept:
        why = _WHY_KEPT.get(kept.why, kept.why)
        lines.append(f"  gardé tel quel dans Moodle : {_field(kept.what)} de {kept.idnumber} ({why})")
    if plan.unknown_people:
        count = _number(len(plan.unknown_people), "personne", "personnes")
        lines.append(f"{count} sans compte (ou avec plusieurs) sur le site, à inscrire quand le compte existera :")
        lines += [f"  {email}" for email in plan.unknown_people]
    return "\n".join(lines)


def planned(changes: Iterable[Change]) -> str:
    """Return what is about to change on the site, one line each."""
    lines = ["Ce cours est déjà publié. La publication va :"]
    for change in changes:
        fields = ", ".join(dict.fromkeys(_field(name) for name in change.fields))
        lines.append(f"  {_TO_DO[change.action]} « {change.name} »" + (f" ({fields})" if fields else ""))
    return "\n".join(lines)


def as_json(outcome: Outcome) -> dict[str, Any]:
    """Return the same as a JSON document."""
    told = _told(outcome.plan)
    return {
        "session": outcome.session.code,
        "cours": {"id": outcome.session.course.id, "url": outcome.session.course.url},
        "creees": _listed(told, "creer"),
        "modifiees": _listed(told, "modifier"),
        "masquees": _listed(told, "masquer"),
        "annulees": _listed(told, "annuler"),
        "inchangees": list(outcome.plan.unchanged),
        "gardees": [kept.model_dump() for kept in outcome.kept],
        "sans_compte": list(outcome.plan.unknown_people),
    }


def _told(plan: Plan) -> list[Change]:
    """Return the changes worth telling: a new course has an order like any other."""
    return [one for one in plan.changes if one.kind in SHOWN and (one.kind, one.action) != ("ordre", "creer")]


def _listed(changes: Sequence[Change], action: str) -> list[dict[str, Any]]:
    return [
        {"genre": change.kind, "cle": change.key, "nom": change.name, "champs": list(change.fields)}
        for change in changes
        if change.action == action
    ]


def _counted(changes: Sequence[Change]) -> list[str]:
    """Return « 12 activités créées », by action then kind, in the order of `_DONE` and `SHOWN`."""
    counts: Counter[tuple[str, str]] = Counter((change.action, _kind(change)) for change in changes)
    lines = []
    for action, participle in _DONE.items():
        for kind, (singular, plural) in SHOWN.items():
            number = counts[action, kind]
            if number:
                ending = ("e" if kind in _FEMININE else "") + ("s" if number > 1 else "")
                lines.append(f"{_number(number, singular, plural)} {participle}{ending}")
    return lines


def _kind(change: Change) -> str:
    return "note" if change.key.endswith(NOTE_SUFFIX) else change.kind


def _number(count: int, singular: str, plural: str) -> str:
    return f"{count} {singular if count < 2 else plural}"


def _field(name: str) -> str:
    return _FIELDS.get(name, "réglages")
