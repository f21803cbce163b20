"""Cross rules of a parcours: ids, prerequisites, sums, modalities, completion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.achievement import KNOWN
from scenarios.checks import Finding
from scenarios.durations import format_duration
from scenarios.language import _
from scenarios.outside import refusal_by_name
from scenarios.vocabularies import COLLECTIONS, perhaps

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from scenarios.messages import Loc
    from scenarios.outline import ActivityOutline, ParcoursOutline

_FIXED_MODALITY = {"presence": "presence", "classe_virtuelle": "distance_synchrone", "mise_en_oeuvre": "en_classe"}


def check_parcours(outline: ParcoursOutline, *, removed: Collection[str] = ()) -> Iterator[Finding]:
    """Yield what is wrong between the parts of a parcours, except its sums.

    `removed` names the activities that a session took away: a prerequisite on one of them says so.
    """
    yield from _unique(_("de séquence"), outline.sequences)
    yield from _unique(_("d'activité"), [((*a.loc, "id"), a.id) for a in outline.activities if a.id is not None])
    yield from _prerequisites(outline.activities, removed)
    yield from _outside((), outline.titre)
    for activity in outline.activities:
        if activity.credite:
            yield from _outside(activity.loc, activity.titre)
        yield from _modality(activity)
        yield from _achievement(activity)
        if activity.type in {"page", "etiquette"} and not activity.has_text:
            yield Finding(activity.loc, _("rien à lire ici : ni « contenu » ni « consigne »"), "avertissement")
    if outline.origine == "academie" and not outline.has_academie:
        message = _("l'origine « academie » demande de nommer l'académie : ajoutez la clé « academie »")
        yield Finding(("origine",), message, "avertissement")


def check_sums(outline: ParcoursOutline, *, overlaid: bool = False) -> Iterator[Finding]:
    """Yield the differences between `durees` and what the credited activities add up to.

    In a session (`overlaid`) a difference is a warning: its local activities are its own. That there is no `durees` at
    all is told of the parcours, once.
    """
    if not outline.has_durees:
        if not overlaid and outline.collection and COLLECTIONS[outline.collection].facts["durees_obligatoires"]:
            message = _(
                "la clé obligatoire « durees » manque (collection « {collection} »)", collection=outline.collection
            )
            yield Finding((), message)
        return
    if outline.durees is None:
        return
    credited: list[tuple[str, int]] = []
    for activity in outline.activities:
        if activity.duree is None or activity.modalite is None or activity.credite is None:
            return
        if activity.credite:
            credited.append((activity.modalite, activity.duree))
    presence, distance = minutes_by_place(credited)
    for name, where, declared, found in (
        ("presence", _("en présence"), outline.durees.presence, presence),
        ("distance", _("à distance"), outline.durees.distance, distance),
    ):
        if declared != found:
            message = _(
                "durée {where} : {duree} annoncées, mais les activités créditées font {found}{overlay}",
                where=where,
                duree=format_duration(declared),
                found=format_duration(found),
                overlay=_(" dans cette session") if overlaid else "",
            )
            yield Finding(("durees", name), message, "avertissement" if overlaid else "erreur")


def minutes_by_place(credited: Iterable[tuple[str, int]]) -> tuple[int, int]:
    """Return the minutes in presence and at a distance of (modalite, minutes) pairs; in class counts in neither."""
    pairs = list(credited)
    return (
        sum(minutes for modalite, minutes in pairs if modalite == "presence"),
        sum(minutes for modalite, minutes in pairs if modalite.startswith("distance")),
    )


def _outside(loc: Loc, titre: str | None) -> Iterator[Finding]:
    """Refuse by name what never counts: whoever writes it credited would have it counted."""
    refused = refusal_by_name(titre) if titre else None
    if refused:
        yield Finding((*loc, "titre"), refused)


def _unique(what: str, identifiers: Iterable[tuple[tuple[str | int, ...], str]]) -> Iterator[Finding]:
    seen: set[str] = set()
    for loc, identifier in identifiers:
        if identifier in seen:
            yield Finding(
                loc,
                _("l'identifiant {what} « {identifier} » est déjà pris plus haut", what=what, identifier=identifier),
            )
        seen.add(identifier)


def _prerequisites(activities: tuple[ActivityOutline, ...], removed: Collection[str]) -> Iterator[Finding]:
    known: dict[str, ActivityOutline] = {}
    for activity in activities:
        if activity.id is not None:
            known.setdefault(activity.id, activity)
    for activity in activities:
        for loc, wanted in activity.prerequis:
            if wanted in removed:
                yield Finding(loc, _("prérequis « {wanted} » : la session retire cette activité", wanted=wanted))
            elif wanted not in known:
                yield Finding(
                    loc,
                    _(
                        "prérequis « {wanted} » : aucune activité ne porte cet identifiant{perhaps}",
                        wanted=wanted,
                        perhaps=perhaps(wanted, known),
                    ),
                )
            elif _never_complete(known[wanted]):
                yield Finding(
                    loc,
                    _("prérequis « {wanted} » : son achèvement est « aucun », il ne sera jamais rempli", wanted=wanted),
                )
    for circle in _circles(known):
        path = " → ".join((*circle, circle[0]))
        yield Finding((*known[circle[0]].loc, "prerequis"), _("ces prérequis tournent en rond : {path}", path=path))


def _never_complete(activity: ActivityOutline) -> bool:
    return activity.achevement is not None and activity.achevement.kind == "aucun"


def _circles(known: dict[str, ActivityOutline]) -> Iterator[list[str]]:
    """Yield each circle of prerequisites once, from its first activity in the file."""
    done: set[str] = set()
    for start in known:
        path: list[str] = []
        stack = [(start, 0)]
        while stack:
            current, depth = stack.pop()
            del path[depth:]
            if current in path:
                yield path[path.index(current) :]
            elif current not in done and current in known:
                path.append(current)
                done.add(current)
                stack.extend((wanted, depth + 1) for _, wanted in reversed(known[current].prerequis))


def _modality(activity: ActivityOutline) -> Iterator[Finding]:
    expected = _FIXED_MODALITY.get(activity.type or "")
    if expected and activity.modalite not in {None, expected}:
        message = _(
            "une activité de type « {type} » a pour modalité « {expected} »", type=activity.type, expected=expected
        )
        yield Finding((*activity.loc, "modalite"), message)
    if activity.modalite == "en_classe" and activity.credite:
        message = _("ce qui se fait en classe n'est jamais crédité : écrivez « credite: false »")
        yield Finding((*activity.loc, "credite"), message)


def _achievement(activity: ActivityOutline) -> Iterator[Finding]:
    known = KNOWN.get(activity.type or "")
    rule = activity.achevement
    if known is None or rule is None:
        return
    loc = (*activity.loc, "achevement")
    if rule.kind not in known:
        accepted = ", ".join(sorted(known))
        message = _(
            "une activité de type « {type} » ne connaît pas l'achèvement « {kind} » : {accepted}",
            type=activity.type,
            kind=rule.kind,
            accepted=accepted,
        )
        yield Finding(loc, message)
    elif rule.kind == "note" and activity.note_minimale not in {None, rule.note_percent}:
        message = _(
            "l'achèvement demande {note_percent} %, mais « note_minimale » dit {note_minimale} %",
            note_percent=rule.note_percent,
            note_minimale=activity.note_minimale,
        )
        yield Finding(loc, message)
