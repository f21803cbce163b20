"""What a GET on the statements resource asks for, and the `more` address of its next page. Pure.

`more` carries the whole question and the place reached: the server remembers nothing, so a chain of pages never
expires and can be resumed by another process.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import msgspec

from xapi.errors import DataError
from xapi.instants import parse_timestamp
from xapi.names import parse_uuid

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

MAX_PAGE = 500
"""Statements: what one page holds at most, and what `limit=0` or no limit gives."""

_LIST = frozenset({"since", "until", "limit", "ascending"})
_FIXED = {"format": "exact", "attachments": "false"}
_NOT_YET = frozenset({"agent", "verb", "activity", "registration", "related_activities", "related_agents"})


class Single(msgspec.Struct, frozen=True):
    """One statement by its id, in force or voided."""

    statement_id: UUID
    voided: bool


class Listing(msgspec.Struct, frozen=True):
    """A page of statements: `stored` after `after_us`, up to and with `until_us`."""

    after_us: int | None = None
    until_us: int | None = None
    limit: int = MAX_PAGE
    ascending: bool = False

    def following(self, last_us: int) -> Listing:
        """Return the question for the next page, when this one ended at `last_us`."""
        if self.ascending:
            return msgspec.structs.replace(self, after_us=last_us)
        return msgspec.structs.replace(self, until_us=last_us - 1)

    def to_token(self) -> str:
        """The opaque text of a `more` address."""
        return base64.urlsafe_b64encode(msgspec.json.encode(self)).decode()


class NotImplementedFilterError(DataError):
    """A filter of the specification that this LRS does not have: refused, since ignoring it would answer wrongly."""


def parse_query(parameters: Mapping[str, str]) -> Single | Listing:
    """Read the parameters of a GET. Raises DataError with a reason for whoever wrote the request."""
    if "more" in parameters:
        return _from_token(parameters["more"])
    _check_names(parameters)
    single = [name for name in ("statementId", "voidedStatementId") if name in parameters]
    if single:
        if len(single) > 1 or _LIST & set(parameters):
            raise DataError(f"{single[0]} goes with no other parameter than format and attachments")
        return Single(_uuid(parameters[single[0]], single[0]), voided=single[0] == "voidedStatementId")
    return Listing(
        after_us=_instant(parameters, "since"),
        until_us=_instant(parameters, "until"),
        limit=_limit(parameters.get("limit", "0")),
        ascending=_boolean(parameters.get("ascending", "false"), "ascending"),
    )


def _check_names(parameters: Mapping[str, str]) -> None:
    for name, value in parameters.items():
        if name in _NOT_YET or (name in _FIXED and value != _FIXED[name]):
            raise NotImplementedFilterError(f"this LRS does not have the parameter {name}={value[:40]}")
        if name not in {"statementId", "voidedStatementId", *_LIST, *_FIXED}:
            raise DataError(f"unknown parameter {name[:40]}")


def _from_token(token: str) -> Listing:
    try:
        listing = msgspec.json.decode(base64.urlsafe_b64decode(token), type=Listing)
    except (ValueError, msgspec.DecodeError):
        raise DataError("this `more` address is none of ours") from None
    if not 1 <= listing.limit <= MAX_PAGE:
        raise DataError("this `more` address is none of ours")
    return listing


def _uuid(text: str, name: str) -> UUID:
    try:
        return parse_uuid(text)
    except ValueError:
        raise DataError(f"{name} is not a UUID") from None


def _instant(parameters: Mapping[str, str], name: str) -> int | None:
    if name not in parameters:
        return None
    try:
        # A "+" of an offset that was not percent-encoded arrives as a blank.
        return parse_timestamp(parameters[name].replace(" ", "+"))
    except ValueError as exc:
        raise DataError(f"{name}: {exc}") from None


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise DataError("limit is a whole number, 0 or more")
    return min(int(text[:9]), MAX_PAGE) or MAX_PAGE


def _boolean(text: str, name: str) -> bool:
    if text not in ("true", "false"):
        raise DataError(f"{name} is true or false")
    return text == "true"
