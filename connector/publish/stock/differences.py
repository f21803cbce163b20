"""What a person must still do in Moodle's pages: what core services can read but not change. Pure."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connector.language import N_, _
from connector.moodle.document import Availability
from connector.publish.stock.dates import another_day, dates_of, event_of
from connector.publish.stock.ties import groups_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.moodle.document import ActivitySettings, Publication
    from connector.publish.stock.state import StockCourse, StockModule
    from connector.publish.stock.ties import Ties

_TRACKINGS = ("none", "manual", "automatic")
_DATES = {"due": N_("échéance"), "open": N_("ouverture"), "close": N_("fermeture")}
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Difference:
    """An activity that is not as the session says: `fields` in French, empty for one that is not there at all."""

    idnumber: str
    name: str
    fields: tuple[str, ...] = ()


def differences(wanted: Publication, course: StockCourse, ties: Ties) -> tuple[Difference, ...]:
    """Return what differs, in the order of the session; a text is compared only where the course page shows it."""
    sections = {section.id: section.name for section in wanted.sections or ()}
    reading = _Reading(wanted, course, ties)
    found = _renamed_groups(wanted, course)
    for one in wanted.activities or ():
        module = ties.found.get(one.idnumber)
        if module is None:
            found.append(Difference(one.idnumber, one.name))
            continue
        fields = tuple(_fields(one.held_as(module.shown.modname), module, sections[one.section], reading))
        if fields:
            found.append(Difference(one.idnumber, one.name, fields))
    return tuple(found)


def _renamed_groups(wanted: Publication, course: StockCourse) -> list[Difference]:
    keys = {group.name: group.idnumber for group in wanted.groups or ()}
    there = groups_of(wanted, course.groups)
    return [
        Difference(keys[name], _("groupe {name}", name=name), (_("nom (« {name} »)", name=group.name),))
        for name, group in there.items()
        if group.name != name
    ]


def _fields(one: ActivitySettings, module: StockModule, section: str, reading: _Reading) -> Iterator[str]:
    if module.shown.modname != one.module:
        yield _("type ({modname} au lieu de {module})", modname=module.shown.modname, module=one.module)
        return
    if module.shown.name != one.name:
        yield _("titre (« {name} »)", name=module.shown.name)
    if module.section != section:
        yield _("étape (« {section} »)", section=module.section)
    if module.shown.description and _words(module.shown.description) != _words(one.intro):
        yield _("présentation")
    if _completion(one) != _observed(module):
        yield _("achèvement")
    if module.details.completionexpected != one.expected:
        yield _("date attendue")
    if reading.availability(module) != one.availability:
        yield _("restrictions d'accès")
    for setting, target, current in dates_of(one, module):
        if target != current:
            later = another_day(target, current) and event_of(reading.course, module, setting) is None
            yield _(_DATES[setting]) + (_(" (relancez la publication après le prochain cron du site)") if later else "")


def _completion(one: ActivitySettings) -> tuple[str, bool, bool]:
    return one.completion.tracking, one.completion.view, one.completion.passgrade


def _observed(module: StockModule) -> tuple[str, bool, bool]:
    details = module.details
    return _TRACKINGS[details.completion], details.completionview, details.completionpassgrade


def _words(text: str) -> str:
    """Return the words of an HTML text: Moodle wraps and cleans what it shows."""
    return " ".join(html.unescape(_TAG.sub(" ", text)).split())


class _Reading:
    """Reads Moodle's restrictions in the session's words."""

    def __init__(self, wanted: Publication, course: StockCourse, ties: Ties) -> None:
        self.course = course
        self._activities = {module.cmid: idnumber for idnumber, module in ties.found.items()}
        self._groups = {group.id: group.name for group in course.groups}
        self._groups |= {group.id: name for name, group in groups_of(wanted, course.groups).items()}

    def availability(self, module: StockModule) -> Availability | None:
        """Return an activity's restrictions, `None` for what a session cannot say."""
        if not module.details.availability:
            return Availability()
        try:
            return self._tree(json.loads(module.details.availability))
        except (ValueError, KeyError, TypeError):
            return None

    def _tree(self, tree: dict[str, Any]) -> Availability | None:
        said: dict[str, Any] = {"completed": [], "groups": [], "from": 0, "until": 0}
        if tree["op"] != "&":
            return None
        for condition in tree["c"]:
            if not self._add(said, condition):
                return None
        return Availability.model_validate(said)

    def _add(self, said: dict[str, Any], condition: dict[str, Any]) -> bool:
        """Add a condition to what is said; `False` when it cannot be."""
        match condition:
            case {"type": "completion", "cm": cmid, "e": 1} if cmid in self._activities:
                said["completed"].append(self._activities[cmid])
            case {"type": "group", "id": group} if group in self._groups:
                said["groups"].append(self._groups[group])
            case {"type": "date", "d": "<", "t": instant}:
                said["until"] = instant
            case {"type": "date", "d": ">=", "t": instant}:
                said["from"] = instant
            case {"op": "|", "c": [*groups]} if all(one.get("type") == "group" for one in groups):
                return all(self._add(said, one) for one in groups)
            case _:
                return False
        return True
