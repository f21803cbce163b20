"""Cross rules of a session, laid on the parcours that it gives (its overlay applied)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from scenarios.calendar import SchoolYear, day_of
from scenarios.checks import Finding
from scenarios.durations import format_duration
from scenarios.language import _
from scenarios.vocabularies import COLLECTIONS, perhaps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scenarios.outline import ActivityOutline, ParcoursOutline, SessionOutline

EARLY_DAYS = 31
"""A session may start this long before 1 September: teachers return before it."""

SIGNED = frozenset({"presence", "classe_virtuelle"})
"""The activity types that have slots."""


def check_session(session: SessionOutline, parcours: ParcoursOutline) -> Iterator[Finding]:
    """Yield what is wrong in a session, given the parcours with the session's overlay."""
    activities = {activity.id: activity for activity in parcours.activities if activity.id is not None}
    yield from _required(session, parcours)
    yield from _dates(session)
    yield from _slots(session, activities)
    yield from _missing_slots(session, activities)
    yield from _deadlines(session, activities)
    yield from _access(session, activities)
    groups = [name for _, name in session.groupes]
    for index, (loc, name) in enumerate(session.groupes):
        if name in groups[:index]:
            yield Finding(loc, _("le groupe « {name} » est déjà nommé", name=name))


def check_uncompletable(session: SessionOutline, parcours: ParcoursOutline) -> Iterator[Finding]:
    """Yield, at their place in the parcours, the credited activities that nothing could ever complete."""
    if session.validation != "achevement":
        return
    for activity in parcours.activities:
        if activity.credite and activity.achevement is not None and activity.achevement.kind == "aucun":
            message = _(
                "cette activité créditée n'a pas d'achèvement, or la session est validée par "
                "l'achèvement : donnez-lui un achèvement, « credite: false », ou « validation: "
                "attestation » à la session"
            )
            yield Finding((*activity.loc, "achevement"), message)


def _required(session: SessionOutline, parcours: ParcoursOutline) -> Iterator[Finding]:
    if parcours.collection is None:
        return
    facts = COLLECTIONS[parcours.collection].facts
    for key in ("fin", "formateurs", "participants"):
        if facts["fin_obligatoire" if key == "fin" else f"{key}_obligatoires"] and key not in session.present:
            yield Finding(
                (),
                _(
                    "la clé obligatoire « {key} » manque (collection « {collection} »)",
                    key=key,
                    collection=parcours.collection,
                ),
            )
    if facts["formateurs_obligatoires"] and "formateurs" in session.present and not session.formateurs:
        yield Finding(("formateurs",), _("au moins un formateur est attendu ici"))


def _dates(session: SessionOutline) -> Iterator[Finding]:
    if session.debut is None:
        return
    if session.fin is not None and session.fin < session.debut:
        yield Finding(("fin",), _("la session finit avant de commencer ({debut:%d/%m/%Y})", debut=session.debut))
    if session.annee_scolaire is None:
        return
    year = SchoolYear.parse(session.annee_scolaire)
    if not year.start - timedelta(days=EARLY_DAYS) <= session.debut <= year.end:
        yield Finding(("debut",), _("la session commence hors de l'année scolaire {year} qu'elle annonce", year=year))
    elif session.fin is not None and session.fin > year.end:
        yield Finding(("fin",), _("la session finit après le 31 août {annee}", annee=year.first + 1), "avertissement")


def _slots(session: SessionOutline, activities: dict[str, ActivityOutline]) -> Iterator[Finding]:
    groups = [name for _, name in session.groupes]
    for identifier, slots in session.creneaux.items():
        activity = activities.get(identifier)
        loc = ("creneaux", identifier)
        if activity is None:
            yield Finding(loc, _no_activity(identifier, activities))
        elif activity.type not in SIGNED and activity.type is not None:
            message = _(
                "seules les activités « presence » et « classe_virtuelle » ont des créneaux, pas « {type} »",
                type=activity.type,
            )
            yield Finding(loc, message)
        seen: set[str] = set()
        for slot_loc, slot in slots:
            if slot.id in seen:
                yield Finding(
                    (*slot_loc, "id"),
                    _("l'identifiant de créneau « {id} » est déjà pris dans cette activité", id=slot.id),
                )
            seen.add(slot.id)
            if slot.fin <= slot.debut:
                yield Finding((*slot_loc, "fin"), _("le créneau finit avant de commencer"))
            if session.debut and slot.debut.date() < session.debut:
                message = _("le créneau commence avant la session ({debut:%d/%m/%Y})", debut=session.debut)
                yield Finding((*slot_loc, "debut"), message)
            if session.fin and slot.fin.date() > session.fin:
                yield Finding(
                    (*slot_loc, "fin"), _("le créneau finit après la session ({fin:%d/%m/%Y})", fin=session.fin)
                )
            if slot.groupe is not None and slot.groupe not in groups:
                message = _(
                    "le groupe « {groupe} » n'est pas dans « groupes »{perhaps}",
                    groupe=slot.groupe,
                    perhaps=perhaps(slot.groupe, groups),
                )
                yield Finding((*slot_loc, "groupe"), message)


def _missing_slots(session: SessionOutline, activities: dict[str, ActivityOutline]) -> Iterator[Finding]:
    for identifier, activity in activities.items():
        if activity.type not in SIGNED or not activity.credite or identifier in session.unreadable:
            continue
        slots = [slot for _, slot in session.creneaux.get(identifier, ())]
        if not slots:
            message = _(
                "l'activité « {identifier} » est créditée et se signe : il lui faut au moins un créneau",
                identifier=identifier,
            )
            yield Finding(("creneaux", identifier), message)
            continue
        groups: list[str | None] = [name for _, name in session.groupes]
        for group in groups or [None]:
            total = sum(slot.minutes for slot in slots if slot.groupe in {None, group})
            if activity.duree not in {None, total}:
                who = _(" du groupe « {group} »", group=group) if group else ""
                message = _(
                    "les créneaux{who} de « {identifier} » font {duree}, l'activité en prévoit {prevue}",
                    who=who,
                    identifier=identifier,
                    duree=format_duration(max(total, 0)),
                    prevue=format_duration(activity.duree or 0),
                )
                yield Finding(("creneaux", identifier), message, "avertissement")


def _deadlines(session: SessionOutline, activities: dict[str, ActivityOutline]) -> Iterator[Finding]:
    for identifier, value in session.echeances.items():
        loc = ("echeances", identifier)
        if identifier not in activities:
            yield Finding(loc, _no_activity(identifier, activities))
        if session.debut is None:
            continue
        day = day_of(value, session.debut)
        if day < session.debut or (session.fin is not None and day > session.fin):
            yield Finding(loc, _("l'échéance du {day:%d/%m/%Y} est hors de la session", day=day), "avertissement")


def _access(session: SessionOutline, activities: dict[str, ActivityOutline]) -> Iterator[Finding]:
    groups = [name for _, name in session.groupes]
    for identifier, access in session.acces.items():
        loc = ("acces", identifier)
        if identifier not in activities:
            yield Finding(loc, _no_activity(identifier, activities))
        for index, name in enumerate(access.groupes):
            if name not in groups:
                message = _(
                    "le groupe « {name} » n'est pas dans « groupes »{perhaps}", name=name, perhaps=perhaps(name, groups)
                )
                yield Finding((*loc, "groupes", index), message)
        if session.debut is None or access.a_partir_du is None or access.jusqu_au is None:
            continue
        if day_of(access.jusqu_au, session.debut) < day_of(access.a_partir_du, session.debut):
            yield Finding((*loc, "jusqu_au"), _("l'activité se ferme avant de s'ouvrir"))


def _no_activity(identifier: str, activities: dict[str, ActivityOutline]) -> str:
    return _(
        "aucune activité ne porte l'identifiant « {identifier} »{perhaps}",
        identifier=identifier,
        perhaps=perhaps(identifier, activities),
    )
