"""The ASGI application: HTTP around the statements resource. Everything that blocks runs in a worker thread."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from xapi.errors import ConflictError, DataError, RetriableError
from xapi.lrs.clients import authenticate
from xapi.lrs.query import NotImplementedFilterError
from xapi.lrs.statements import VERSION, Reply, StatementsResource

if TYPE_CHECKING:
    from starlette.requests import Request

    from xapi.store import Store

PREFIX = "/xAPI"
"""Where the LRS is served: its endpoint is `http://host:port/xAPI/`."""

MAX_BODY = 8 * 2**20
"""Bytes of one request; logstore_xapi sends batches of about 100 kB."""

_SUPPORTED = re.compile(r"1\.0(\.\d+)?")


class _RefusedError(Exception):
    """A request that is answered before its statements are looked at."""

    def __init__(self, status: int, reason: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(reason)
        self.reply = Reply(status, msgspec.json.encode(reason), headers or {})


def create_app(store: Store, *, max_body: int = MAX_BODY) -> Starlette:
    """Return the application. The store stays the caller's to close."""
    resource = StatementsResource(store, f"{PREFIX}/statements")

    async def statements(request: Request) -> Response:
        try:
            reply = await _answer(request, store, resource, max_body)
        except _RefusedError as refused:
            reply = refused.reply
        except (DataError, RetriableError) as exc:
            reply = _refusal(exc)
        return _response(reply)

    async def about(_request: Request) -> Response:
        return _response(Reply(200, msgspec.json.encode({"version": [VERSION]})))

    return Starlette(
        routes=[
            Route(f"{PREFIX}/about", about, methods=["GET"]),
            Route(f"{PREFIX}/statements", statements, methods=["GET", "POST", "PUT"]),
        ]
    )


async def _answer(request: Request, store: Store, resource: StatementsResource, max_body: int) -> Reply:
    client = await run_in_threadpool(authenticate, store.database, request.headers.get("Authorization"))
    if client is None:
        raise _RefusedError(401, "unknown client or wrong secret", {"WWW-Authenticate": 'Basic realm="xAPI"'})
    if _SUPPORTED.fullmatch(request.headers.get("X-Experience-API-Version", "")) is None:
        raise _RefusedError(400, "the header X-Experience-API-Version must say 1.0.x")
    parameters = dict(request.query_params)
    if len(parameters) < len(request.query_params.multi_items()):
        raise _RefusedError(400, "the same parameter twice")
    if request.method in ("GET", "HEAD"):
        return await run_in_threadpool(resource.get, parameters)
    body = await _body(request, max_body)
    if request.method == "PUT":
        return await run_in_threadpool(resource.put, parameters, body, client)
    if parameters:
        raise _RefusedError(400, "POST takes no parameter")
    return await run_in_threadpool(resource.post, body, client)


async def _body(request: Request, max_body: int) -> bytes:
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise _RefusedError(400, "the body must be application/json: attachments go by reference (fileUrl)")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > max_body:
            raise _RefusedError(413, f"a request has at most {max_body} bytes", {"Connection": "close"})
    return bytes(body)


def _refusal(error: DataError | RetriableError) -> Reply:
    said = msgspec.json.encode(str(error))
    if isinstance(error, RetriableError):
        return Reply(503, said, {"Retry-After": "5"})
    if isinstance(error, ConflictError):
        return Reply(409, said)
    return Reply(501 if isinstance(error, NotImplementedFilterError) else 400, said)


def _response(reply: Reply) -> Response:
    headers = {"X-Experience-API-Version": VERSION, **reply.headers}
    return Response(reply.body, reply.status, headers, media_type="application/json" if reply.body else None)
