"""What a publication did, in French and as JSON."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from connector.language import N_, SOURCE, _, language, ngettext
from connector.moodle.activities.note import SUFFIX as NOTE_SUFFIX
from connector.publish.values import field_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.publish.changes import Change, Plan
    from connector.publish.outcome import Outcome

KINDS = {
    "cours": (N_("cours"), N_("cours")),
    "section": (N_("étape"), N_("étapes")),
    "activite": (N_("activité"), N_("activités")),
    "note": (N_("note aux formateurs"), N_("notes aux formateurs")),
    "groupe": (N_("groupe"), N_("groupes")),
    "inscription": (N_("inscription"), N_("inscriptions")),
    "evenement": (N_("événement du calendrier"), N_("événements du calendrier")),
    "appel": (N_("séance d'appel"), N_("séances d'appel")),
}
"""Kinds of changes that are counted, with their singular and plural; the others are our own affairs."""

IN_PREPARATION = N_("En préparation : le cours est masqué aux participants ; « parcours publier … --ouvrir » l'ouvre.")

WHY_KEPT = {
    "hascompletions": N_("des participants l'ont déjà achevée"),
    "hasattempts": N_("des participants y ont déjà répondu"),
    "hasresponses": N_("des participants y ont déjà répondu"),
    "hasanswers": N_("des participants y ont déjà répondu"),
}
_PHRASES = {
    "categorie": N_("la catégorie"),
    "cours": N_("le cours"),
    "section": N_("l'étape"),
    "activite": N_("l'activité"),
    "note": N_("la note aux formateurs"),
    "groupe": N_("le groupe"),
    "inscription": N_("l'inscription de"),
    "evenement": N_("l'événement"),
    "appel": N_("la séance d'appel"),
    "ordre": N_("l'ordre"),
}
_DONE = {
    "creer": N_("créé"),
    "ouvrir": N_("ouvert"),
    "rouvrir": N_("rouvert"),
    "modifier": N_("modifié"),
    "deplacer": N_("déplacé"),
    "masquer": N_("masqué"),
    "annuler": N_("annulé"),
    "retirer": N_("retiré"),
}
_FEMININE = {"section", "activite", "note", "inscription", "appel"}


def said(outcome: Outcome) -> str:
    """Return the summary that a trainer reads after a publication."""
    session, plan = outcome.session, outcome.plan
    told = _told(plan)
    head = _("{code} est publié : {url}", code=session.code, url=session.course.url)
    unchanged = sum(not key.endswith(NOTE_SUFFIX) for key in plan.unchanged)
    lines = [head, *(f"  {line}" for line in _counted(told))]
    if not told:
        lines = [_("{code} est déjà à jour : {url}", code=session.code, url=session.course.url)]
    if unchanged:
        lines.append(ngettext("  {n} activité inchangée", "  {n} activités inchangées", unchanged))
    for kept in outcome.kept:
        why = _(WHY_KEPT.get(kept.why, kept.why))
        lines.append(
            _(
                "  gardé tel quel dans Moodle : {field} de {idnumber} ({why})",
                field=field_name(kept.what),
                idnumber=kept.idnumber,
                why=why,
            )
        )
    lines += left_lines(outcome.left)
    lines += [f"  {remark}" for remark in plan.remarks]
    lines += unknown_lines(plan.unknown_people)
    lines += unlisted_lines(plan.unlisted)
    lines += [_(IN_PREPARATION)] if plan.prepared else []
    return "\n".join(lines)


def left_lines(left: Sequence[Change]) -> list[str]:
    """Return what to know of what somebody edited in Moodle, and that stays so."""
    if not left:
        return []
    return [
        *(_("  laissé comme dans Moodle : {edited}", edited=_edited(change)) for change in left),
        _("  (« parcours planifier » montre ces modifications, --ecraser les remplace)"),
    ]


def unknown_lines(people: Sequence[str]) -> list[str]:
    """Return whom the site does not know by one account."""
    if not people:
        return []
    head = ngettext(
        "{n} personne sans compte (ou avec plusieurs) sur le site, à inscrire quand le compte existera :",
        "{n} personnes sans compte (ou avec plusieurs) sur le site, à inscrire quand le compte existera :",
        len(people),
    )
    return [head, *(f"  {email}" for email in people)]


def unlisted_lines(people: Sequence[str]) -> list[str]:
    """Return what to know of those who are enrolled and whom the session does not name."""
    if not people:
        return []
    head = ngettext(
        "Dans le cours, {n} inscription n'est pas demandée par la session ; elle est laissée, car Moodle retire de ses"
        " relevés d'achèvement les personnes désinscrites ou suspendues :",
        "Dans le cours, {n} inscriptions ne sont pas demandées par la session ; elles sont laissées, car Moodle retire"
        " de ses relevés d'achèvement les personnes désinscrites ou suspendues :",
        len(people),
    )
    return [
        head,
        *(f"  {one}" for one in people),
        _("  Si quelqu'un ne participe plus, désinscrivez-le dans Moodle."),
    ]


def _edited(change: Change) -> str:
    if change.action == "creer":
        return _("{phrase}, qui y a été supprimé", phrase=phrase(change))
    return with_fields(change)


def with_fields(change: Change) -> str:
    """Return what a change is about and what of it: « l'activité « Bienvenue » (titre, contenu) »."""
    fields = ", ".join(dict.fromkeys(field_name(name) for name in change.fields))
    return f"{phrase(change)} ({fields})" if fields else phrase(change)


def phrase(change: Change) -> str:
    """Return what a change is about, with its article: « l'activité « Bienvenue » »."""
    if change.kind == "instantane":
        return _("les données du crédit d'heures (durées, créneaux, inscrits)")
    article = _(_PHRASES[_kind(change)])
    if change.kind == "inscription":
        return f"{article} {change.name}"
    return _("{article} « {name} »", article=article, name=change.name)


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
        lines.append(f"{number(count, *KINDS[kind])} {_agreed(action, kind, count)}")
    return lines + [_("{name} changé", name=change.name) for change in changes if change.kind == "ordre"]


def _agreed(action: str, kind: str, count: int) -> str:
    """Return what was done, agreed with its subject: French does, English does not."""
    done = _(_DONE[action])
    return done if language() != SOURCE else done + ("e" if kind in _FEMININE else "") + ("s" if count > 1 else "")


def _kind(change: Change) -> str:
    return "note" if change.key.endswith(NOTE_SUFFIX) else change.kind


def number(count: int, singular: str, plural: str) -> str:
    """Return « 1 personne », « 2 personnes »."""
    return f"{count} {_(singular if count < 2 else plural)}"
