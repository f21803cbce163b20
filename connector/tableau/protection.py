"""What every answer carries and every request must bear: strict headers, bounded bodies, rates."""

from __future__ import annotations

from hmac import compare_digest
from typing import TYPE_CHECKING

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import MutableHeaders

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
MAX_BODY = 12_000_000
"""Bytes of a request: a sign-in sheet is far below."""
PAGES_A_MINUTE = 300
"""Pages and files of one visitor: whoever types a search asks for a few a second, for a few seconds."""


class TooLongError(Exception):
    """A body went past `MAX_BODY`."""


class Guard:
    """Stands before the application: no body is longer than `MAX_BODY`, every answer has the headers, errors too."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        self._headers = HEADERS | ({"Strict-Transport-Security": "max-age=31536000"} if secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; the application gets TooLongError where its body is too long."""
        received = 0

        async def bounded() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > MAX_BODY:
                raise TooLongError
            return message

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, bounded, with_headers)


def same_secret(given: object, kept: str) -> bool:
    """Tell whether what a form brings back is what was given out, in a time that says nothing of either."""
    return isinstance(given, str) and compare_digest(given.encode("utf-8", "replace"), kept.encode())


class Rates:
    """How often a place may try to sign in, how often a name may be tried, and how many pages a visitor may ask for.

    To guess is to try many times; to take everything away, or to keep the server busy, is to ask for many pages.
    """

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._by_place, self._by_name = parse("20 per 5 minutes"), parse("5 per 5 minutes")
        self._pages = parse(f"{PAGES_A_MINUTE} per minute")

    def allow(self, place: str, name: str | None) -> bool:
        """Count a try, of a name where one is tried; False where there were too many."""
        by_place = self._limiter.hit(self._by_place, "place", place)
        by_name = name is None or self._limiter.hit(self._by_name, "name", name.casefold())
        return by_place and by_name

    def serve(self, name: str) -> bool:
        """Count a page asked for by a visitor; False where they have had too many."""
        return self._limiter.hit(self._pages, "pages", name)

    def forgive(self, name: str) -> None:
        """Forget the tries of a name that has entered."""
        self._limiter.clear(self._by_name, "name", name.casefold())
