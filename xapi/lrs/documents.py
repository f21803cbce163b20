"""The three document resources (xAPI 1.0.3, part 3, 2.2, 2.3, 2.6 and 2.7): state, agent profile, activity profile.

They are one resource that differs by what a document belongs to and by how carefully it may be replaced.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import formatdate
from typing import TYPE_CHECKING

from xapi.errors import DataError
from xapi.keys import key
from xapi.lrs.document_store import Document, Documents, Place
from xapi.lrs.exchange import Call, RefusedError, Reply, json_reply
from xapi.lrs.query import parse_agent, parse_instant, parse_iri
from xapi.names import has_control, parse_uuid

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from xapi.store import Store

_TAG = re.compile(r'(?:W/)?("[^"]*")')


@dataclass(frozen=True, slots=True)
class Kind:
    """One document resource.

    `owner` are the parameters that say whose documents these are, `name` the one that names a document. `registered`:
    a document may belong to one registration. `guarded`: nobody replaces a document without saying which one they
    have seen (part 3, 3.1). `erasable`: a DELETE without a name removes them all.
    """

    scope: str
    path: str
    owner: tuple[str, ...]
    name: str
    registered: bool = False
    guarded: bool = True
    erasable: bool = False


STATE = Kind(
    "state", "activities/state", ("activityId", "agent"), "stateId", registered=True, guarded=False, erasable=True
)
AGENT_PROFILE = Kind("profile", "agents/profile", ("agent",), "profileId")
ACTIVITY_PROFILE = Kind("profile", "activities/profile", ("activityId",), "profileId")


class DocumentsResource:
    """One document resource over a store."""

    methods = ("GET", "PUT", "POST", "DELETE")

    def __init__(self, kind: Kind, store: Store) -> None:
        self._kind = kind
        self._documents = Documents(store)

    def answer(self, call: Call) -> Reply:
        """Answer one call. Raises DataError or RefusedError."""
        allowed = (self._kind.scope, "all/read") if call.method == "GET" else (self._kind.scope,)
        if not call.client.may(*allowed):
            raise RefusedError(403, "this client may not use these documents")
        answers = {"GET": self._get, "PUT": self._put, "POST": self._post, "DELETE": self._delete}
        return answers[call.method](call)

    def _get(self, call: Call) -> Reply:
        owner, registration = self._owner(call)
        if self._kind.name not in call.parameters:
            since = call.parameters.get("since")
            since_us = None if since is None else parse_instant(since, "since")
            return json_reply(200, self._documents.ids(owner, registration, since_us))
        found = self._documents.get(self._place(call))
        if found is None:
            return json_reply(404, "no such document")
        headers = {"ETag": found.etag, "Last-Modified": formatdate(found.updated_us // 1_000_000, usegmt=True)}
        return Reply(200, found.body, headers, found.content_type)

    def _put(self, call: Call) -> Reply:
        self._documents.put(self._place(call), _sent(call), _condition(call, guarded=self._kind.guarded))
        return Reply(204)

    def _post(self, call: Call) -> Reply:
        self._documents.merge(self._place(call), _sent(call), _condition(call))
        return Reply(204)

    def _delete(self, call: Call) -> Reply:
        if self._kind.erasable and self._kind.name not in call.parameters:
            self._documents.delete_all(*self._owner(call))
        else:
            self._documents.delete(self._place(call), _condition(call))
        return Reply(204)

    def _place(self, call: Call) -> Place:
        owner, registration = self._owner(call)
        call.check_parameters(call.parameters, required=(self._kind.name,))
        name = call.parameters[self._kind.name]
        if has_control(name):
            raise DataError(f"{self._kind.name} holds a control character")
        return Place(owner, registration, name)

    def _owner(self, call: Call) -> tuple[bytes, UUID | None]:
        kind = self._kind
        others = (
            kind.name,
            *(["registration"] if kind.registered else []),
            *(["since"] if call.method == "GET" else []),
        )
        call.check_parameters((*kind.owner, *others), required=kind.owner)
        values: list[str] = []
        if "activityId" in kind.owner:
            values.append(parse_iri(call.parameters["activityId"], "activityId"))
        if "agent" in kind.owner:
            values += parse_agent(call.parameters["agent"])
        registration = call.parameters.get("registration")
        try:
            return key(kind.path, *values), None if registration is None else parse_uuid(registration)
        except ValueError:
            raise DataError("registration is not a UUID") from None


def _sent(call: Call) -> Document:
    return Document(call.content_type or "application/octet-stream", call.body)


def _condition(call: Call, *, guarded: bool = False) -> Callable[[Document | None], None]:
    """Return the check of `If-Match` and `If-None-Match` (RFC 9110, 13.1) against the document that is there."""
    wanted, unwanted = (call.headers.get(name) for name in ("if-match", "if-none-match"))

    def check(held: Document | None) -> None:
        if wanted is not None and not _matches(wanted, held):
            raise RefusedError(412, "the document is not the one that If-Match says")
        if unwanted is not None and _matches(unwanted, held):
            raise RefusedError(412, "there is a document that If-None-Match excludes")
        if guarded and wanted is None and unwanted is None:
            if held is not None:
                raise RefusedError(409, "there is a document: read it, and say in If-Match which one you replace")
            raise RefusedError(400, "say with If-None-Match: * that the document is new")

    return check


def _matches(tags: str, held: Document | None) -> bool:
    return held is not None and (tags.strip() == "*" or held.etag in _TAG.findall(tags))
