"""Writing what a command has made: whole, or not at all."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from pathlib import Path

from connector.errors import ConfigError
from connector.language import _
from connector.system_words import why


def deliver(content: bytes, path: Path) -> Path:
    """Write `content` to `path`, replaced in one step, and return it; ConfigError where it cannot be written.

    A reader never meets half a file, and an older one survives a failure. A new file is its author's alone; a replaced
    one keeps the rights that it had.
    """
    try:
        _make_folder(path.parent)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            if path.exists():
                Path(name).chmod(stat.S_IMODE(path.stat().st_mode))
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as exc:
        raise ConfigError(
            _("{path} ne peut pas être écrit : {raison}.", path=path, raison=why(exc)),
            remedy=_("Choisissez un autre fichier avec --sortie."),
        ) from exc
    return path


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as exc:  # what is in its place: of the file itself, "it exists" would mislead
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder)) from exc
