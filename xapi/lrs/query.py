"""What a GET on the statements resource asks for, and the `more` address of its next page. Pure.

`more` carries the whole question and the place reached: the server remembers nothing, so a chain of pages never
expires and can be resumed by another process.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from xapi.errors import DataError, StatementError
from xapi.instants import parse_timestamp
from xapi.keys import identity, key, registration_key
from xapi.lrs import checks
from xapi.lrs.formats import FORMATS
from xapi.lrs.validate import check_actor
from xapi.names import parse_uuid

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

MAX_PAGE = 500
"""Statements: what one page holds at most, and what `limit=0` or no limit gives."""

_SINGLE = ("statementId", "voidedStatementId")
_SHOWN = ("format", "attachments")
_FILTERS = ("agent", "verb", "activity", "registration", "related_activities", "related_agents")
_LIST = frozenset({*_FILTERS, "since", "until", "limit", "ascending"})
PARAMETERS = frozenset({*_SINGLE, *_SHOWN, *_LIST, "more"})


_Us = Annotated[int, msgspec.Meta(ge=-(2**62), le=2**62)]  # what a database can hold, with room to count
_Keys = Annotated[tuple[bytes, ...], msgspec.Meta(max_length=4)]  # a registration, an agent, an activity, a verb
_Limit = Annotated[int, msgspec.Meta(ge=1, le=MAX_PAGE)]


class Single(msgspec.Struct, frozen=True):
    """One statement by its id, in force or voided."""

    statement_id: UUID
    voided: bool
    format: str = "exact"
    attachments: bool = False


class Listing(msgspec.Struct, frozen=True):
    """A page of statements: `stored` after `after_us`, up to and with `until_us`, that answer every key."""

    keys: _Keys = ()
    after_us: _Us | None = None
    until_us: _Us | None = None
    limit: _Limit = MAX_PAGE
    ascending: bool = False
    format: str = "exact"
    attachments: bool = False

    def following(self, last_us: int) -> Listing:
        """Return the question for the next page, when this one ended at `last_us`."""
        if self.ascending:
            return msgspec.structs.replace(self, after_us=last_us)
        return msgspec.structs.replace(self, until_us=last_us - 1)

    def to_token(self) -> str:
        """The opaque text of a `more` address."""
        return base64.urlsafe_b64encode(msgspec.json.encode(self)).decode()


def parse_query(parameters: Mapping[str, str]) -> Single | Listing:
    """Read the parameters of a GET. Raises DataError with a reason for whoever wrote the request."""
    if "more" in parameters:
        return _from_token(parameters["more"])
    shown = _one_of(parameters, "format", FORMATS), _boolean(parameters, "attachments")
    single = [name for name in _SINGLE if name in parameters]
    if single:
        if len(single) > 1 or _LIST & set(parameters):
            raise DataError(f"{single[0]} goes with no other parameter than format and attachments")
        return Single(_uuid(parameters[single[0]], single[0]), single[0] == "voidedStatementId", *shown)
    return Listing(
        _keys(parameters),
        _instant(parameters, "since"),
        _instant(parameters, "until"),
        _limit(parameters.get("limit", "0")),
        _boolean(parameters, "ascending"),
        *shown,
    )


def _keys(parameters: Mapping[str, str]) -> tuple[bytes, ...]:
    """The keys that are asked for, from the one that few statements should have to the one that many have."""
    found = []
    if "registration" in parameters:
        found.append(registration_key(_uuid(parameters["registration"], "registration")))
    if "agent" in parameters:
        kind = "related_agents" if _boolean(parameters, "related_agents") else "agent"
        found.append(key(kind, *parse_agent(parameters["agent"])))
    if "activity" in parameters:
        kind = "related_activities" if _boolean(parameters, "related_activities") else "activity"
        found.append(key(kind, parse_iri(parameters["activity"], "activity")))
    if "verb" in parameters:
        found.append(key("verb", parse_iri(parameters["verb"], "verb")))
    for name in ("related_activities", "related_agents"):
        _boolean(parameters, name)
    return tuple(found)


def parse_agent(text: str) -> tuple[str, ...]:
    """Read the JSON of an agent, or of a group with an identifier. Raises DataError."""
    who = identity(read_agent(text))
    if who is None:
        raise DataError("agent: a group without an identifier is nobody in particular")
    return who


def read_agent(text: str) -> dict[str, Any]:
    """Read the JSON of an agent or a group. Raises DataError."""
    try:
        agent: dict[str, Any] = msgspec.json.decode(text, type=dict[str, Any])
        check_actor(agent, "agent")
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise DataError("agent: not the JSON of an agent") from None
    except StatementError as exc:
        raise DataError(exc.detail) from None
    return agent


def parse_iri(text: str, name: str) -> str:
    """Return an IRI as it is. Raises DataError."""
    try:
        checks.iri(text, name)
    except StatementError as exc:
        raise DataError(exc.detail) from None
    return text


def _from_token(token: str) -> Listing:
    try:
        listing = msgspec.json.decode(base64.urlsafe_b64decode(token), type=Listing)
    except (ValueError, msgspec.DecodeError):
        raise DataError("this `more` address is none of ours") from None
    if listing.format not in FORMATS:
        raise DataError("this `more` address is none of ours")
    return listing


def _uuid(text: str, name: str) -> UUID:
    try:
        return parse_uuid(text)
    except ValueError:
        raise DataError(f"{name} is not a UUID") from None


def _instant(parameters: Mapping[str, str], name: str) -> int | None:
    return parse_instant(parameters[name], name) if name in parameters else None


def parse_instant(text: str, name: str) -> int:
    """Read an instant, in microseconds UTC. Raises DataError."""
    try:
        # A "+" of an offset that was not percent-encoded arrives as a blank.
        return parse_timestamp(text.replace(" ", "+"))
    except ValueError as exc:
        raise DataError(f"{name}: {exc}") from None


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise DataError("limit is a whole number, 0 or more")
    return min(int(text[:9]), MAX_PAGE) or MAX_PAGE


def _boolean(parameters: Mapping[str, str], name: str) -> bool:
    return _one_of(parameters, name, ("false", "true")) == "true"


def _one_of(parameters: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    """The value of a parameter that has few; the first one where it is not given."""
    value = parameters.get(name, allowed[0])
    if value not in allowed:
        raise DataError(f"{name} is {' or '.join(allowed)}")
    return value
