"""The door to a Moodle site, whatever the protocol behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue


class Transport(Protocol):
    """Calls the web-service functions of one site, and hands files over to it."""

    @property
    def address(self) -> str:
        """The site's address, without a trailing slash."""

    def call(self, function: str, params: Mapping[str, object], *, write: bool) -> JsonValue:
        """Return the function's decoded answer.

        `write` tells that the call changes the site: it is sent once, and an outcome that is not known is an
        `UncertainError`. A read may be sent again. Every failure is a `ParcoursError`, warnings included.
        """

    def upload(self, name: str, content: bytes, *, draft: int) -> None:
        """Put a file in a draft area of the token's account; see `connector.moodle.upload`."""
