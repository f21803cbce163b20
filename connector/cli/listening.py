"""Listening at an address that a person chose; what prevents it is a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.errors import ConfigError
from connector.language import _
from connector.system_words import why
from xapi.lrs.serve import listen

if TYPE_CHECKING:
    from socket import socket

LOCAL = ("127.0.0.1", "localhost", "::1")
"""Addresses that only this machine reaches."""


def listening(host: str, port: int) -> socket:
    """Return a listening socket, port 0 taking a free one; ConfigError where the address is taken or not ours."""
    try:
        return listen(host, port)
    except OSError as exc:
        raise ConfigError(
            _("Impossible d'écouter sur {adresse}, port {port} : {raison}.", adresse=host, port=port, raison=why(exc)),
            remedy=_("Choisissez une autre adresse (--adresse) ou un autre port (--port)."),
        ) from exc
