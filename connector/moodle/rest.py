"""Moodle's REST server: one POST, the token in its body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.moodle import faults
from connector.moodle.encode import encode
from connector.moodle.faults import Exchange
from connector.moodle.upload import upload
from connector.moodle.wire import Request, Wire

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue, SecretStr


class RestTransport:
    """Calls a site's functions over REST; see `connector.moodle.transport.Transport` for what it promises.

    The token goes in the form's body only: it is in no URL, no `repr`, no log and no exception. What is refused and
    what is sent again is `connector.moodle.wire`'s.
    """

    def __init__(self, address: str, token: SecretStr, *, allow_http: bool = False) -> None:
        self._token = token
        self._wire = Wire(address, token, allow_http=allow_http)

    def __repr__(self) -> str:
        return f"RestTransport({self.address!r})"

    @property
    def address(self) -> str:
        """The site's address, without a trailing slash."""
        return self._wire.address

    def call(self, function: str, params: Mapping[str, object], *, write: bool) -> JsonValue:
        """Return the function's decoded answer; raise a `ParcoursError` for everything else."""
        form = (
            ("wstoken", self._token.get_secret_value()),
            ("wsfunction", function),
            ("moodlewsrestformat", "json"),
            *encode(params),
        )
        request = Request("POST", "/webservice/rest/server.php", form)
        return self._wire.ask(Exchange(self.address, function, write), request, faults.decode)

    def upload(self, name: str, content: bytes, *, draft: int) -> None:
        """Put a file in a draft area of the token's account."""
        upload(self._wire, self._token, name, content, draft=draft)
