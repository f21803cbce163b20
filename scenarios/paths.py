"""Access to the files that an author's file names: inside its folder, not too big, in UTF-8."""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath

MAX_TEXT_BYTES = 1_048_576


class RefusedFileError(Exception):
    """Why a file can't be taken, as a French sentence."""


def inside(folder: Path, name: str) -> Path:
    """Return the path of `name` in `folder`; refuse what would lead out of it, by `..`, a root or a symbolic link."""
    relative = PurePosixPath(name)
    if relative.is_absolute() or PureWindowsPath(name).drive or "\\" in name or ".." in relative.parts:
        msg = f"« {name} » : le chemin doit rester dans le dossier de ce fichier, avec des « / »"
        raise RefusedFileError(msg)
    path = folder
    for part in relative.parts:
        path = path / part
        if path.is_symlink():
            msg = f"« {name} » : les liens symboliques ne sont pas suivis"
            raise RefusedFileError(msg)
    return path


def read_text(path: Path, name: str) -> str:
    """Return the UTF-8 text of a file, line ends as `\\n`."""
    raw = _read(path, name, MAX_TEXT_BYTES)
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        msg = f"« {name} » n'est pas en UTF-8 : enregistrez-le avec ce codage"
        raise RefusedFileError(msg) from None


def _read(path: Path, name: str, limit: int) -> bytes:
    check_size(path, name, limit)
    try:
        return path.read_bytes()
    except OSError:
        msg = f"le fichier « {name} » est illisible"
        raise RefusedFileError(msg) from None


def check_size(path: Path, name: str, limit: int) -> None:
    """Refuse what is not a regular file, or weighs more than `limit` bytes."""
    try:
        found = path.is_file()
        size = path.stat().st_size if found else 0
    except (OSError, ValueError):
        found, size = False, 0
    if not found:
        msg = f"le fichier « {name} » est introuvable"
        raise RefusedFileError(msg)
    if size > limit:
        msg = f"le fichier « {name} » est trop gros : {size / 1_048_576:.1f} Mio, au plus {limit // 1_048_576}"
        raise RefusedFileError(msg.replace(".", ","))
