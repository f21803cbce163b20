"""The application: each address, who may come to it, what becomes of an error."""

from __future__ import annotations

from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from python_multipart.multipart import parse_options_header
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from connector.errors import ParcoursError
from connector.language import N_, _
from connector.obligation.dossier import UnknownTeacherError
from connector.tableau import accompaniment, entering, needs, people, sessions, sheets
from connector.tableau.drawing import draw, files
from connector.tableau.pages import NotFoundError
from connector.tableau.protection import Guard, TooLongError, same_secret
from connector.tableau.speech import Speaking
from connector.tableau.trouble import status_of, told
from connector.tableau.visitor import find_visitor

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from connector.tableau.pages import Page
    from connector.tableau.place import Place
    from connector.tableau.visitor import Visitor

_PAGES = (*entering.PAGES, *people.PAGES, *sessions.PAGES, *sheets.PAGES, *accompaniment.PAGES, *needs.PAGES)
_FILES, _FIELDS = 1, 2000
_TOO_MANY = N_("Trop de pages demandées à la fois : attendez une minute.")
_STALE = N_(
    "Cette page est restée ouverte trop longtemps, ou vient d’ailleurs : rien n’a été enregistré."
    " Revenez au tableau et recommencez."
)


def create_app(place: Place) -> ASGIApp:
    """Return the application. The place's ledger stays the caller's to close."""
    routes = [
        *(Route(path, _open_to_all(place, page), methods=[method]) for method, path, page in entering.DOORS),
        *(Route(f"/{name}", _file(*found), methods=["GET"]) for name, found in files().items()),
        *(Route(path, _for_visitors(place, page), methods=[method]) for method, path, page in _PAGES),
    ]
    handlers = {
        NotFoundError: _nothing(place),
        UnknownTeacherError: _nothing(place),
        ParcoursError: _refused(place),
        HTTPException: _unfit(place),
        TooLongError: _too_long(place),
        500: _failed(place),
    }
    app = Speaking(Starlette(routes=routes, exception_handlers=handlers), place)
    return Guard(app, secure=place.secure)


def _file(content: bytes, kind: str) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(_request: Request) -> Response:
        return Response(content, media_type=kind, headers={"Cache-Control": "max-age=3600"})

    return endpoint


def _open_to_all(
    place: Place, page: Callable[[Place, Request, FormData], Response]
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        async with _form(request) as form:
            _refuse_nul(request, form)
            return await run_in_threadpool(page, place, request, form)

    return endpoint


def _for_visitors(place: Place, page: Page) -> Callable[[Request], Awaitable[Response]]:
    """Wrap a page: nobody gets there without being signed in, and no form does without its session's token."""

    async def endpoint(request: Request) -> Response:
        visitor = await run_in_threadpool(find_visitor, place, request)
        if visitor is None:
            return RedirectResponse(f"/connexion?suite={quote(_came_for(request))}", 303)
        request.state.visitor = visitor
        if not place.rates.serve(visitor.access.identifiant):
            return draw("message", place, visitor, 429, title=_("Ce n’est pas possible"), text=_(_TOO_MANY))
        async with _form(request) as form:
            _refuse_nul(request, form)
            if request.method == "POST" and not same_secret(form.get("jeton"), visitor.csrf):
                return draw("message", place, visitor, 403, title=_("Page périmée"), text=_(_STALE))
            return await run_in_threadpool(page, place, visitor, request, form)

    return endpoint


@asynccontextmanager
async def _form(request: Request) -> AsyncIterator[FormData]:
    """Yield what is posted, empty for another method; the files that came with it are closed at the end."""
    if request.method != "POST":
        yield FormData()
        return
    _kind, options = parse_options_header(request.headers.get("content-type"))
    if options.get(b"charset", b"utf-8").lower() != b"utf-8":  # others decode to what is no text, or fail to
        raise HTTPException(400)
    try:
        form = await request.form(max_files=_FILES, max_fields=_FIELDS)
    except ClientDisconnect:
        raise HTTPException(400) from None
    try:
        yield form
    finally:
        await form.close()


def _refuse_nul(request: Request, form: FormData) -> None:
    """Refuse NUL wherever a text is given: nothing is called so, and PostgreSQL has no room for it."""
    sent = [*request.query_params.multi_items(), *form.multi_items(), *request.path_params.items()]
    texts = [getattr(value, "filename", value) for pair in sent for value in pair]
    if any("\0" in text for text in texts if text):
        raise HTTPException(400)


def _came_for(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "") if request.method == "GET" else "/"


def _visitor(request: Request) -> Visitor | None:
    return getattr(request.state, "visitor", None)


def _nothing(place: Place) -> Callable[[Request, Exception], Response]:
    """Say that there is nothing here: the same words for what is not, and for what is not theirs to see."""

    def handler(request: Request, exc: Exception) -> Response:
        visitor = _visitor(request)
        if visitor and isinstance(exc, NotFoundError) and not exc.journalled:
            visitor.asker.refuse(place.ledger, request.url.path, demande="tableau")
        text = _("Cette page n’existe pas, ou n’est pas dans votre périmètre.")
        return draw("message", place, visitor, 404, title=_("Rien ici"), text=text)

    return handler


def _refused(place: Place) -> Callable[[Request, Exception], Response]:
    """Say what is wrong, as far as the visitor can do something about it."""

    def handler(request: Request, exc: Exception) -> Response:
        if not isinstance(exc, ParcoursError):
            raise exc
        visitor = _visitor(request)
        text = told(place, visitor, request.url.path, exc)
        return draw("message", place, visitor, status_of(exc), title=_("Ce n’est pas possible"), text=text)

    return handler


def _unfit(place: Place) -> Callable[[Request, Exception], Response]:
    """Answer an address or a method that no page has, or a form that cannot be read."""

    def handler(request: Request, exc: Exception) -> Response:
        status = exc.status_code if isinstance(exc, HTTPException) else 400
        text = _("Cet envoi ne se lit pas.") if status == HTTPStatus.BAD_REQUEST else _("Cette page n’existe pas.")
        return draw("message", place, _visitor(request), status, title=_("Rien ici"), text=text)

    return handler


def _too_long(place: Place) -> Callable[[Request, Exception], Response]:
    def handler(request: Request, _exc: Exception) -> Response:
        text = _("Cet envoi est trop gros : une feuille d’émargement tient en quelques centaines de kilooctets.")
        return draw("message", place, _visitor(request), 413, title=_("Trop gros"), text=text)

    return handler


def _failed(place: Place) -> Callable[[Request, Exception], Response]:
    """Say that it is ours to mend; the server then writes the whole error to its own log."""

    def handler(_request: Request, _exc: Exception) -> Response:
        text = _("Le programme a rencontré un défaut imprévu ; le journal du serveur en a le détail.")
        return draw("message", place, None, 500, title=_("Défaut"), text=text)

    return handler
