"""The session that a command names: the file itself, else what was published under that code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from connector.errors import DataError
from connector.language import _
from connector.ledger.session_files import snapshot_of
from connector.ledger.sessions import newest_snapshot

if TYPE_CHECKING:
    from connector.ledger.db import Ledger
    from connector.settings import Settings
    from scenarios.snapshot import Snapshot


def session_named(settings: Settings, ledger: Ledger, named: str) -> Snapshot:
    """Return the session of a file, or the newest publication known under a code.

    Raises DataError when there is neither, or when the file is wrong.
    """
    path = Path(named)
    if path.is_file():
        return snapshot_of(path, settings)
    with ledger.read() as connection:
        found = newest_snapshot(connection, named)
    if found is None:
        raise DataError(
            _("La session « {nom} » n'est pas connue et aucun fichier ne porte ce nom.", nom=named),
            remedy=_("Donnez le fichier de la session, ou collectez d'abord : parcours collecter."),
        )
    return found
