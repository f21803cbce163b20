"""A session named on the command line: a file, or the code of one in the folders of sessions."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from connector.errors import DataError
from scenarios.errors import ScenarioError
from scenarios.load import load_session
from scenarios.prepare import prepare

if TYPE_CHECKING:
    from connector.settings import Settings
    from scenarios.prepare import PreparedSession

_CODE = re.compile(rb"^code:[ \t]*[\"']?([A-Za-z0-9._-]+)", re.MULTILINE)
_HEAD = 65_536


def session_file(settings: Settings, named: str) -> Path:
    """Return the file that `named` is, or the one that holds the session of that code.

    Raises `DataError` when there is no such file, or when several files hold that code.
    """
    path = Path(named)
    if path.is_file():
        return path
    folders = settings.session_folders
    found = [file for folder in folders for file in sorted(folder.rglob("*.y*ml")) if _code_of(file) == named]
    if len(found) == 1:
        return found[0]
    if found:
        raise DataError(
            f"Plusieurs fichiers portent le code {named} : {', '.join(str(file) for file in found)}.",
            remedy="Donnez le fichier de la session.",
        )
    raise DataError(
        f"« {named} » n'est ni un fichier, ni le code d'une session des dossiers"
        f" {', '.join(str(folder) for folder in folders)}.",
        remedy="Donnez le fichier de la session.",
    )


def read_session(settings: Settings, path: Path) -> PreparedSession:
    """Load and prepare a session, in the time zone of its circonscription's académie.

    Raises `DataError` with every problem of its files, `ConfigError` when its circonscription is not declared.
    """
    try:
        loaded = load_session(path)
    except ScenarioError as exc:
        raise DataError(str(exc)) from None
    return prepare(loaded, settings.circonscription(loaded.session.circonscription).timezone)


def _code_of(file: Path) -> str | None:
    try:
        with file.open("rb") as stream:
            found = _CODE.search(stream.read(_HEAD))
    except OSError:
        return None
    return found[1].decode() if found else None
