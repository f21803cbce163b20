"""The token in Moodle's SOAP address: on the wire, and in nothing that can be logged, raised or shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection

if TYPE_CHECKING:
    from pydantic import SecretStr
    from requests import PreparedRequest
    from urllib3.connectionpool import HTTPConnectionPool


class TokenAdapter(HTTPAdapter):
    """Adds `wstoken` to the request line while it is written.

    The URL that requests, urllib3 and their logs and exceptions know is without it.
    """

    def __init__(self, token: SecretStr) -> None:
        super().__init__()
        self._connections: dict[str, type[HTTPConnection]] = {
            "http": _writing(HTTPConnection, token),
            "https": _writing(HTTPSConnection, token),
        }

    def get_connection_with_tls_context(
        self, request: PreparedRequest, verify: Any, proxies: Any = None, cert: Any = None
    ) -> HTTPConnectionPool:
        """Return the pool for a request, made to open connections that write the token."""
        pool = cast("HTTPConnectionPool", super().get_connection_with_tls_context(request, verify, proxies, cert))
        pool.ConnectionCls = self._connections[pool.scheme or "http"]
        return pool


def _writing(kind: type[HTTPConnection], token: SecretStr) -> type[HTTPConnection]:
    class Writing(kind):  # type: ignore[valid-type, misc]  # either connection class, as given
        """Writes the token into the address that it is asked for."""

        def putrequest(self, method: str, url: str, **options: bool) -> None:
            """Write the request line."""
            joint = "&" if "?" in url else "?"
            secret = quote(token.get_secret_value(), safe="")
            super().putrequest(method, f"{url}{joint}wstoken={secret}", **options)

    return Writing
