"""What a backup says of each activity type, besides what all activities share.

Each function takes an activity of the publication and returns the fields of its own table, its children among them.
Their values are those that the plugin gives (`classes/local/module/`), so that both ways make the same activity. A
field that is left out has Moodle's default.
"""

from __future__ import annotations

import hashlib
import json
from html import escape
from typing import TYPE_CHECKING, Any

from connector.moodle.mbz.quiz import quiz
from connector.moodle.mbz.xml import Content, node

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from connector.moodle.document import ActivitySettings, ModuleName

Fields = dict[str, Content]

_HTML = 1
_OPEN = 5
_VERTICAL = 1
_MAX_FILES = 5
_NO_BUTTONS = 15
_LEADERS = ("editingteacher", "teacher")
"""Who leads a meeting: BigBlueButton's module knows roles by their short name too, whatever a site's numbers."""
_FEEDBACK_TYPES = {"text": "textarea", "choice": "multichoice", "scale": "multichoicerated"}


def label(_activity: ActivitySettings, _cmid: int) -> Fields:
    """Return a label: its text is the intro."""
    return {}


def page(activity: ActivitySettings, _cmid: int) -> Fields:
    """Return a page, shown without its intro."""
    return {
        "content": _text(activity, "content"),
        "contentformat": _HTML,
        "legacyfiles": 0,
        "legacyfileslast": None,
        "display": _OPEN,
        "displayoptions": 'a:2:{s:10:"printintro";i:0;s:17:"printlastmodified";i:0;}',
        "revision": 1,
    }


def url(activity: ActivitySettings, _cmid: int) -> Fields:
    """Return a link, opened as Moodle sees fit."""
    return {
        "externalurl": _text(activity, "url"),
        "display": 0,
        "displayoptions": 'a:1:{s:10:"printintro";i:1;}',
        "parameters": "a:0:{}",
    }


def forum(activity: ActivitySettings, _cmid: int) -> Fields:
    """Return a forum. Its opening message, which a backup cannot hold without its author, ends the intro."""
    fields: Fields = {
        "type": _text(activity, "type") or "general",
        "duedate": 0,
        "cutoffdate": 0,
        "assessed": 0,
        "assesstimestart": 0,
        "assesstimefinish": 0,
        "scale": 0,
        "maxbytes": 0,
        "maxattachments": 1,
        "forcesubscribe": 0,
        "trackingtype": 1,
        "completiondiscussions": 0,
        "completionreplies": 0,
        "completionposts": activity.completion.posts,
        "grade_forum": 0,
    }
    opening = activity.settings.get("first_post")
    if isinstance(opening, dict):
        title = f"<h4>{escape(str(opening['subject']), quote=False)}</h4>"
        fields["intro"] = f"{activity.intro}{title}{opening['message']}"
    return fields


def assign(activity: ActivitySettings, cmid: int) -> Fields:
    """Return an assignment, marked out of 100."""
    plugins: list[tuple[str, str, str, Content]] = [
        ("onlinetext", "assignsubmission", "enabled", bool(activity.settings.get("online_text"))),
        ("file", "assignsubmission", "enabled", bool(activity.settings.get("files"))),
        ("file", "assignsubmission", "maxfilesubmissions", _MAX_FILES),
        ("file", "assignsubmission", "maxsubmissionsizebytes", 0),
        ("comments", "assignfeedback", "enabled", 1),
    ]
    return {
        "alwaysshowdescription": 0,
        "submissiondrafts": 0,
        "requiresubmissionstatement": 0,
        "sendnotifications": 0,
        "sendlatenotifications": 0,
        "duedate": _number(activity, "due"),
        "cutoffdate": 0,
        "gradingduedate": 0,
        "allowsubmissionsfromdate": 0,
        "grade": 100,
        "completionsubmit": activity.completion.submit,
        "plugin_configs": [
            node(
                "plugin_config",
                {"plugin": plugin, "subtype": subtype, "name": name, "value": value},
                id=cmid * 10 + rank,
            )
            for rank, (plugin, subtype, name, value) in enumerate(plugins)
        ],
    }


def choice(activity: ActivitySettings, cmid: int) -> Fields:
    """Return a choice: one answer, which may be changed; results without names, once answered."""
    return {
        "publish": 0,
        "showresults": 1,
        "display": _VERTICAL,
        "allowupdate": 1,
        "allowmultiple": 0,
        "limitanswers": 0,
        "timeopen": 0,
        "timeclose": 0,
        "completionsubmit": activity.completion.submit,
        "options": [
            node("option", {"text": str(option), "maxanswers": 0, "timemodified": 0}, id=cmid * 1_000 + rank)
            for rank, option in enumerate(_list(activity, "options"), start=1)
        ],
    }


def feedback(activity: ActivitySettings, cmid: int) -> Fields:
    """Return a questionnaire, answered once."""
    return {
        "anonymous": 1 if activity.settings.get("anonymous") else 2,
        "email_notification": 0,
        "multiple_submit": 0,
        "autonumbering": 0,
        "page_after_submit": "",
        "page_after_submitformat": _HTML,
        "publish_stats": 0,
        "timeopen": 0,
        "timeclose": 0,
        "completionsubmit": activity.completion.submit,
        "items": [
            node("item", _feedback_item(item, rank), id=cmid * 1_000 + rank)
            for rank, item in enumerate(_list(activity, "items"), start=1)
        ],
    }


def _feedback_item(item: Mapping[str, Any], rank: int) -> Fields:
    return {
        "template": 0,
        "name": item["name"],
        "label": "",
        "presentation": _presentation(item),
        "typ": _FEEDBACK_TYPES[item["type"]],
        "hasvalue": 1,
        "position": rank,
        "required": 0,
        "dependitem": 0,
        "dependvalue": "",
        "options": "",
    }


def _presentation(item: Mapping[str, Any]) -> str:
    """Return how Moodle packs a question's options in one text: radio buttons in a row, values before a scale's."""
    if item["type"] == "text":
        return "40|5"
    lines = item["options"]
    if item["type"] == "scale":
        lines = [f"{rank}####{line}" for rank, line in enumerate(lines, start=1)]
    return f"r>>>>>{'|'.join(lines)}<<<<<1"


def resource(_activity: ActivitySettings, _cmid: int) -> Fields:
    """Return a resource, opened as Moodle sees fit for a file of its kind."""
    return {
        "tobemigrated": 0,
        "legacyfiles": 0,
        "legacyfileslast": None,
        "display": 0,
        "displayoptions": 'a:1:{s:10:"printintro";i:1;}',
        "filterfiles": 0,
        "revision": 1,
    }


def h5pactivity(_activity: ActivitySettings, _cmid: int) -> Fields:
    """Return an H5P activity, marked out of 100 by the best attempt, without buttons around it."""
    return {
        "timecreated": 0,
        "grade": 100,
        "displayoptions": _NO_BUTTONS,
        "enabletracking": 1,
        "grademethod": 1,
        "reviewmode": 1,
        "attempts": [],
    }


def bigbluebuttonbn(activity: ActivitySettings, _cmid: int) -> Fields:
    """Return a room, as the plugin makes it. Moodle draws a new `meetingid` at each restoration, but no password.

    Its passwords are no secret: whoever calls the BigBlueButton server needs the site's own secret besides.
    """
    members = [_member("all", "all", "viewer"), *(_member("role", name, "moderator") for name in _LEADERS)]
    return {
        "type": 0,
        "meetingid": "",
        "moderatorpass": _password(activity, "moderator"),
        "viewerpass": _password(activity, "viewer"),
        "wait": 1,
        "record": 0,
        "recordings_deleted": 0,
        "openingtime": _number(activity, "open"),
        "closingtime": _number(activity, "close"),
        "timecreated": 0,
        "participants": json.dumps(members),
    }


def _member(kind: str, who: str, role: str) -> dict[str, str]:
    return {"selectiontype": kind, "selectionid": who, "role": role}


def _password(activity: ActivitySettings, role: str) -> str:
    return hashlib.sha256(f"{activity.idnumber} {role}".encode()).hexdigest()[:12]


def _text(activity: ActivitySettings, key: str) -> str:
    return str(activity.settings.get(key) or "")


def _number(activity: ActivitySettings, key: str) -> int:
    value = activity.settings.get(key)
    return int(value) if isinstance(value, int | float) else 0


def _list(activity: ActivitySettings, key: str) -> list[Any]:
    value = activity.settings.get(key)
    return value if isinstance(value, list) else []


MODULES: dict[ModuleName, Callable[[ActivitySettings, int], Fields]] = {
    "label": label,
    "page": page,
    "url": url,
    "forum": forum,
    "assign": assign,
    "choice": choice,
    "feedback": feedback,
    "quiz": quiz,
    "resource": resource,
    "h5pactivity": h5pactivity,
    "bigbluebuttonbn": bigbluebuttonbn,
}
"""Every activity type that a backup can hold."""
