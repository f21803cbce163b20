"""The files that commands are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.errors import DataError
from connector.language import _
from connector.system_words import why

if TYPE_CHECKING:
    from pathlib import Path


def read_given(fichier: Path) -> bytes:
    """Return what a file holds; DataError says why where it cannot be read."""
    try:
        return fichier.read_bytes()
    except OSError as exc:
        raise DataError(
            _("{fichier} ne se lit pas : {raison}.", fichier=fichier, raison=why(exc)), remedy=_("Vérifiez son nom.")
        ) from exc
