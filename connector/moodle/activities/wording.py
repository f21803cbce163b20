"""The few words that publishing adds around an author's text."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from scenarios.model import Activite
    from scenarios.snapshot import PlannedSlot

NBSP = "\u00a0"

_MODALITES = {
    "presence": "En présence",
    "distance_synchrone": "À distance, en direct",
    "distance_asynchrone": "À distance, à votre rythme",
    "en_classe": "Dans votre classe",
}
_SOCIAL = {
    "binome": "En binôme",
    "groupe": "En groupe",
    "collectif": "Avec tout le groupe",
}
SIGNED = (
    "Le bouton par lequel Moodle propose de marquer l’activité comme terminée ne sert pas ici\u00a0:"
    " seule la feuille d’émargement compte."
)
"""For a signed activity: Moodle shows its button although it refuses the tick."""

_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)


def minutes(total: int) -> str:
    """Return a duration in whole minutes as a sentence writes it: `45 min`, `1 h 30`, `3 h`."""
    hours, rest = divmod(total, 60)
    if not hours:
        return f"{rest}{NBSP}min"
    return f"{hours}{NBSP}h{NBSP}{rest:02}" if rest else f"{hours}{NBSP}h"


def day(moment: datetime) -> str:
    """Return a date in full: `mercredi 7 octobre 2026`."""
    number = "1er" if moment.day == 1 else str(moment.day)
    return f"{_DAYS[moment.weekday()]} {number}{NBSP}{_MONTHS[moment.month - 1]} {moment.year}"


def clock(moment: datetime) -> str:
    """Return a time of day: `13 h 30`, `9 h`."""
    return f"{moment.hour}{NBSP}h{NBSP}{moment.minute:02}" if moment.minute else f"{moment.hour}{NBSP}h"


def how(activite: Activite) -> str:
    """Return how an activity is lived: its planned duration, its modality, with whom unless alone."""
    parts = [f"Durée indicative{NBSP}: {minutes(activite.duree)}"] if activite.duree else []
    parts.append(_MODALITES[activite.modalite])
    if activite.social in _SOCIAL:
        parts.append(_SOCIAL[activite.social])
    return " · ".join(parts)


def slots(planned: Sequence[PlannedSlot]) -> str:
    """Return the slots as an HTML list, in order: when, where, for which group."""
    return "<ul>" + "".join(f"<li>{_slot(slot)}</li>" for slot in planned) + "</ul>" if planned else ""


def _slot(slot: PlannedSlot) -> str:
    group = f"Groupe {slot.groupe}{NBSP}: " if slot.groupe else ""
    place = f", {slot.lieu}" if slot.lieu else ""
    until = clock(slot.fin) if slot.fin.date() == slot.debut.date() else f"{day(slot.fin)}, {clock(slot.fin)}"
    return escape(f"{group}{day(slot.debut)}, de {clock(slot.debut)} à {until}{place}", quote=False)
