"""One HTTP exchange with an LRS: bounded, never redirected, every failure told apart by what to do about it."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import requests
from requests.auth import AuthBase, HTTPBasicAuth

from xapi.errors import (
    CertificateError,
    ConfigError,
    ConflictError,
    DataError,
    FailingError,
    FatalError,
    NotFoundError,
    ProxyError,
    RetriableError,
    TooLargeError,
    XapiError,
)
from xapi.instants import parse_timestamp, to_us

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LONGEST_WAIT = 120.0
"""Seconds: an LRS that asks for more is not waited for, the operation ends and says so."""

_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
_EXCERPT = 300
_LONGEST_VERSION = 20
_KNOWN: dict[int, tuple[type[XapiError], str]] = {
    401: (ConfigError, "the LRS refuses the user name or the secret"),
    403: (ConfigError, "the LRS knows these credentials, but they have not the right to do this"),
    404: (NotFoundError, "no statements resource at this address"),
    407: (ProxyError, "the proxy asks for a name and a password"),
    409: (ConflictError, "the LRS already holds this id with another content"),
    410: (NotFoundError, "there is no longer anything at this address"),
    413: (DataError, "the LRS finds the batch too large"),
}


@dataclass(frozen=True)
class Route:
    """How to reach an LRS, and within which bounds.

    `timeout` is (connect, read) in seconds; `max_bytes` bounds one decompressed answer; `attempts`, how often one
    request is sent. `authority` is a file of certificates (PEM) to trust in place of the machine's; `proxy`, the
    address of one to go through, in place of the environment's.
    """

    timeout: tuple[float, float] = (5, 60)
    max_bytes: int = 64 * 2**20
    attempts: int = 5
    authority: Path | None = None
    proxy: str | None = field(default=None, repr=False)


class BearerAuth(AuthBase):
    """Signs every request with a token (RFC 6750)."""

    def __init__(self, token: str) -> None:
        self._header = f"Bearer {token}".encode()

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Put the token in a request."""
        request.headers["Authorization"] = self._header  # type: ignore[assignment]  # bytes: any letter may be in it
        return request


def signing(username: str | None, secret: str) -> AuthBase:
    """Return what signs requests: HTTP basic, or the secret as a bearer token where there is no user name."""
    return BearerAuth(secret) if username is None else HTTPBasicAuth(username.encode(), secret.encode())


@dataclass(frozen=True)
class Answer:
    """A successful answer, read whole. Instants are microseconds UTC, None when absent or unreadable."""

    body: bytes
    content_type: str
    consistent_through_us: int | None
    date_us: int | None
    version: str | None

    @property
    def looks_like_html(self) -> bool:
        """A login page, a maintenance page, a proxy's: some servers send them with 200."""
        return "html" in self.content_type or self.body.lstrip()[:1] == b"<"


def exchange(session: requests.Session, method: str, url: str, route: Route, body: bytes | None = None) -> Answer:
    """Send once and read the whole answer.

    Authority and proxy go with each request: on the session, `requests` would prefer the environment's.
    """
    try:
        with session.request(
            method,
            url,
            data=body,
            headers={} if body is None else {"Content-Type": "application/json"},
            timeout=route.timeout,
            stream=True,
            allow_redirects=False,
            verify=None if route.authority is None else str(route.authority),
            proxies=None if route.proxy is None else {"http": route.proxy, "https": route.proxy},
        ) as response:
            content = _read(response, route.max_bytes)
    except requests.exceptions.SSLError:
        raise CertificateError("the certificate of the LRS is not trusted") from None
    except requests.exceptions.ProxyError:
        raise ProxyError("the proxy does not let the LRS be reached") from None
    except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema):
        raise ConfigError("the address of the LRS is not usable") from None
    except requests.exceptions.RequestException as exc:
        raise RetriableError(f"no usable answer from the LRS ({type(exc).__name__})") from None
    if response.status_code in (200, 204):
        return _answer(response.headers, content)
    raise _failure(response.status_code, response.headers, b"" if _echoes(response.request, content) else content)


def wait_before_retry(error: Exception) -> bool | timedelta:
    """Tell stamina whether to try again, and after how long when the LRS said so."""
    if not isinstance(error, RetriableError):
        return False
    if error.after is None:
        return True
    return timedelta(seconds=error.after) if error.after <= LONGEST_WAIT else False


def _read(response: requests.Response, max_bytes: int) -> bytes:
    chunks, size = [], 0
    for chunk in response.iter_content(65536):
        size += len(chunk)
        if size > max_bytes:
            raise TooLargeError(f"the answer of the LRS is larger than {max_bytes} bytes")
        chunks.append(chunk)
    return b"".join(chunks)


def _answer(headers: Mapping[str, str], body: bytes) -> Answer:
    through = headers.get("X-Experience-API-Consistent-Through")
    return Answer(
        body=body,
        content_type=headers.get("Content-Type", "").lower(),
        consistent_through_us=_timestamp(through) if through else None,
        date_us=_http_date(headers.get("Date")),
        version=headers.get("X-Experience-API-Version", "").strip()[:_LONGEST_VERSION] or None,
    )


def _failure(status: int, headers: Mapping[str, str], body: bytes) -> XapiError:
    if status in _KNOWN:
        kind, sentence = _KNOWN[status]
        return kind(f"{sentence} ({status})")
    if 300 <= status < 400:
        return ConfigError(f"the LRS answers at another address: give that one ({status})")
    said = _excerpt(headers, body)
    if status in _BUSY:
        kind = FailingError if status == 500 else RetriableError
        return kind(f"the LRS is busy or failing ({status}{said})", after=_retry_after(headers))
    if status in (400, 422):
        return DataError(f"the LRS refuses the request ({status}{said})")
    return FatalError(f"the LRS gives an unexpected answer ({status}{said})")


def _echoes(request: requests.PreparedRequest, body: bytes) -> bool:
    """Tell whether an answer repeats what the request was signed with: it is then not to be quoted."""
    signed = request.headers.get("Authorization") or b""
    scheme, _, given = (signed if isinstance(signed, bytes) else signed.encode("latin-1")).partition(b" ")
    told = [given]
    if scheme.lower() == b"basic":
        told.append(base64.b64decode(given).partition(b":")[2])
    return any(one in body for one in told if one)


def _excerpt(headers: Mapping[str, str], body: bytes) -> str:
    """What the LRS says, when it is a short text and no web page."""
    text = " ".join(body[:_EXCERPT].decode("utf-8", "replace").split())
    return "" if not text or "html" in headers.get("Content-Type", "").lower() else f": {text}"


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """`Retry-After` in seconds, from either of its two forms."""
    text = headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return float(text)
    date_us = _http_date(text)
    if date_us is None:
        return None
    now_us = _http_date(headers.get("Date")) or to_us(datetime.now(UTC))
    return max(0.0, (date_us - now_us) / 1_000_000)


def _timestamp(text: str) -> int | None:
    try:
        return parse_timestamp(text)
    except ValueError:
        return None


def _http_date(text: str | None) -> int | None:
    try:
        return to_us(parsedate_to_datetime(text or "").replace(tzinfo=UTC))
    except ValueError:
        return None
