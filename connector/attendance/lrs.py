"""The one LRS that statements of ours go to."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from connector.errors import ConfigError
from connector.ledger.lrs_errors import translated
from connector.settings import FILE
from xapi.client import LRSClient

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.settings import Settings


@contextmanager
def writable_lrs(settings: Settings) -> Iterator[LRSClient]:
    """Yield a client of the LRS whose `usage` allows to write, its errors being ours.

    Raises ConfigError, with what to do, where the configuration names none.
    """
    found = next((lrs for lrs in settings.lrs if lrs.writes), None)
    if found is None:
        raise ConfigError(
            f"Aucun LRS ne reçoit de déclarations : {settings.folder / FILE} n'en nomme pas avec le droit d'écrire.",
            remedy='Dans un bloc [[lrs]], mettez usage = "lecture-ecriture" ; sans LRS à vous : parcours lrs servir.',
        )
    secret = settings.lrs_secret(found).get_secret_value()
    with translated(found.adresse), closing(LRSClient(found.adresse, found.identifiant, secret)) as client:
        yield client
