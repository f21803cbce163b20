"""The ASGI application: HTTP around the resources of the LRS. Everything that blocks runs in a worker thread."""

from __future__ import annotations

import asyncio
import re
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from xapi.lrs import alternate, documents
from xapi.lrs.clients import authenticate
from xapi.lrs.descriptions import ActivitiesResource, AgentsResource, about
from xapi.lrs.exchange import REFUSALS, VERSIONS, Call, RefusedError, Reply, refusal
from xapi.lrs.limits import Limits, Meter
from xapi.lrs.statements import StatementsResource

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.types import Receive, Scope, Send

    from xapi.lrs.clients import Client
    from xapi.store import Store

PREFIX = "/xAPI"
"""Where the LRS is served: its endpoint is `http://host:port/xAPI/`."""

_EDITIONS = {re.compile(r"1\.0(\.\d+)?"): VERSIONS[0], re.compile(r"2\.0(\.\d+)?"): VERSIONS[1]}
_LINGER_SECONDS = 2
_KINDS = (documents.STATE, documents.AGENT_PROFILE, documents.ACTIVITY_PROFILE)


class Resource(Protocol):
    """What is found at one address."""

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods that it answers; HEAD is answered as GET."""

    def answer(self, call: Call) -> Reply:
        """Answer one call. Raises DataError, ConflictError, RetriableError or RefusedError."""


def create_app(
    store: Store, limits: Limits | None = None, *, seconds: Callable[[], float] = time.monotonic
) -> Starlette:
    """Return the application. The store stays the caller's to close; `seconds` is the clock of the rates."""
    limits = limits or Limits()
    door = _Door(store, limits, Meter(limits, seconds), Meter(limits.of_strangers, seconds))
    resources: dict[str, Resource] = {
        "statements": StatementsResource(store, f"{PREFIX}/statements"),
        "agents": AgentsResource(store),
        "activities": ActivitiesResource(store),
        **{kind.path: documents.DocumentsResource(kind, store) for kind in _KINDS},
    }

    async def tell_about(request: Request) -> Response:
        return _response(about(), _edition(request.headers.get("X-Experience-API-Version")) or VERSIONS[0])

    return Starlette(
        routes=[
            Route(f"{PREFIX}/about", tell_about, methods=["GET"]),
            *(_route(path, resource, door) for path, resource in resources.items()),
        ]
    )


def _route(path: str, resource: Resource, door: _Door) -> Route:
    async def endpoint(request: Request) -> Response:
        return await door.pass_through(request, resource)

    return Route(f"{PREFIX}/{path}", endpoint, methods=["GET", "HEAD", "PUT", "POST", "DELETE"])


class _Door:
    """What every request goes through before a resource sees it, and every reply after."""

    def __init__(self, store: Store, limits: Limits, meter: Meter, strangers: Meter) -> None:
        self._store = store
        self._limits = limits
        self._meter = meter
        self._strangers = strangers

    async def pass_through(self, request: Request, resource: Resource) -> Response:
        version = _edition(request.headers.get("X-Experience-API-Version"))
        try:
            call = await self._call(request, resource)
            version = call.version
            reply = await run_in_threadpool(resource.answer, call)
        except REFUSALS as exc:
            reply = refusal(exc)
        return _response(reply, version or VERSIONS[0])

    async def _call(self, request: Request, resource: Resource) -> Call:
        """Read a request: who sends it first, save where the alternate syntax puts credentials in the body."""
        parameters: Mapping[str, str] = dict(request.query_params)
        if len(parameters) < len(request.query_params.multi_items()):
            raise RefusedError(400, "the same parameter twice")
        received = dict(request.headers)
        in_form = "method" in parameters and "authorization" not in received
        place = request.client.host if request.client else ""
        _refuse_haste(self._strangers.wait(place, counted=False))
        client = None if in_form else await self._enter(received, place)
        method, parameters, headers, body = alternate.unfold(
            alternate.Request(request.method, parameters, received, await self._body(request))
        )
        client = client or await self._enter(headers, place)
        version = _edition(headers.get("x-experience-api-version"))
        if version is None:
            raise RefusedError(400, "the header X-Experience-API-Version must say 1.0.x or 2.0.x")
        method = "GET" if method == "HEAD" else method
        if method not in resource.methods:
            raise RefusedError(405, "this resource does not answer this method", {"Allow": ", ".join(resource.methods)})
        return Call(method, parameters, headers, body, client, version)

    async def _enter(self, headers: Mapping[str, str], place: str) -> Client:
        """Say who sends the request, and count it: to them, or to the place that it comes from where that is nobody."""
        client = await run_in_threadpool(authenticate, self._store.database, headers.get("authorization"))
        if client is None:
            self._strangers.wait(place)
            raise RefusedError(401, "unknown client or wrong secret", {"WWW-Authenticate": 'Basic realm="xAPI"'})
        _refuse_haste(self._meter.wait(client.name))
        return client

    async def _body(self, request: Request) -> bytes:
        """Read the body, within the bytes and the seconds that are given; what says that it is larger is not read."""
        too_large = RefusedError(413, f"a request has at most {self._limits.body} bytes", {"Connection": "close"})
        announced = request.headers.get("Content-Length", "0")
        if not announced.isdecimal() or len(announced) > 18 or int(announced) > self._limits.body:
            raise too_large
        body = bytearray()
        try:
            async with asyncio.timeout(self._limits.seconds):
                async for chunk in request.stream():
                    body += chunk
                    if len(body) > self._limits.body:
                        raise too_large
        except TimeoutError:
            raise RefusedError(408, "the request took too long to arrive", {"Connection": "close"}) from None
        except ClientDisconnect:
            raise RefusedError(400, "the request did not arrive whole") from None
        return bytes(body)


def _refuse_haste(wait: int) -> None:
    if wait:
        raise RefusedError(429, "too many requests", {"Retry-After": str(wait)})


def _edition(header: str | None) -> str | None:
    return next((version for pattern, version in _EDITIONS.items() if pattern.fullmatch(header or "")), None)


class _Lingering(Response):
    """An answer before the request has wholly arrived: what is still coming is let in, for a while, and thrown away.

    Closing at once would reset the connection, and the client would see that instead of the answer.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": True})
        with suppress(TimeoutError):
            async with asyncio.timeout(_LINGER_SECONDS):
                while (await receive()).get("more_body"):
                    pass
        await send({"type": "http.response.body", "body": b""})


def _response(reply: Reply, version: str) -> Response:
    headers = {"X-Experience-API-Version": version, **reply.headers}
    kind = _Lingering if headers.get("Connection") == "close" else Response
    return kind(reply.body, reply.status, headers, media_type=reply.content_type if reply.body else None)
