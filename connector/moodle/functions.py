"""The web-service functions that we call, one typed wrapper each; `:calls:` names the function."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from connector.errors import FatalError
from connector.language import _
from connector.moodle.completions import CompletionsPage, CompletionsQuery
from connector.moodle.document import Publication, PublicationResult
from connector.moodle.observation import Observation, Query
from connector.moodle.shapes import Name, Read, read, unexpected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import JsonValue

    from connector.moodle.transport import Transport

SITE_INFO = "core_webservice_get_site_info"
PUBLISH = "local_parcours_publish"
OBSERVE = "local_parcours_observe"
COMPLETIONS = "local_parcours_completions"
BATCH = "tool_mobile_call_external_functions"
STATUS = "core_completion_get_activities_completion_status"


class ServiceFunction(Read):
    """A function that the token may call."""

    name: str
    version: str = ""


class SiteInfo(Read):
    """Who the token is, and what it may do; `siteurl` is the site's own idea of its address (`$CFG->wwwroot`).

    `userissiteadmin` tells that the token may do everything; `uploadfiles` that its service takes files, each of
    `usermaxuploadfilesize` bytes at most (-1: of any size).
    """

    sitename: str
    siteurl: str
    username: str
    userid: int
    release: str = ""
    userissiteadmin: bool = False
    uploadfiles: bool = False
    usermaxuploadfilesize: int = -1
    functions: tuple[ServiceFunction, ...] = ()

    def lacks(self, *names: str) -> tuple[str, ...]:
        """Return those of `names` that the token may not call."""
        known = {function.name for function in self.functions}
        return tuple(name for name in names if name not in known)


class Course(Read):
    """A course, as its list says; instants in epoch seconds, 0 for none."""

    id: int
    shortname: Name
    fullname: Name
    idnumber: str = ""
    categoryid: int = 0
    startdate: int = 0
    enddate: int = 0
    visible: bool = True


class ModuleDate(Read):
    """A date of an activity, in epoch seconds; `dataid` is its name: `duedate`, `timeopen`, `timeclose`…"""

    timestamp: int
    dataid: str = ""


class Module(Read):
    """An activity in a course page. Its idnumber is not there: Moodle does not give it here.

    `description` is what the course page shows of it, empty for most.
    """

    id: int
    name: Name
    modname: str
    instance: int = 0
    visible: bool = True
    description: str = ""
    dates: tuple[ModuleDate, ...] = ()


class Section(Read):
    """A section of a course page, `section` being its rank."""

    id: int
    name: Name
    section: int = 0
    modules: tuple[Module, ...] = ()


class Role(Read):
    """A role held in a course; `roleid` is this site's number of it."""

    shortname: str
    roleid: int = 0


class Membership(Read):
    """A group that somebody belongs to."""

    id: int


class EnrolledUser(Read):
    """A person enrolled in a course; `email` is missing where the token may not see it."""

    id: int
    username: str = ""
    email: str = ""
    roles: tuple[Role, ...] = ()
    groups: tuple[Membership, ...] = ()


class User(Read):
    """An account of the site."""

    id: int
    username: str
    email: str = ""
    suspended: bool = False


class ActivityCompletion(Read):
    """One activity's state for one person: 0 to do, 1 done, 2 done and passed, 3 done but failed.

    `timecompleted` is the epoch second of the last change of state, whatever its name says.
    """

    cmid: int
    modname: str
    state: int
    timecompleted: int = 0
    tracking: int
    overrideby: int | None = None


class _Courses(Read):
    courses: tuple[Course, ...]


class _Statuses(Read):
    statuses: tuple[ActivityCompletion, ...]


class _Response(Read):
    error: bool
    data: str = ""


class _Batch(Read):
    responses: tuple[_Response, ...]


class CompletionOverride(Read):
    """The state after an override; `tracking` 0 means that the activity has no completion: nothing was written."""

    cmid: int
    userid: int
    state: int
    tracking: int


def get_site_info(transport: Transport) -> SiteInfo:
    """Return what the site says of itself and of the token.

    :calls: `core_webservice_get_site_info`
    """
    return read(SiteInfo, SITE_INFO, transport.call(SITE_INFO, {}, write=False))


def get_courses_by_field(transport: Transport, field: str, value: str) -> tuple[Course, ...]:
    """Return the courses whose `field` (id, idnumber or shortname) is `value`; none is not an error.

    :calls: `core_course_get_courses_by_field`
    """
    name = "core_course_get_courses_by_field"
    return read(_Courses, name, transport.call(name, {"field": field, "value": value}, write=False)).courses


def get_contents(transport: Transport, course_id: int) -> tuple[Section, ...]:
    """Return the sections of a course with their activities, as the token's account sees them.

    :calls: `core_course_get_contents`
    """
    name = "core_course_get_contents"
    return read(tuple[Section, ...], name, transport.call(name, {"courseid": course_id}, write=False))


def get_enrolled_users(transport: Transport, course_id: int) -> tuple[EnrolledUser, ...]:
    """Return the people enrolled in a course, with the few fields that we use.

    :calls: `core_enrol_get_enrolled_users`
    """
    name = "core_enrol_get_enrolled_users"
    options = [{"name": "userfields", "value": "username,email,roles,groups"}]
    answer = transport.call(name, {"courseid": course_id, "options": options}, write=False)
    return read(tuple[EnrolledUser, ...], name, answer)


def get_users_by_field(transport: Transport, field: str, values: Sequence[str]) -> tuple[User, ...]:
    """Return the accounts whose `field` (id, username, idnumber or email) is one of `values`.

    :calls: `core_user_get_users_by_field`
    """
    if not values:
        return ()
    name = "core_user_get_users_by_field"
    answer = transport.call(name, {"field": field, "values": list(values)}, write=False)
    return read(tuple[User, ...], name, answer)


def get_activities_completion(transport: Transport, course_id: int, user_id: int) -> tuple[ActivityCompletion, ...]:
    """Return the state of every tracked activity of a course for one person.

    :calls: `core_completion_get_activities_completion_status`
    """
    answer = transport.call(STATUS, {"courseid": course_id, "userid": user_id}, write=False)
    return read(_Statuses, STATUS, answer).statuses


def get_activities_completion_of(
    transport: Transport, course_id: int, user_ids: Sequence[int]
) -> list[tuple[ActivityCompletion, ...]]:
    """Return, for each of these people, what `get_activities_completion` does: one request for all of them.

    Raises `FatalError` where the site refuses one: it stops there, and answers nothing for those who follow.

    :calls: `tool_mobile_call_external_functions`
    """
    requests = [
        {"function": STATUS, "arguments": json.dumps({"courseid": course_id, "userid": user_id})}
        for user_id in user_ids
    ]
    responses = read(_Batch, BATCH, transport.call(BATCH, {"requests": requests}, write=False)).responses
    if len(responses) != len(requests) or any(response.error for response in responses):
        raise FatalError(
            _("Moodle refuse les achèvements du cours {course_id} par lots.", course_id=course_id),
            remedy=_(
                "Le service du jeton contient-il {status}, et le rôle du compte report/progress:view ?", status=STATUS
            ),
        )
    return [read(_Statuses, STATUS, _decoded(BATCH, response.data)).statuses for response in responses]


def override_completion(transport: Transport, cmid: int, user_id: int, *, done: bool) -> CompletionOverride:
    """Set somebody's completion of an activity, manual or automatic.

    Raises `FatalError` when the activity has no completion: Moodle itself then answers as if all were well.

    :calls: `core_completion_override_activity_completion_status`
    """
    name = "core_completion_override_activity_completion_status"
    answer = transport.call(name, {"userid": user_id, "cmid": cmid, "newstate": int(done)}, write=True)
    override = read(CompletionOverride, name, answer)
    if override.tracking == 0:
        raise FatalError(_("L'activité {cmid} n'a pas d'achèvement dans Moodle : rien n'a été inscrit.", cmid=cmid))
    return override


def publish(transport: Transport, publication: Publication) -> PublicationResult:
    """Send a publication document; the site applies all of it or nothing.

    :calls: `local_parcours_publish`
    """
    answer = transport.call(PUBLISH, {"document": publication.to_json()}, write=True)
    return read(PublicationResult, PUBLISH, inner(PUBLISH, answer))


def observe(transport: Transport, query: Query) -> Observation:
    """Return what the site holds of our sessions.

    :calls: `local_parcours_observe`
    """
    answer = transport.call(OBSERVE, {"query": query.model_dump_json(exclude_none=True)}, write=False)
    return read(Observation, OBSERVE, inner(OBSERVE, answer))


def completions(transport: Transport, query: CompletionsQuery) -> CompletionsPage:
    """Return a page of the completions that the site holds of our sessions, everybody's at once.

    :calls: `local_parcours_completions`
    """
    asked = query.model_dump_json(exclude_none=True)
    answer = transport.call(COMPLETIONS, {"query": asked}, write=False)
    return read(CompletionsPage, COMPLETIONS, inner(COMPLETIONS, answer))


def inner(function: str, answer: JsonValue) -> JsonValue:
    """Decode the JSON text that our plugin's functions return inside Moodle's JSON; FatalError where it is none."""
    if not isinstance(answer, str):
        raise unexpected(function, _("un texte JSON était attendu"))
    return _decoded(function, answer)


def _decoded(function: str, text: str) -> JsonValue:
    try:
        value: JsonValue = json.loads(text)
    except (ValueError, RecursionError):
        raise unexpected(function, _("le texte JSON est illisible")) from None
    return value
