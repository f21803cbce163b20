"""What the resources of the LRS see of HTTP: a call, a reply, and the refusals that have a status of their own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy.exc import OperationalError

from xapi.errors import ConflictError, DataError, RetriableError, XapiError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from xapi.lrs.clients import Client

VERSIONS = ("1.0.3", "2.0.0")
"""The latest patch of each edition that is spoken, as answered in `X-Experience-API-Version`."""

_LATER = {"Retry-After": "5"}


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated request. Parameters are each given once; names of `headers` are in lower case."""

    method: str
    parameters: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    client: Client
    version: str = VERSIONS[0]

    @property
    def content_type(self) -> str:
        """The whole header, parameters included; empty where there is none."""
        return self.headers.get("content-type", "")

    def check_parameters(self, allowed: Collection[str], required: Collection[str] = ()) -> None:
        """Refuse a parameter that the resource does not know, or misses (xAPI 1.0.3, part 3, 3.2)."""
        for name in self.parameters:
            if name not in allowed:
                raise RefusedError(400, f"unknown parameter {name[:40]}")
        for name in required:
            if name not in self.parameters:
                raise RefusedError(400, f"the parameter {name} is missing")


@dataclass(frozen=True, slots=True)
class Reply:
    """What to answer: the status, the body if any with its type, and headers of the specification."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"


def json_reply(status: int, value: Any, headers: Mapping[str, str] | None = None) -> Reply:
    """Return a reply whose body is this value as JSON."""
    return Reply(status, msgspec.json.encode(value), headers or {})


class RefusedError(XapiError):
    """A request that ends with this status: the reason is for whoever wrote the client."""

    def __init__(self, status: int, reason: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(reason)
        self.reply = json_reply(status, reason, headers)


REFUSALS = (RefusedError, DataError, RetriableError, OperationalError)
"""What ends a request without being a fault of this program."""


def refusal(error: RefusedError | DataError | RetriableError | OperationalError) -> Reply:
    """Return the reply that tells it (xAPI 1.0.3, part 3, 3.2)."""
    if isinstance(error, RefusedError):
        return error.reply
    if isinstance(error, OperationalError):
        return json_reply(503, "the database is busy, full or out of reach", _LATER)
    if isinstance(error, RetriableError):
        return json_reply(503, str(error), _LATER)
    return json_reply(409 if isinstance(error, ConflictError) else 400, str(error))
