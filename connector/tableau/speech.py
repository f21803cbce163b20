"""The language that a visitor is spoken to: their own choice, else their browser's, else that of the configuration."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

from starlette.requests import Request

from connector.errors import ConfigError
from connector.language import SOURCE, Language, accepted, known, of_environment, speaking
from connector.tableau.visitor import cookie_name

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

    from connector.tableau.place import Place

_COOKIE = "langue"
_YEAR = 365 * 24 * 3600
_address: ContextVar[str] = ContextVar("address", default="/")


def address() -> str:
    """Return the page being asked for, to come back to in another language; the first one where a form was sent."""
    return _address.get()


def remember(place: Place, response: Response, chosen: Language) -> None:
    """Have a browser bring back the language that its visitor chose, for a year; also when they follow a link here."""
    response.set_cookie(
        cookie_name(place, _COOKIE), chosen, max_age=_YEAR, httponly=True, secure=place.secure, samesite="lax", path="/"
    )


class Speaking:
    """Stands before the application: all that becomes of one request speaks the visitor's language."""

    def __init__(self, app: ASGIApp, place: Place) -> None:
        self._app, self._place = app, place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        asked = f"{request.url.path}?{request.url.query}".rstrip("?")
        _address.set(asked if request.method == "GET" else "/")
        with speaking(_wanted(request, self._place)):
            await self._app(scope, receive, send)


def _wanted(request: Request, place: Place) -> Language:
    chosen = known(request.cookies.get(cookie_name(place, _COOKIE))) or accepted(
        request.headers.get("accept-language", "")
    )
    return chosen or _configured(place)


def _configured(place: Place) -> Language:
    """Return the language of the configuration; French where it is broken, which the page then says."""
    try:
        return of_environment() or place.settings.interface.langue or SOURCE
    except ConfigError:
        return SOURCE
