"""One statement, reduced to the few fields that the program uses; the bytes received stay the truth.

Tolerant of everything that is not used. What is used must be right: a wrong type there is refused with a reason,
because guessing would credit or refuse hours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec

from xapi import vocabulary
from xapi.canonical import decode_object, fingerprint
from xapi.errors import StatementError
from xapi.instants import parse_timestamp
from xapi.names import account_key, has_control, normalise_email, normalise_iri, parse_uuid

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

ActorKind = Literal["mbox", "account", "mbox_sha1sum", "openid", "anonymous"]


_IDENTIFIERS: tuple[ActorKind, ...] = ("mbox", "mbox_sha1sum", "openid", "account")


class Actor(msgspec.Struct, frozen=True, gc=False):
    """Who did it: `kind` and `value` are the normalised key of a person (`homePage|name` for an account).

    `kind` is `anonymous`, with an empty value, for a group without an identifier; `group` is true for any group.
    """

    kind: ActorKind
    value: str
    group: bool = False


class Statement(msgspec.Struct, frozen=True, gc=False):
    """What the program uses of a statement. Instants are microseconds since 1970 UTC.

    `timestamp_us` falls back to `stored_us` when the emitter gave none, as the specification says.
    `object_id` is None when the object is no activity; `object_idnumber` comes from the external-id extension, else
    from our own IRI. `course_id` is the parent whose type is a course. `voids` is the target of a voiding statement.
    `decided_by` and `reason` are those of a decision of ours, None for any other statement.
    """

    id: UUID | None
    sha256: bytes
    actor: Actor
    verb: str
    object_id: str | None
    object_idnumber: str | None
    completion: bool | None
    success: bool | None
    timestamp_us: int
    stored_us: int | None
    parents: tuple[str, ...]
    course_id: str | None
    course_idnumber: str | None
    event_name: str | None
    voids: UUID | None
    decided_by: str | None = None
    reason: str | None = None


class _Verb(msgspec.Struct, gc=False):
    id: str


class _EventInfo(msgspec.Struct, gc=False):
    event_name: str | None = None


class _Extensions(msgspec.Struct, gc=False):
    info: _EventInfo | None = msgspec.field(default=None, name=vocabulary.EXT_EVENT_INFO)


class _Context(msgspec.Struct, gc=False):
    extensions: _Extensions | None = None


class Glance(msgspec.Struct, gc=False):
    """The little that says whether a statement is worth decoding: it is ten times as quick to read."""

    verb: _Verb
    id: str | None = None
    stored: str | None = None
    timestamp: str | None = None
    context: _Context | None = None

    @property
    def event_name(self) -> str | None:
        """As `Statement.event_name`."""
        info = self.context and self.context.extensions and self.context.extensions.info
        return (info and info.event_name) or None


_glance = msgspec.json.Decoder(Glance).decode


def glance(raw: bytes) -> Glance | None:
    """Read through the whole of a statement, as JSON, and return that little; None where `decode_statement` must say.

    What `decode_statement` would refuse of the fields that are not in there is not seen.
    """
    try:
        if not raw.isascii():
            raw.decode()
        return _glance(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def decode_statement(raw: bytes | dict[str, Any]) -> Statement:
    """Read one statement. Raises StatementError, and nothing else, when a used field is missing or wrong."""
    data = decode_object(raw)
    context = data.get("context")
    verb = _text(_mapping(data.get("verb"), "verb").get("id"), "verb")
    activity = _mapping(data.get("object"), "object")
    is_activity = activity.get("objectType", "Activity") == "Activity"
    result = data.get("result")
    outcome = result if isinstance(result, dict) else {}
    parents = tuple(_parents(context))
    course = next((parent for parent in parents if _definition(parent).get("type") == vocabulary.TYPE_COURSE), {})
    stored_us = _instant(data.get("stored"), "stored")
    timestamp_us = _instant(data.get("timestamp"), "timestamp")
    if timestamp_us is None:
        timestamp_us = stored_us
    if timestamp_us is None:
        raise StatementError("timestamp", "neither a timestamp nor a stored time")
    return Statement(
        id=None if data.get("id") is None else _uuid(data["id"], "id"),
        sha256=fingerprint(data),
        actor=_actor(_mapping(data.get("actor"), "actor")),
        verb=verb,
        object_id=normalise_iri(_text(activity.get("id"), "object")) if is_activity else None,
        object_idnumber=_idnumber(activity),
        completion=_flag(outcome.get("completion"), "completion"),
        success=_flag(outcome.get("success"), "success"),
        timestamp_us=timestamp_us,
        stored_us=stored_us,
        parents=tuple(normalise_iri(parent["id"]) for parent in parents),
        course_id=normalise_iri(course["id"]) if course else None,
        course_idnumber=_idnumber(course) if course else None,
        event_name=_event_name(context),
        voids=_uuid(activity.get("id"), "voided target") if verb == vocabulary.VOIDED else None,
        decided_by=_decided_by(context) if verb == vocabulary.DECIDED else None,
        reason=_reason(context) if verb == vocabulary.DECIDED else None,
    )


def _actor(data: dict[str, Any]) -> Actor:
    group = data.get("objectType") == "Group"
    found = [kind for kind in _IDENTIFIERS if data.get(kind) is not None]
    if len(found) > 1:
        raise StatementError("actor", "more than one identifier")
    if not found:
        if group:
            return Actor("anonymous", "", group=True)
        raise StatementError("actor", "no identifier")
    kind = found[0]
    if kind == "account":
        account = _mapping(data[kind], "actor")
        return Actor("account", account_key(_text(account.get("homePage"), "actor"), _name(account)), group)
    value = _text(data[kind], "actor")
    if kind == "mbox":
        return Actor("mbox", normalise_email(value), group)
    return Actor("openid", value, group) if kind == "openid" else Actor("mbox_sha1sum", value.lower(), group)


def _name(account: dict[str, Any]) -> str:
    name = account.get("name")
    return str(name) if type(name) is int else _text(name, "actor")


def _parents(context: object) -> Iterator[dict[str, Any]]:
    """Parent activities that have an id; xAPI 1.0 allowed a lone object for a list of one."""
    activities = context.get("contextActivities") if isinstance(context, dict) else None
    listed = activities.get("parent") if isinstance(activities, dict) else None
    for parent in listed if isinstance(listed, list) else [listed]:
        if isinstance(parent, dict) and isinstance(parent.get("id"), str):
            _clean(parent["id"])
            yield parent


def _definition(activity: dict[str, Any]) -> dict[str, Any]:
    definition = activity.get("definition")
    return definition if isinstance(definition, dict) else {}


def _idnumber(activity: dict[str, Any]) -> str | None:
    """The Moodle idnumber; a duplicated course sends an empty one, which says nothing."""
    extensions = _definition(activity).get("extensions")
    if isinstance(extensions, dict) and (named := _optional(extensions.get(vocabulary.EXT_EXTERNAL_ID))):
        return named
    own = vocabulary.parse_own(activity["id"]) if isinstance(activity.get("id"), str) else None
    return own.idnumber if own else None


def _event_name(context: object) -> str | None:
    extensions = context.get("extensions") if isinstance(context, dict) else None
    info = extensions.get(vocabulary.EXT_EVENT_INFO) if isinstance(extensions, dict) else None
    return _optional(info.get("event_name")) if isinstance(info, dict) else None


def _decided_by(context: object) -> str:
    """Return the user of the program who decided; a decision without its author is refused."""
    instructor = context.get("instructor") if isinstance(context, dict) else None
    account = instructor.get("account") if isinstance(instructor, dict) else None
    if not isinstance(account, dict) or account.get("homePage") != vocabulary.PROGRAM_HOMEPAGE:
        raise StatementError("actor", "a decision without its author")
    return _text(account.get("name"), "actor")


def _reason(context: object) -> str:
    extensions = context.get("extensions") if isinstance(context, dict) else None
    return _text(extensions.get(vocabulary.EXT_REASON) if isinstance(extensions, dict) else None, "result")


def _mapping(value: object, field: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise StatementError(field, "missing, or not an object")
    return value


def _text(value: object, field: str) -> str:
    if not isinstance(value, str) or not value:
        raise StatementError(field, "an identifier is missing, or not a text")
    return _clean(value)


def _optional(value: object) -> str | None:
    return _clean(value) if isinstance(value, str) and value else None


def _clean(text: str) -> str:
    """Refuse what no database keeps as it is, in all that is kept."""
    if not text.isprintable() and has_control(text):
        raise StatementError("control", "an identifier holds a control character")
    return text


def _flag(value: object, field: str) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    raise StatementError("result", f"{field} is neither true nor false")


def _uuid(value: object, field: str) -> UUID:
    try:
        return parse_uuid(value)
    except ValueError as exc:
        raise StatementError("uuid", f"{field}: {exc}") from None


def _instant(value: object, field: str) -> int | None:
    if value is None:
        return None
    try:
        return parse_timestamp(_text(value, field))
    except ValueError as exc:
        raise StatementError(field, str(exc)) from None
