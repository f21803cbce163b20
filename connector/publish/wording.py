"""What a publication did, in French and as JSON."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from connector.moodle.activities.note import SUFFIX as NOTE_SUFFIX
from connector.publish.values import field_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.publish.apply import Outcome
    from connector.publish.changes import Change, Plan

KINDS = {
    "cours": ("cours", "cours"),
    "section": ("étape", "étapes"),
    "activite": ("activité", "activités"),
    "note": ("note aux formateurs", "notes aux formateurs"),
    "groupe": ("groupe", "groupes"),
    "inscription": ("inscription", "inscriptions"),
    "evenement": ("événement du calendrier", "événements du calendrier"),
    "appel": ("séance d'appel", "séances d'appel"),
}
"""Kinds of changes that are counted, with their singular and plural; the others are our own affairs."""

IN_PREPARATION = "En préparation : le cours est masqué aux participants ; « parcours publier … --ouvrir » l'ouvre."

WHY_KEPT = {
    "hascompletions": "des participants l'ont déjà achevée",
    "hasattempts": "des participants y ont déjà répondu",
    "hasresponses": "des participants y ont déjà répondu",
    "hasanswers": "des participants y ont déjà répondu",
}
_PHRASES = {
    "categorie": "la catégorie",
    "cours": "le cours",
    "section": "l'étape",
    "activite": "l'activité",
    "note": "la note aux formateurs",
    "groupe": "le groupe",
    "inscription": "l'inscription de",
    "evenement": "l'événement",
    "appel": "la séance d'appel",
    "ordre": "l'ordre",
}
_DONE = {
    "creer": "créé",
    "ouvrir": "ouvert",
    "rouvrir": "rouvert",
    "modifier": "modifié",
    "deplacer": "déplacé",
    "masquer": "masqué",
    "annuler": "annulé",
    "retirer": "retiré",
}
_FEMININE = {"section", "activite", "note", "inscription", "appel"}


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
        lines.append(f"  {number(unchanged, 'activité inchangée', 'activités inchangées')}")
    for kept in outcome.kept:
        why = WHY_KEPT.get(kept.why, kept.why)
        lines.append(f"  gardé tel quel dans Moodle : {field_name(kept.what)} de {kept.idnumber} ({why})")
    lines += left_lines(outcome.left)
    lines += [f"  {remark}" for remark in plan.remarks]
    if plan.unknown_people:
        count = number(len(plan.unknown_people), "personne", "personnes")
        lines.append(f"{count} sans compte (ou avec plusieurs) sur le site, à inscrire quand le compte existera :")
        lines += [f"  {email}" for email in plan.unknown_people]
    lines += unlisted_lines(plan.unlisted)
    lines += [IN_PREPARATION] if plan.prepared else []
    return "\n".join(lines)


def left_lines(left: Sequence[Change]) -> list[str]:
    """Return what to know of what somebody edited in Moodle, and that stays so."""
    if not left:
        return []
    return [
        *(f"  laissé comme dans Moodle : {_edited(change)}" for change in left),
        "  (« parcours planifier » montre ces modifications, --ecraser les remplace)",
    ]


def unlisted_lines(people: Sequence[str]) -> list[str]:
    """Return what to know of those who are enrolled and whom the session does not name."""
    if not people:
        return []
    count = number(len(people), "inscription n'est pas demandée", "inscriptions ne sont pas demandées")
    fate = "elle est laissée" if len(people) == 1 else "elles sont laissées"
    reports = "Moodle retire de ses relevés d'achèvement les personnes désinscrites ou suspendues"
    return [
        f"Dans le cours, {count} par la session ; {fate}, car {reports} :",
        *(f"  {one}" for one in people),
        "  Si quelqu'un ne participe plus, désinscrivez-le dans Moodle.",
    ]


def _edited(change: Change) -> str:
    if change.action == "creer":
        return f"{phrase(change)}, qui y a été supprimé"
    return with_fields(change)


def with_fields(change: Change) -> str:
    """Return what a change is about and what of it: « l'activité « Bienvenue » (titre, contenu) »."""
    fields = ", ".join(dict.fromkeys(field_name(name) for name in change.fields))
    return f"{phrase(change)} ({fields})" if fields else phrase(change)


def phrase(change: Change) -> str:
    """Return what a change is about, with its article: « l'activité « Bienvenue » »."""
    if change.kind == "instantane":
        return "les données du crédit d'heures (durées, créneaux, inscrits)"
    article = _PHRASES[_kind(change)]
    return f"{article} {change.name}" if change.kind == "inscription" else f"{article} « {change.name} »"


def as_json(outcome: Outcome) -> dict[str, Any]:
    """Return the same as a JSON document."""
    told = _told(outcome.plan)
    return {
        "session": outcome.session.code,
        "cours": {"id": outcome.session.course.id, "url": outcome.session.course.url},
        "en_preparation": outcome.plan.prepared,
        "creees": listed(told, "creer"),
        "modifiees": listed(told, "modifier"),
        "masquees": listed(told, "masquer"),
        "annulees": listed(told, "annuler"),
        "inchangees": list(outcome.plan.unchanged),
        "deplacees": listed(told, "deplacer"),
        "ouvertes": listed(told, "ouvrir"),
        "rouvertes": listed(told, "rouvrir"),
        "laissees": listed(outcome.left),
        "gardees": [kept.model_dump() for kept in outcome.kept],
        "remarques": list(outcome.plan.remarks),
        "sans_compte": list(outcome.plan.unknown_people),
        "hors_session": list(outcome.plan.unlisted),
    }


def _told(plan: Plan) -> list[Change]:
    """Return the changes worth telling."""
    return [one for one in plan.changes if one.kind in KINDS or one.kind == "ordre"]


def listed(changes: Sequence[Change], action: str | None = None) -> list[dict[str, Any]]:
    """Return changes, or those of one action, as JSON: what is changed and which of its fields."""
    return [
        {"genre": change.kind, "cle": change.key, "nom": change.name, "champs": list(change.fields)}
        for change in changes
        if action in (None, change.action)
    ]


def tally(changes: Sequence[Change]) -> Iterator[tuple[str, str, int]]:
    """Yield how many changes there are of each action and kind, in the order of `_DONE` and `KINDS`."""
    counts: Counter[tuple[str, str]] = Counter((change.action, _kind(change)) for change in changes)
    yield from ((action, kind, counts[action, kind]) for action in _DONE for kind in KINDS if counts[action, kind])


def _counted(changes: Sequence[Change]) -> list[str]:
    """Return « 12 activités créées », by action then kind."""
    lines = []
    for action, kind, count in tally(changes):
        ending = ("e" if kind in _FEMININE else "") + ("s" if count > 1 else "")
        lines.append(f"{number(count, *KINDS[kind])} {_DONE[action]}{ending}")
    return lines + [f"{change.name} changé" for change in changes if change.kind == "ordre"]


def _kind(change: Change) -> str:
    return "note" if change.key.endswith(NOTE_SUFFIX) else change.kind


def number(count: int, singular: str, plural: str | None = None) -> str:
    """Return « 1 personne », « 2 personnes »."""
    return f"{count} {singular if count < 2 else plural or singular + 's'}"
