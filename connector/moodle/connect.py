"""The transport that a site's section of the configuration asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.moodle.rest import RestTransport
from connector.moodle.soap import SoapTransport

if TYPE_CHECKING:
    from pydantic import SecretStr

    from connector.moodle.transport import Transport
    from connector.settings.sections import MoodleSite


def connect(site: MoodleSite, token: SecretStr) -> Transport:
    """Return the transport for a site, in the protocol that its section names."""
    kind = SoapTransport if site.protocole == "soap" else RestTransport
    return kind(site.adresse, token, allow_http=site.sans_https)
