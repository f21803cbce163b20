"""Access to the files that an author's file names: inside its folder, not too big, in UTF-8."""

from __future__ import annotations

import os.path
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

from scenarios.language import _

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_TEXT_BYTES = 1_048_576


class RefusedFileError(Exception):
    """Why a file can't be taken, as a French sentence."""


def inside(folder: Path, name: str, *, start: Path | None = None) -> Path:
    """Return the path of `name` in `folder`; refuse what would lead out of it, by `..`, a root or a symbolic link.

    `name` is relative to `start`, a folder under `folder`: `..` may only lead up from there. Default: `folder`.
    """
    relative = PurePosixPath(name)
    if start is not None:
        relative = PurePosixPath(os.path.normpath(PurePosixPath(start.relative_to(folder).as_posix()) / relative))
    if relative.is_absolute() or PureWindowsPath(name).drive or "\\" in name or ".." in relative.parts:
        msg = _("« {name} » : le chemin doit rester dans le dossier de ce fichier, avec des « / »", name=name)
        raise RefusedFileError(msg)
    path = folder
    for part in relative.parts:
        path = path / part
        if _is(Path.is_symlink, path):
            msg = _("« {name} » : les liens symboliques ne sont pas suivis", name=name)
            raise RefusedFileError(msg)
    return path


def read_text(path: Path, name: str) -> str:
    """Return the UTF-8 text of a file of at most 1 MiB, line ends as `\\n`."""
    check_size(path, name, MAX_TEXT_BYTES)
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        msg = _("« {name} » n'est pas en UTF-8 : enregistrez-le avec ce codage", name=name)
    except OSError:
        msg = _("le fichier « {name} » est illisible : vérifiez les droits", name=name)
    raise RefusedFileError(msg)


def check_size(path: Path, name: str, limit: int) -> None:
    """Refuse what is not a regular file, or weighs more than `limit` bytes."""
    if not _is(Path.is_file, path):
        msg = _("le fichier « {name} » est introuvable", name=name)
        raise RefusedFileError(msg)
    size = path.stat().st_size
    if size > limit:
        weight = f"{size / 1_048_576:.1f}".replace(".", ",")
        msg = _(
            "le fichier « {name} » est trop gros : {weight} Mio, au plus {limit} Mio",
            name=name,
            weight=weight,
            limit=limit // 1048576,
        )
        raise RefusedFileError(msg)


def _is(question: Callable[[Path], bool], path: Path) -> bool:
    """Answer a question about a path; no for a name that no file can have (too long, a NUL inside)."""
    try:
        return question(path)
    except (OSError, ValueError):
        return False
