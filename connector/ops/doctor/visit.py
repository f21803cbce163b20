"""One request without any secret to a web server: does it answer, what does its certificate say, what time has it?"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr
from requests.adapters import HTTPAdapter
from requests.exceptions import SSLError
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPSConnection

from connector.errors import ParcoursError
from connector.moodle.faults import Answer, Exchange
from connector.moodle.wire import Request, Wire, cause_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from requests import Response

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Visit:
    """What came of a request to `address`: an `answer`, or the `fault` that kept it away.

    `certificate_until` is the end of the server's certificate, None over http; `certificate_refused` is OpenSSL's
    number for why it was refused. `ahead` is by how much the server's clock is ahead, None where it does not say.
    """

    address: str
    answer: Answer | None = None
    fault: ParcoursError | None = None
    certificate_until: datetime | None = None
    certificate_refused: int | None = None
    ahead: timedelta | None = None


def visit(
    address: str,
    path: str,
    now: Callable[[], datetime],
    headers: Mapping[str, str] | None = None,
    *,
    authority: Path | None = None,
    proxy: str | None = None,
) -> Visit:
    """Ask `path` under `address`; whatever HTTP status comes back is an answer. `now` is our clock, in UTC.

    `authority` holds the certificates to trust and `proxy` is one to go through, in place of the machine's.
    """
    adapter = _CertificateAdapter(authority, proxy)
    wire = Wire(address, SecretStr(""), allow_http=True, adapter=adapter)
    before = now()
    try:
        answer = wire.ask(Exchange(address, path, write=False), Request("GET", path, None, headers or {}), _as_it_is)
    except ParcoursError as fault:
        return Visit(address, fault=fault, certificate_refused=adapter.refused)
    said = next((value for name, value in answer.headers.items() if name.lower() == "date"), "")
    return Visit(address, answer, certificate_until=adapter.until, ahead=_by_header(said, before, now()))


def ahead(remote: tuple[datetime, datetime], local: tuple[datetime, datetime]) -> timedelta:
    """Return by how much a remote clock is ahead; each clock is known between two instants.

    Zero, where the two may be the same; else the least that explains what was seen, negative for a late clock.
    """
    if remote[0] > local[1]:
        return remote[0] - local[1]
    if remote[1] < local[0]:
        return remote[1] - local[0]
    return timedelta(0)


def _by_header(text: str, before: datetime, after: datetime) -> timedelta | None:
    try:
        said = parsedate_to_datetime(text)
    except ValueError:
        return None
    said = said.replace(tzinfo=said.tzinfo or UTC)
    return ahead((said, said + _SECOND), (before, after))


def _as_it_is(_exchange: Exchange, answer: Answer) -> Answer:
    return answer


class _CertificateAdapter(HTTPAdapter):
    """Looks at the certificate of the very connection that carries the request, proxies and authorities included."""

    def __init__(self, authority: Path | None, proxy: str | None) -> None:
        self._road: dict[str, Any] = {} if authority is None else {"verify": str(authority)}
        if proxy is not None:
            self._road["proxies"] = {"http": proxy, "https": proxy}
        self.until: datetime | None = None
        self.refused: int | None = None
        super().__init__(pool_connections=1, pool_maxsize=1)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Have the connections show their certificates."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools()

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        """Have the connections through a proxy show their certificates."""
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = self._pools()
        return manager

    def send(self, *args: Any, **kwargs: Any) -> Response:
        """Send, and remember why a certificate was refused."""
        try:
            return super().send(*args, **{**kwargs, **self._road})
        except SSLError as exc:
            refusal = cause_of(exc, ssl.SSLCertVerificationError)
            self.refused = refusal.verify_code if refusal is not None else None
            raise

    def _pools(self) -> dict[str, type[HTTPConnectionPool]]:
        """Return urllib3's pools, those of https with a connection that tells us its certificate once it is made."""
        adapter = self

        class Connection(HTTPSConnection):
            def connect(self) -> None:
                super().connect()
                adapter.look(self.sock)

        class Pool(HTTPSConnectionPool):
            ConnectionCls = Connection

        return {"http": HTTPConnectionPool, "https": Pool}

    def look(self, sock: object) -> None:
        """Read the end of the certificate of a connection that was accepted."""
        if isinstance(sock, ssl.SSLSocket):
            until = (sock.getpeercert() or {}).get("notAfter")
            if isinstance(until, str):
                self.until = datetime.fromtimestamp(ssl.cert_time_to_seconds(until), UTC)
