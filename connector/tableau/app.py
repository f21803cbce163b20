"""The application: each address, who may come to it, what becomes of an error."""

from __future__ import annotations

import logging
from hmac import compare_digest
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.middleware import Middleware
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from connector.errors import ParcoursError
from connector.tableau import entering, people, sessions
from connector.tableau.drawing import draw, files
from connector.tableau.pages import NotFoundError
from connector.tableau.protection import Guard
from connector.tableau.visitor import find_visitor

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from connector.tableau.pages import Page
    from connector.tableau.place import Place
    from connector.tableau.visitor import Visitor

_LOG = logging.getLogger(__name__)


def create_app(place: Place) -> Starlette:
    """Return the application. The place's ledger stays the caller's to close."""
    routes = [
        Route("/connexion", _open_to_all(place, entering.ask), methods=["GET"]),
        Route("/connexion", _open_to_all(place, entering.enter_by_password), methods=["POST"]),
        Route("/entree", _open_to_all(place, entering.show_link), methods=["GET"]),
        Route("/entree", _open_to_all(place, entering.enter_by_link), methods=["POST"]),
        *(Route(f"/{name}", _file(*found), methods=["GET"]) for name, found in files().items()),
        *(
            Route(path, _for_visitors(place, page), methods=[method])
            for method, path, page in (*entering.PAGES, *people.PAGES, *sessions.PAGES)
        ),
    ]
    return Starlette(
        routes=routes,
        middleware=[Middleware(Guard, secure=place.secure)],
        exception_handlers={404: _not_found(place), 405: _not_found(place), 500: _failed(place)},
    )


def _file(content: bytes, kind: str) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(_request: Request) -> Response:
        return Response(content, media_type=kind, headers={"Cache-Control": "max-age=3600"})

    return endpoint


def _open_to_all(
    place: Place, page: Callable[[Place, Request, FormData], Response]
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        form = await request.form() if request.method == "POST" else FormData()
        return await run_in_threadpool(page, place, request, form)

    return endpoint


def _for_visitors(place: Place, page: Page) -> Callable[[Request], Awaitable[Response]]:
    """Wrap a page: nobody gets there without being signed in, and no form does without its session's token."""

    async def endpoint(request: Request) -> Response:
        visitor = await run_in_threadpool(find_visitor, place, request)
        if visitor is None:
            return RedirectResponse(f"/connexion?suite={quote(_came_for(request))}", 303)
        form = await request.form(max_files=1, max_fields=2000) if request.method == "POST" else FormData()
        if request.method == "POST" and not _bears_token(form, visitor):
            return draw("message", place, visitor, 403, title="Page périmée", text="Rechargez la page et recommencez.")
        return await run_in_threadpool(_answer, place, visitor, request, form)

    def _answer(place: Place, visitor: Visitor, request: Request, form: FormData) -> Response:
        try:
            return page(place, visitor, request, form)
        except NotFoundError:
            return _nothing(place, visitor)
        except ParcoursError as exc:
            return draw("message", place, visitor, 400, title="Ce n’est pas possible", text=str(exc))

    return endpoint


def _came_for(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "") if request.method == "GET" else "/"


def _bears_token(form: FormData, visitor: Visitor) -> bool:
    token = form.get("jeton")
    return isinstance(token, str) and compare_digest(token.encode(), visitor.csrf.encode())


def _nothing(place: Place, visitor: Visitor | None) -> Response:
    """Say that there is nothing here: the same words for what is not, and for what is not theirs to see."""
    text = "Cette page n’existe pas, ou n’est pas dans votre périmètre."
    return draw("message", place, visitor, 404, title="Rien ici", text=text)


def _not_found(place: Place) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def handler(_request: Request, _exc: Exception) -> Response:
        return _nothing(place, None)

    return handler


def _failed(place: Place) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def handler(request: Request, exc: Exception) -> Response:
        _LOG.error("a page failed: %s", request.url.path, exc_info=exc)
        text = "Le programme a rencontré un défaut imprévu ; le journal du serveur en a le détail."
        return draw("message", place, None, 500, title="Défaut", text=text)

    return handler
