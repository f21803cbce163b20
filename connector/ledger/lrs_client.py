"""A client of an LRS of `parcours.toml`, by whatever way in and on whatever road the configuration says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xapi.client import LRSClient
from xapi.transport import Route

if TYPE_CHECKING:
    from connector.settings import Settings
    from connector.settings.sections import Lrs

_CONNECT_SECONDS = 10.0
_ATTEMPTS = 5


def lrs_client(settings: Settings, lrs: Lrs, *, attempts: int = _ATTEMPTS) -> LRSClient:
    """Open a client, to be closed; raise `ConfigError` where its secret or its authority cannot be read."""
    route = Route(
        timeout=(min(_CONNECT_SECONDS, lrs.delai), lrs.delai),
        attempts=attempts,
        authority=settings.lrs_authority(lrs),
        proxy=lrs.mandataire,
    )
    secret = settings.lrs_secret(lrs).get_secret_value()
    return LRSClient(lrs.adresse, lrs.identifiant, secret, version=lrs.version, route=route)
