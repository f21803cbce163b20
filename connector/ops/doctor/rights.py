"""What an administrator must grant, least privilege: each command's web-service functions and capabilities.

The only place that says it. `tests/ops` holds it against the functions that `connector.moodle` calls, those that each
command was seen to call, the plugin's PHP and docs/plugin.md; docs/verification.md says on which sites a role of
exactly these capabilities was enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from connector.moodle import course_functions as core
from connector.moodle import functions
from connector.moodle.attendance_functions import ATTENDANCE_FUNCTIONS
from connector.moodle.figures import FIGURES
from connector.moodle.user_functions import CREATE_USERS
from connector.publish.modes import CLOSING_FUNCTIONS, STOCK_FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

Letter = Literal["P", "M", "S", "A"]

ASSIGNABLE_ROLES = ("student", "teacher", "editingteacher")
"""What the account's role must be allowed to assign, and nothing else (« Autoriser l'attribution des rôles »)."""

OVERRIDE = "core_completion_override_activity_completion_status"
ENROLLED = "core_enrol_get_enrolled_users"
CONTENTS = "core_course_get_contents"

TOLERATED = (functions.BATCH, CREATE_USERS)
"""No command needs them: where the service has them, `collecter` asks for thirty people's completions at once, and
`gaia comptes --creer-comptes` gives accounts (capability `moodle/user:create`); elsewhere people wait for one."""

_MODULES = (
    "page", "label", "url", "forum", "assign", "quiz", "choice", "feedback", "resource", "h5pactivity",
    "bigbluebuttonbn",
)  # fmt: skip

CONNECTED = ("webservice/rest:use",)
"""For every command; over SOAP, `webservice/soap:use` in its place."""

_PLUGIN_FUNCTIONS = (functions.SITE_INFO, functions.OBSERVE, functions.PUBLISH)
_INTO_COURSES = ("moodle/course:view", "moodle/course:viewhiddencourses")
_SEEN_BY_PLUGIN = ("local/parcours:observe", "moodle/course:viewparticipants")
_PLUGIN_WRITES = (
    "local/parcours:publish", "moodle/category:manage", "moodle/course:create", "moodle/course:update",
    "moodle/course:visibility", "moodle/course:changecategory", "moodle/course:movesections",
    "moodle/course:manageactivities", "moodle/course:activityvisibility", "moodle/course:managegroups",
    *(f"mod/{module}:addinstance" for module in _MODULES),
    "moodle/question:add", "moodle/h5p:deploy", "enrol/manual:enrol", "moodle/role:assign",
    "moodle/calendar:manageentries",
)  # fmt: skip
_SEES_ENROLLED = (
    "moodle/course:viewparticipants", "moodle/user:viewdetails", "moodle/site:viewuseridentity",
    "moodle/site:accessallgroups",
)  # fmt: skip
_SEES_CLOSED = ("moodle/course:viewhiddenactivities", "moodle/course:ignoreavailabilityrestrictions")
_SEES_ACTIVITIES = (
    *_SEES_CLOSED, "mod/assign:view", "mod/quiz:view", "mod/feedback:view", "mod/h5pactivity:view",
    "mod/bigbluebuttonbn:view",
)  # fmt: skip
"""Without these, core services leave activities out: hidden, restricted, or of types that not every account sees."""
_STOCK_READS = (
    *_INTO_COURSES, *_SEES_ENROLLED, *_SEES_ACTIVITIES, "moodle/user:viewalldetails",
    "moodle/course:manageactivities", "moodle/course:managegroups", "moodle/calendar:manageentries",
    "moodle/course:update",
)  # fmt: skip
"""The last two write, and are asked for to read: other people's events of activities, and a course's idnumber."""
_STOCK_WRITES = (
    *_STOCK_READS, "moodle/course:changefullname", "moodle/course:changeshortname",
    "moodle/course:changeidnumber", "moodle/course:changesummary", "moodle/course:visibility",
    "moodle/course:activityvisibility", "enrol/manual:enrol", "moodle/role:assign",
)  # fmt: skip
_COPIES = (
    "moodle/course:create", "moodle/backup:backupcourse", "moodle/backup:configure", "moodle/backup:userinfo",
    "moodle/restore:restorecourse", "moodle/question:managecategory", "moodle/question:add",
)  # fmt: skip
_READS_COMPLETIONS = (
    *_INTO_COURSES, *_SEES_ENROLLED, *_SEES_ACTIVITIES, "report/progress:view",
)  # fmt: skip
_OVERRIDES = (*_INTO_COURSES, *_SEES_CLOSED, "moodle/course:overridecompletion")


@dataclass(frozen=True)
class Way:
    """One way in which a command works with a site: mode P (our plugin), M (a restored course) or S (a copied one).

    A is no mode: what a command needs besides its mode's, on a site that has mod_attendance, to keep a roll there.

    `functions` must be in the token's service; `planifier` refuses to plan where it could not be published.
    """

    command: str
    mode: Letter
    functions: tuple[str, ...]
    capabilities: tuple[str, ...]


WAYS = (
    Way("diagnostiquer", "P", (functions.SITE_INFO, functions.OBSERVE), (*CONNECTED, *_SEEN_BY_PLUGIN)),
    Way("diagnostiquer", "M", (functions.SITE_INFO,), CONNECTED),
    Way("planifier", "P", _PLUGIN_FUNCTIONS, (*CONNECTED, *_SEEN_BY_PLUGIN)),
    Way("planifier", "M", (functions.SITE_INFO, *STOCK_FUNCTIONS), (*CONNECTED, *_STOCK_READS)),
    Way("planifier", "S", (functions.SITE_INFO, *STOCK_FUNCTIONS, core.DUPLICATE), (*CONNECTED, *_STOCK_READS)),
    Way(
        "publier",
        "P",
        _PLUGIN_FUNCTIONS,
        (*CONNECTED, *_INTO_COURSES, *_SEEN_BY_PLUGIN, *_PLUGIN_WRITES),
    ),
    Way("publier", "M", (functions.SITE_INFO, *STOCK_FUNCTIONS), (*CONNECTED, *_STOCK_WRITES)),
    Way(
        "publier",
        "S",
        (functions.SITE_INFO, *STOCK_FUNCTIONS, core.DUPLICATE),
        (*CONNECTED, *_STOCK_WRITES, *_COPIES),
    ),
    Way(
        "archiver",
        "P",
        _PLUGIN_FUNCTIONS,
        (
            *CONNECTED,
            *_INTO_COURSES,
            "local/parcours:observe",
            "local/parcours:publish",
            "moodle/course:update",
            "moodle/course:visibility",
        ),
    ),
    Way(
        "archiver",
        "M",
        (functions.SITE_INFO, *CLOSING_FUNCTIONS),
        (*CONNECTED, *_INTO_COURSES, "moodle/course:update", "moodle/course:visibility"),
    ),
    Way(
        "collecter",
        "P",
        (functions.SITE_INFO, functions.OBSERVE, functions.COMPLETIONS),
        (*CONNECTED, "local/parcours:observe"),
    ),
    Way("collecter", "M", (functions.SITE_INFO, ENROLLED, functions.STATUS), (*CONNECTED, *_READS_COMPLETIONS)),
    Way("gaia comptes", "P", (functions.SITE_INFO, functions.OBSERVE), (*CONNECTED, "local/parcours:observe")),
    Way(
        "gaia comptes",
        "M",
        (functions.SITE_INFO, "core_user_get_users_by_field"),
        (*CONNECTED, "moodle/user:viewdetails", "moodle/user:viewalldetails"),
    ),
    Way("nuit", "P", (functions.SITE_INFO, FIGURES), (*CONNECTED, "local/parcours:figures")),
    Way(
        "emargement saisir",
        "P",
        (functions.SITE_INFO, functions.OBSERVE, OVERRIDE),
        (*CONNECTED, "local/parcours:observe", *_OVERRIDES),
    ),
    Way(
        "emargement saisir",
        "M",
        (functions.SITE_INFO, ENROLLED, OVERRIDE),
        (*CONNECTED, *_SEES_ENROLLED, *_OVERRIDES),
    ),
)
"""Commands that are not here call no Moodle."""

CALLS_ROLLS = (CONTENTS, *ATTENDANCE_FUNCTIONS)
"""What all commands need together to see that a site has mod_attendance, and to find a course's roll."""
_SEES_ROLLS = (*_INTO_COURSES, "mod/attendance:view")
"""Without the last, Moodle shows an account that is not enrolled no roll, not even the one that it has just made."""

ROLLS = (
    Way("planifier", "A", (*CALLS_ROLLS, core.GROUPS), (*_SEES_ROLLS, "mod/attendance:manageattendances")),
    Way(
        "publier",
        "A",
        (*CALLS_ROLLS, core.GROUPS),
        (*_SEES_ROLLS, "moodle/site:accessallgroups", "mod/attendance:addinstance", "mod/attendance:manageattendances"),
    ),
    Way(
        "collecter",
        "A",
        (*CALLS_ROLLS, OVERRIDE),
        ("mod/attendance:view", "mod/attendance:takeattendances", *_OVERRIDES),
    ),
    Way("emargement saisir", "A", CALLS_ROLLS, (*_SEES_ROLLS, "mod/attendance:takeattendances")),
)
"""What the roll adds to a command's mode, on a site that has mod_attendance: no command asks for it elsewhere."""


def ways_of(command: str) -> tuple[Way, ...]:
    """Return the ways in which a command works."""
    return tuple(way for way in WAYS if way.command == command)


def commands() -> tuple[str, ...]:
    """Return the commands that call Moodle, in the table's order."""
    return tuple(dict.fromkeys(way.command for way in WAYS))


def functions_of(ways: Iterable[Way]) -> tuple[str, ...]:
    """Return what some ways call, each once, sorted."""
    return tuple(sorted({name for way in ways for name in way.functions}))


def capabilities_of(ways: Iterable[Way]) -> tuple[str, ...]:
    """Return what some ways need, each once, sorted."""
    return tuple(sorted({name for way in ways for name in way.capabilities}))
