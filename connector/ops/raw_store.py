"""The embedded LRS's own store, opened for a command; its refusals become sentences."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from connector.errors import ConfigError, RetriableError
from connector.language import _
from xapi import errors as xapi_errors
from xapi.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

_FILE = "sqlite:///"


def kept(dsn: str) -> bool:
    """Tell whether there is a store to open: a file that nobody has made holds nothing."""
    return not dsn.startswith(_FILE) or Path(dsn.removeprefix(_FILE)).exists()


@contextmanager
def raw_store(dsn: str) -> Iterator[Store]:
    """Yield the statements' database, closed at the end; ConfigError or RetriableError where it does not open."""
    try:
        store = Store.open(dsn)
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
