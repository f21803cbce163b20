"""A session named on the command line: a file, or the code of one in the folders of sessions."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from connector.errors import DataError
from connector.language import _
from connector.ledger.session_files import session_files

if TYPE_CHECKING:
    from connector.settings import Settings

_CODE = re.compile(rb"^code:[ \t]*[\"']?([A-Za-z0-9._-]+)", re.MULTILINE)


def session_file(settings: Settings, named: str) -> Path:
    """Return the file that `named` is, or the one that holds the session of that code.

    Raises `DataError` when there is no such file, or when several files hold that code.
    """
    path = Path(named)
    if path.is_file():
        return path
    found = [file for file in session_files(settings) if _code_of(file) == named]
    if len(found) == 1:
        return found[0]
    if found:
        listed = ", ".join(str(file) for file in found)
        remedy = _("Donnez le fichier de la session.")
        raise DataError(
            _("Plusieurs fichiers portent le code {named} : {listed}.", named=named, listed=listed), remedy=remedy
        )
    remedy = _(
        "Donnez son fichier, ou rangez ses fichiers dans un de ces dossiers ([sessions] dossiers de parcours.toml)."
    )
    folders = ", ".join(str(folder) for folder in settings.session_folders)
    raise DataError(
        _("« {named} » n'est ni un fichier, ni le code d'une session de {folders}.", named=named, folders=folders),
        remedy=remedy,
    )


def session_code(named: str) -> str:
    """Return the code of the session that `named` is: that of a file, else `named` itself.

    Raises `DataError` when the file holds no code.
    """
    path = Path(named)
    code = _code_of(path) if path.is_file() else named
    if code is None:
        raise DataError(_("{path} n'est pas une session : il n'a pas de « code ».", path=path))
    return code


def _code_of(file: Path) -> str | None:
    found = _CODE.search(file.read_bytes())
    return found[1].decode() if found else None
