"""What is no longer wanted: activities are hidden, events said cancelled, nothing is deleted. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.moodle.document import ActivitySettings
from connector.publish.changes import Change, FieldChange
from connector.publish.comparison import Part
from connector.publish.differences import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from connector.moodle.document import Event
    from connector.moodle.observation import ObservedActivity
    from connector.publish.changes import Origin
    from connector.publish.comparison import Comparison, W
    from connector.publish.drift import Reference

CANCELLED = "Annulé : "
_NAME_MAX = 255
_NOWHERE = "-"
_LEFT = ("section", "name", "intro", "files", "showdescription", "completion", "availability", "expected")


def hidden(
    compare: Comparison, wanted: Collection[str], known: Mapping[str, ObservedActivity]
) -> Part[ActivitySettings]:
    """Hide the activities that are no longer wanted, and change nothing else of them.

    One that was hidden at the last publication already has been shown again by somebody, and is left to them.
    """
    gone = [one for key, one in known.items() if key not in wanted and one.visible]
    made = [(hiding(compare.reference, one.idnumber, one.name), _hidden(one)) for one in gone]
    return _part(compare, made)


def cancelled(compare: Comparison, wanted: Collection[str], known: Mapping[str, Event]) -> Part[Event]:
    """Say cancelled the events that are no longer wanted; one renamed by somebody since then is left to them."""
    gone = [one for key, one in known.items() if key not in wanted and not one.name.startswith(CANCELLED)]
    made = [(cancelling(compare.reference, one), _renamed(one)) for one in gone]
    return _part(compare, made)


def _part(compare: Comparison, made: list[tuple[Change, W]]) -> Part[W]:
    divided = [(*compare.divided(change), sent) for change, sent in made]
    return Part(
        send=tuple(sent for mine, _, sent in divided if mine),
        changes=tuple(one for mine, _, _ in divided for one in mine),
        drift=tuple(one for _, theirs, _ in divided for one in theirs),
    )


def hiding(reference: Reference, key: str, name: str) -> Change:
    """Return the change that hides an activity, with who made it visible."""
    origin: Origin = "moodle" if reference.withdrawn("activite", key) else "auteur"
    return Change("masquer", "activite", key, name, (FieldChange("visible", before=True, after=False, origin=origin),))


def cancelling(reference: Reference, event: Event) -> Change:
    """Return the change that says an event cancelled, with who named it as it is."""
    origin: Origin = "moodle" if reference.withdrawn("evenement", event.uuid) else "auteur"
    field = FieldChange("name", event.name, _renamed(event).name, origin)
    return Change("annuler", "evenement", event.uuid, event.name, (field,))


def _hidden(observed: ObservedActivity) -> ActivitySettings:
    """Return the activity hidden, all the rest left as it is: the document must name some of it all the same."""
    settings = {key: value for key, value in observed.settings.items() if value is not None}
    return ActivitySettings.model_validate(
        {
            "idnumber": observed.idnumber,
            "section": observed.section or _NOWHERE,
            "module": observed.modname,
            "name": observed.name,
            "visible": False,
            "settings": settings,
            "leave": (*_LEFT, *(f"{SETTINGS}{key}" for key in observed.settings)),
        }
    )


def _renamed(event: Event) -> Event:
    name = event.name if event.name.startswith(CANCELLED) else (CANCELLED + event.name)[:_NAME_MAX]
    return event.model_copy(update={"name": name, "group": event.group or None})
