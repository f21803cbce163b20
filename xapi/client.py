"""Reads and writes any LRS that speaks xAPI 1.0.3 or 2.0, over HTTP.

Reads go page by page along `more`, which may be relative or absolute but must stay on the LRS's own origin, and
are tried again when the LRS is busy or unreachable. Writes carry the ids that we chose, so sending them again is
harmless and they are tried again too. Nothing of a secret, and no query, ever enters an error.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urljoin, urlsplit
from uuid import UUID

import msgspec
import requests
import stamina

from xapi import transport
from xapi.canonical import decode_object
from xapi.errors import (
    ConfigError,
    DataError,
    ExpiredError,
    FailingError,
    FatalError,
    NotFoundError,
    RetriableError,
    StatementError,
)
from xapi.instants import format_us
from xapi.page import StatementPage, decode_page
from xapi.transport import Route

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xapi.transport import Answer

# stamina would log each new try on standard output, in English, in the middle of what a command shows.
stamina.instrumentation.set_on_retry_hooks([])

_MAX_WITHOUT_NEWS = 10
_MAX_BATCH = 200


@dataclass(frozen=True)
class Page:
    """One page: each statement as received, where it came from, and what the LRS says about time.

    `consistent_through_us` and `server_date_us` are microseconds UTC, `version` the xAPI that the LRS says it speaks;
    None where it does not say.
    """

    items: tuple[bytes, ...]
    url: str
    consistent_through_us: int | None
    server_date_us: int | None
    last: bool
    version: str | None = None


class Found(NamedTuple):
    """A statement as the LRS holds it, and whether it was voided."""

    body: bytes
    voided: bool


class LRSClient:
    """One LRS. `endpoint` is its xAPI address, the one under which `statements` is found.

    `secret` goes with `username` for HTTP basic authentication; without a user name (None) it is a bearer token.
    `version` is the xAPI that we speak. Raises ConfigError for an address that is no http(s) one.
    """

    def __init__(
        self,
        endpoint: str,
        username: str | None,
        secret: str,
        *,
        version: str = "1.0.3",
        route: Route | None = None,
    ) -> None:
        if not _is_endpoint(endpoint):
            raise ConfigError("the address of the LRS must be http(s)://host/path, without credentials or query")
        self.endpoint = endpoint.rstrip("/") + "/"
        self._statements = urljoin(self.endpoint, "statements")
        self._route = route or Route()
        self._retry = stamina.RetryingCaller(attempts=self._route.attempts, timeout=None, wait_max=30).on(
            transport.wait_before_retry
        )
        self._session = requests.Session()
        self._session.auth = transport.signing(username, secret)
        self._session.headers.update({"X-Experience-API-Version": version, "Accept": "application/json"})

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def pages(
        self, since_us: int | None = None, *, until_us: int | None = None, limit: int = 500, ascending: bool = True
    ) -> Iterator[Page]:
        """Yield the pages of statements stored after `since_us` and until `until_us`, oldest stored first.

        `since` is exclusive and `until` inclusive, on `stored`, as the specification says (Ralph uses `timestamp`).
        Never filters further: a void, an unknown person or a new verb must be seen. Raises ConfigError (address,
        credentials, rights), RetriableError (after the last attempt), TooLargeError (ask again with a smaller
        `limit`), ExpiredError (the next page is no longer given: begin again), FatalError (`more` loops or leaves
        the LRS, no LRS at that address).
        """
        query = {"ascending": "true" if ascending else "false", "limit": str(limit)}
        if since_us is not None:
            query["since"] = format_us(since_us)
        if until_us is not None:
            query["until"] = format_us(until_us)
        prepared = requests.Request("GET", self._statements, params=query).prepare()
        url: str | None = str(prepared.url)
        guard = _LoopGuard()
        while url is not None:
            try:
                answer, page = self._retry(partial(self._read_page, url))
            except (NotFoundError, DataError, FailingError) as exc:
                if guard.begins:
                    raise
                raise ExpiredError("the LRS no longer gives the next page") from exc
            guard.check(url, page)
            following = self._follow(url, page.more) if page.more else None
            yield Page(page.items, url, answer.consistent_through_us, answer.date_us, following is None, answer.version)
            url = following

    def find(self, statement_id: UUID) -> Found | None:
        """Return the statement with this id, in force or voided; None when the LRS has none.

        Some answer a list where the specification has the statement, empty for none (Ralph). A list without the
        statement asked for tells nothing: FatalError.
        """
        for name in ("statementId", "voidedStatementId"):
            url = str(requests.Request("GET", self._statements, params={name: str(statement_id)}).prepare().url)
            try:
                answer = self._retry(partial(self._exchange, "GET", url))
            except NotFoundError:
                continue
            if _is_none(answer.body):
                return None
            for body in (answer.body, *_listed(answer.body)):
                if _names(body, statement_id):
                    return Found(body, voided=name == "voidedStatementId")
            raise FatalError("the LRS answers with something else than the statement asked for")
        return None

    def post(self, statements: Sequence[dict[str, Any]]) -> list[UUID]:
        """Store statements, each with the id that we chose; returns the ids, in order.

        Sent in batches, each stored whole or not at all; statements that the LRS has already count as stored.
        Raises ConflictError when an id is known with another content, DataError when the LRS refuses one.
        """
        if any("id" not in statement for statement in statements):
            raise DataError("a statement without an id cannot be sent again safely")
        for start in range(0, len(statements), _MAX_BATCH):
            body = msgspec.json.encode(statements[start : start + _MAX_BATCH])
            answer = self._retry(partial(self._exchange, "POST", self._statements, body))
            if answer.body and answer.looks_like_html:
                raise FatalError("the LRS answered with a web page: nothing says that the statements are stored")
        return [UUID(str(statement["id"])) for statement in statements]

    def _read_page(self, url: str) -> tuple[Answer, StatementPage]:
        answer = self._exchange("GET", url)
        try:
            return answer, decode_page(answer.body)
        except DataError as exc:
            if answer.looks_like_html:
                raise FatalError("the LRS answered with a web page: is this the address of an LRS?") from None
            raise RetriableError(f"the answer of the LRS is {exc}") from None

    def _exchange(self, method: str, url: str, body: bytes | None = None) -> Answer:
        return transport.exchange(self._session, method, url, self._route, body)

    def _follow(self, url: str, more: str) -> str:
        try:
            following = urljoin(url, more)
            here = _origin(following) == _origin(self.endpoint)
        except ValueError:
            raise FatalError("the LRS gives a next page (`more`) that is no address") from None
        if not here:
            raise FatalError("the LRS sends to another host for the next page (`more`): not followed")
        return following


class _LoopGuard:
    """Refuses a chain of pages that would never end: an address that comes again, or page upon page without news."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._previous: tuple[bytes, ...] = ()
        self._without_news = 0

    @property
    def begins(self) -> bool:
        """No page has come yet."""
        return not self._seen

    def check(self, url: str, page: StatementPage) -> None:
        is_news = bool(page.items) and page.items != self._previous
        self._without_news = 0 if is_news else self._without_news + 1
        if url in self._seen or self._without_news > _MAX_WITHOUT_NEWS:
            raise FatalError("the pages of the LRS go round in a circle (`more`)")
        self._seen.add(url)
        self._previous = page.items


def _origin(url: str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port. Raises ValueError where there is no such thing."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _names(body: bytes, statement_id: UUID) -> bool:
    try:
        return UUID(str(decode_object(body).get("id"))) == statement_id
    except (StatementError, ValueError):
        return False


def _listed(body: bytes) -> tuple[bytes, ...]:
    try:
        return decode_page(body).items
    except DataError:
        return ()


def _is_none(body: bytes) -> bool:
    """An empty list: there is no such statement, neither in force nor voided."""
    try:
        return not decode_page(body).items
    except DataError:
        return False


def _is_endpoint(url: str) -> bool:
    try:
        scheme, host, _ = _origin(url)
    except ValueError:
        return False
    return scheme in ("http", "https") and bool(host) and not any(mark in url for mark in "@?#")
