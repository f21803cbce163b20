"""The transport that a site's section of the configuration asks for, and what one command keeps of its sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.moodle.functions import SITE_INFO
from connector.moodle.rest import RestTransport

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue, SecretStr

    from connector.moodle.transport import Transport
    from connector.settings import Settings
    from connector.settings.sections import MoodleSite


def connect(site: MoodleSite, token: SecretStr) -> Transport:
    """Return the transport for a site, in the protocol that its section names."""
    if site.protocole == "soap":
        from connector.moodle.soap import SoapTransport  # noqa: PLC0415 - Zeep, for who speaks it

        return SoapTransport(site.adresse, token, allow_http=site.sans_https)
    return RestTransport(site.adresse, token, allow_http=site.sans_https)


class Sites:
    """The sites of one run: each has one transport, and says only once what it is."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._met: dict[str, Transport] = {}

    def transport(self, site: MoodleSite) -> Transport:
        """Return the transport for a site; raises ConfigError where its token cannot be read."""
        if site.adresse not in self._met:
            self._met[site.adresse] = _Met(connect(site, self._settings.moodle_token(site)))
        return self._met[site.adresse]


class _Met:
    """A transport that remembers what the site answered to « who are you? »; a failure is not remembered."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._info: JsonValue = None

    @property
    def address(self) -> str:
        return self._transport.address

    def call(self, function: str, params: Mapping[str, object], *, write: bool) -> JsonValue:
        if function != SITE_INFO:
            return self._transport.call(function, params, write=write)
        if self._info is None:
            self._info = self._transport.call(function, params, write=write)
        return self._info

    def upload(self, name: str, content: bytes, *, draft: int) -> None:
        self._transport.upload(name, content, draft=draft)
