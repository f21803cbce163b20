"""The embedded LRS's own store, opened for a command; its refusals become sentences."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from connector.errors import ConfigError, RetriableError
from connector.language import _
from connector.ledger.pseudonyms import SEALED
from xapi import errors as xapi_errors
from xapi.covering import first_bytes
from xapi.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.ledger.pseudonyms import Pseudonyms

_FILE = "sqlite:///"


def kept(dsn: str) -> bool:
    """Tell whether there is a store to open: a file that nobody has made holds nothing."""
    file = file_of(dsn)
    return file is None or file.exists()


def file_of(dsn: str) -> Path | None:
    """Return the file of an embedded database, None for one on a server."""
    return Path(dsn.removeprefix(_FILE)) if dsn.startswith(_FILE) else None


@contextmanager
def raw_store(dsn: str, by: Pseudonyms | None = None) -> Iterator[Store]:
    """Yield the statements' database, closed at the end; ConfigError or RetriableError where it does not open.

    `by` is what a pseudonymised ledger was opened with: it seals them, and a store in clear is refused, as a sealed one
    is without it.
    """
    with opened_store(dsn, by) as store:
        _check_mode(store, by)
        yield store


@contextmanager
def opened_store(dsn: str, by: Pseudonyms | None = None) -> Iterator[Store]:
    """Yield it as `raw_store` does, whatever its mode."""
    try:
        store = Store.open(dsn, by=by)
    except xapi_errors.ConfigError as exc:
        raise ConfigError(
            _("La base des déclarations ne s'ouvre pas ({exc}).", exc=exc),
            remedy=_("Vérifiez --base ou « dsn_brut », les droits sur le fichier et la version du programme."),
        ) from exc
    except xapi_errors.RetriableError as exc:
        raise RetriableError(
            _("La base des déclarations est occupée par une autre commande."), remedy=_("Relancez dans un instant.")
        ) from exc
    try:
        yield store
    finally:
        store.close()


def _check_mode(store: Store, by: Pseudonyms | None) -> None:
    if by is not None and by.names is None:
        raise ConfigError(
            _("Les déclarations brutes sont scellées, et la correspondance manque."),
            remedy=_("Remettez le fichier que nomme « pseudonymes », partie [base] de parcours.toml."),
        )
    begins = first_bytes(store.database)
    if begins is not None and (begins == SEALED) != (by is not None):
        raise ConfigError(
            _("Les déclarations brutes sont en clair.") if by else _("Les déclarations brutes sont scellées."),
            remedy=_("Elles suivent le registre : parcours rgpd pseudonymiser, avec « pseudonymes » dans [base]."),
        )
