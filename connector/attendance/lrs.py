"""The one LRS that statements of ours go to."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from connector.errors import ConfigError
from connector.language import _
from connector.ledger.lrs_client import lrs_client
from connector.ledger.lrs_errors import translated
from connector.settings import FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.settings import Settings
    from xapi.client import LRSClient


@contextmanager
def writable_lrs(settings: Settings) -> Iterator[LRSClient]:
    """Yield a client of the LRS whose `usage` allows to write, its errors being ours.

    Raises ConfigError, with what to do, where the configuration names none.
    """
    found = next((lrs for lrs in settings.lrs if lrs.writes), None)
    if found is None:
        raise ConfigError(
            _(
                "Aucun LRS ne reçoit de déclarations : {fichier} n'en nomme pas avec le droit d'écrire.",
                fichier=settings.folder / FILE,
            ),
            remedy=_(
                'Dans un bloc [[lrs]], mettez usage = "lecture-ecriture" ; sans LRS à vous : parcours lrs servir.'
            ),
        )
    with translated(found.adresse), closing(lrs_client(settings, found)) as client:
        yield client
