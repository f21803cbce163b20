"""The files of one activity: what all types share, and its own table."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.moodle.mbz import numbers
from connector.moodle.mbz.modules import MODULES
from connector.moodle.mbz.xml import Content, document, node

if TYPE_CHECKING:
    from collections.abc import Mapping
    from xml.etree.ElementTree import Element

    from connector.moodle.document import ActivitySettings, Availability

VERSION = 2024100700
"""Moodle 4.5.0, the oldest one that these backups are made for: a newer site restores them without a remark."""

TICK = "moodle/course:togglecompletion"
_PROHIBIT = -1000
_TRACKING = {"none": 0, "manual": 1, "automatic": 2}
_MARKED = {"quiz", "assign", "h5pactivity"}
_MAX_MARK = 100


@dataclass(frozen=True)
class Place:
    """Where an activity stands in the file, and the numbers that its restrictions need."""

    cmid: int
    section: int
    section_rank: int
    added: int
    cmids: Mapping[str, int]
    groups: Mapping[str, int]

    def folder(self, module: str) -> str:
        """Return the activity's folder."""
        return f"activities/{module}_{self.cmid}"


def files(activity: ActivitySettings, place: Place, held: Mapping[str, Content]) -> dict[str, bytes]:
    """Return the files of an activity, by path; `held` is what its `inforef.xml` says of the files that it keeps."""
    made = {
        "module.xml": _module(activity, place),
        f"{activity.module}.xml": _instance(activity, place),
        "grades.xml": node("activity_gradebook", {"grade_items": _marks(activity, place), "grade_letters": []}),
        "roles.xml": _roles(activity),
        "inforef.xml": _references(activity, place, held),
    }
    return {f"{place.folder(activity.module)}/{name}": document(root) for name, root in made.items()}


def _module(activity: ActivitySettings, place: Place) -> Element:
    completion = activity.completion
    fields: dict[str, Content] = {
        "modulename": activity.module,
        "sectionid": place.section,
        "sectionnumber": place.section_rank,
        "idnumber": activity.idnumber,
        "added": place.added,
        "score": 0,
        "indent": 0,
        "visible": activity.visible,
        "visibleoncoursepage": 1,
        "visibleold": activity.visible,
        "groupmode": int(bool(activity.settings.get("separate_groups"))),
        "groupingid": 0,
        "completion": _TRACKING[completion.tracking],
        "completiongradeitemnumber": 0 if completion.passgrade else None,
        "completionpassgrade": completion.passgrade,
        "completionview": completion.view,
        "completionexpected": activity.expected,
        "availability": _availability(activity.availability, place),
        "showdescription": activity.showdescription,
        "downloadcontent": 1,
        "lang": None,
        "tags": [],
    }
    return node("module", fields, id=place.cmid, version=VERSION)


def _instance(activity: ActivitySettings, place: Place) -> Element:
    fields: dict[str, Content] = {
        "name": activity.name,
        "intro": activity.intro,
        "introformat": 1,
        "timemodified": place.added,
        **MODULES[activity.module](activity, place.cmid),
    }
    return node(
        "activity",
        node(activity.module, fields, id=place.cmid),
        id=place.cmid,
        moduleid=place.cmid,
        modulename=activity.module,
        contextid=numbers.context(place.cmid),
    )


def _availability(wanted: Availability, place: Place) -> str | None:
    """Return Moodle's text of the restrictions: who is not in a group does not see the activity at all."""
    conditions: list[dict[str, object]] = [
        {"type": "completion", "cm": place.cmids[idnumber], "e": 1} for idnumber in wanted.completed
    ]
    if wanted.from_:
        conditions.append({"type": "date", "d": ">=", "t": wanted.from_})
    if wanted.until:
        conditions.append({"type": "date", "d": "<", "t": wanted.until})
    shown = [True] * len(conditions)
    groups: list[dict[str, object]] = [{"type": "group", "id": place.groups[name]} for name in wanted.groups]
    if groups:
        conditions.append(groups[0] if len(groups) == 1 else {"op": "|", "c": groups})
        shown.append(False)
    if not conditions:
        return None
    return json.dumps({"op": "&", "c": conditions, "showc": shown}, separators=(",", ":"))


def _marks(activity: ActivitySettings, place: Place) -> list[Element]:
    if activity.module not in _MARKED:
        return []
    percent = activity.settings.get("grade_pass")
    fields: dict[str, Content] = {
        "categoryid": None,
        "itemname": activity.name,
        "itemtype": "mod",
        "itemmodule": activity.module,
        "iteminstance": place.cmid,
        "itemnumber": 0,
        "iteminfo": None,
        "idnumber": activity.idnumber,
        "calculation": None,
        "gradetype": 1,
        "grademax": _MAX_MARK,
        "grademin": 0,
        "scaleid": None,
        "outcomeid": None,
        "gradepass": percent if isinstance(percent, int | float) else 0,
        "multfactor": 1,
        "plusfactor": 0,
        "aggregationcoef": 0,
        "aggregationcoef2": 0,
        "weightoverride": 0,
        "sortorder": place.cmid,
        "display": 0,
        "decimals": None,
        "hidden": 0,
        "locked": 0,
        "locktime": 0,
        "needsupdate": 0,
        "timecreated": None,
        "timemodified": None,
        "grade_grades": [],
    }
    return [node("grade_item", fields, id=place.cmid)]


def _roles(activity: ActivitySettings) -> Element:
    """Return the prohibition that keeps participants from ticking a signed activity."""
    override: dict[str, Content] = {
        "roleid": numbers.STUDENT_ROLE,
        "capability": TICK,
        "permission": _PROHIBIT,
        "timemodified": 0,
        "modifierid": 0,
    }
    overrides = [node("override", override, id=1)] if activity.completion.locked else []
    return node("roles", {"role_overrides": overrides, "role_assignments": []})


def _references(activity: ActivitySettings, place: Place, held: Mapping[str, Content]) -> Element:
    """Return what of the shared files the activity needs: Moodle restores nothing else of them."""
    references: dict[str, Content] = {**held}
    if activity.module in _MARKED:
        references["grade_itemref"] = [node("grade_item", {"id": place.cmid})]
    if activity.completion.locked:
        references["roleref"] = [node("role", {"id": numbers.STUDENT_ROLE})]
    if activity.settings.get("gift"):
        bank = (numbers.top_category(place.cmid), numbers.category(place.cmid))
        references["question_categoryref"] = [node("question_category", {"id": number}) for number in bank]
    return node("inforef", references)
