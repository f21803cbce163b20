"""What every Moodle that we talk to must answer, each case held to the exchange recorded under the same name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

Role = Literal["connector", "participant", "stranger"]
NOBODY = 999_999


@dataclass(frozen=True)
class World:
    """The ids that the cases speak of, on the site at hand; `page` is tracked by view, `manual` by hand."""

    course: int
    foreign_course: int
    code: str
    participant: int
    other: int
    username: str
    page: int
    quiz: int
    manual: int
    untracked: int


@dataclass(frozen=True)
class Case:
    """One call, `write` when it changes the site; `name` is that of the recording that it is held to."""

    name: str
    function: str
    params: Callable[[World], dict[str, Any]]
    role: Role = "connector"
    write: bool = False


_STATUS = "core_completion_get_activities_completion_status"
_OVERRIDE = "core_completion_override_activity_completion_status"
_TICK = "core_completion_update_activity_completion_status_manually"
_CONTENTS = "core_course_get_contents"
_ENROLLED = "core_enrol_get_enrolled_users"

_FIELDS = [
    {"name": "onlyactive", "value": "1"},
    {"name": "userfields", "value": "id,username,idnumber,email"},
    {"name": "limitnumber", "value": "100"},
    {"name": "sortby", "value": "id"},
]

CASES = (
    Case("site_info", "core_webservice_get_site_info", lambda _: {}),
    Case("err_invalid_token", "core_webservice_get_site_info", lambda _: {}, "stranger"),
    Case("err_no_such_function", "core_nosuch_function", lambda _: {}),
    Case("extra_unknown_top_param", "core_webservice_get_site_info", lambda _: {"bogus": "1"}),
    Case("err_missing_param", _CONTENTS, lambda _: {}),
    Case("err_param_type", _CONTENTS, lambda _: {"courseid": "abc"}),
    Case("err_course_not_found", _CONTENTS, lambda _: {"courseid": NOBODY}),
    Case("err_not_enrolled", _CONTENTS, lambda w: {"courseid": w.foreign_course}, "participant"),
    Case(
        "get_contents_err_option",
        _CONTENTS,
        lambda w: {"courseid": w.course, "options": [{"name": "nope", "value": "1"}]},
    ),
    Case(
        "bool_as_1",
        _CONTENTS,
        lambda w: {"courseid": w.course, "options": [{"name": "excludemodules", "value": "1"}]},
    ),
    Case("get_contents_full", _CONTENTS, lambda w: {"courseid": w.course}),
    Case("get_contents_as_student", _CONTENTS, lambda w: {"courseid": w.course}, "participant"),
    Case("get_contents_empty", _CONTENTS, lambda w: {"courseid": w.foreign_course}),
    Case(
        "get_courses_by_field",
        "core_course_get_courses_by_field",
        lambda w: {"field": "idnumber", "value": w.code},
    ),
    Case(
        "get_courses_by_field_none",
        "core_course_get_courses_by_field",
        lambda _: {"field": "idnumber", "value": "NOPE"},
    ),
    Case(
        "get_users_by_field",
        "core_user_get_users_by_field",
        lambda w: {"field": "username", "values": [w.username, "nobody"]},
    ),
    Case("get_enrolled_users", _ENROLLED, lambda w: {"courseid": w.course}),
    Case("get_enrolled_users_userfields", _ENROLLED, lambda w: {"courseid": w.course, "options": _FIELDS}),
    Case("activities_completion_status", _STATUS, lambda w: {"courseid": w.course, "userid": w.participant}),
    Case(
        "activities_completion_status_own",
        _STATUS,
        lambda w: {"courseid": w.course, "userid": w.participant},
        "participant",
    ),
    Case(
        "activities_completion_status_err_other_user",
        _STATUS,
        lambda w: {"courseid": w.course, "userid": w.other},
        "participant",
    ),
    Case(
        "completion_manual_self_teacher",
        _TICK,
        lambda w: {"cmid": w.manual, "completed": True},
        "participant",
        write=True,
    ),
    Case(
        "completion_manual_err_automatic",
        _TICK,
        lambda w: {"cmid": w.page, "completed": True},
        "participant",
        write=True,
    ),
    Case(
        "completion_override",
        _OVERRIDE,
        lambda w: {"userid": w.participant, "cmid": w.quiz, "newstate": 1},
        write=True,
    ),
    Case(
        "completion_override_err_cmid",
        _OVERRIDE,
        lambda w: {"userid": w.participant, "cmid": NOBODY, "newstate": 1},
        write=True,
    ),
    Case(
        "completion_override_err_no_completion",
        _OVERRIDE,
        lambda w: {"userid": w.participant, "cmid": w.untracked, "newstate": 1},
        write=True,
    ),
    Case(
        "completion_override_err_state",
        _OVERRIDE,
        lambda w: {"userid": w.participant, "cmid": w.manual, "newstate": 5},
        write=True,
    ),
)
