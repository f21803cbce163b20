"""Whether a file is an H5P package that a site can take, and not a bomb.

A package is a zip with `h5p.json` and `content/content.json`: https://h5p.org/documentation/developers/h5p-specification.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib

MAX_UNPACKED = 300 * 1024 * 1024
MAX_ENTRIES = 10_000

_MAX_JSON = 2 * 1024 * 1024
_CHUNK = 1 << 20
_NOT_A_PACKAGE = "n'est pas un paquet H5P"
_WANTED = ("h5p.json", "content/content.json")


def h5p_fault(data: bytes) -> str | None:
    """Return what is wrong with a package, as the end of a French sentence; None for one that is right."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return _bounds(package) or _identity(package) or _unpacked(package)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        # RuntimeError is what zipfile raises for an encrypted entry, NotImplementedError for an unknown method.
        return f"{_NOT_A_PACKAGE} : l'archive est abîmée"


def _bounds(package: zipfile.ZipFile) -> str | None:
    entries = package.infolist()
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        return f"est un paquet démesuré : plus de {MAX_UNPACKED // 1024 // 1024} Mio, ou de {MAX_ENTRIES} fichiers"
    if any(entry.filename.startswith("/") or ".." in entry.filename.split("/") for entry in entries):
        return f"{_NOT_A_PACKAGE} : un de ses fichiers sortirait de son dossier"
    return None


def _identity(package: zipfile.ZipFile) -> str | None:
    names = set(package.namelist())
    for name in _WANTED:
        if name not in names:
            return f"{_NOT_A_PACKAGE} : il n'y a pas de « {name} » dedans"
        if package.getinfo(name).file_size > _MAX_JSON:
            return f"{_NOT_A_PACKAGE} : « {name} » y est démesuré"
    described = json.loads(package.read("h5p.json"))
    if not isinstance(described, dict) or not isinstance(described.get("mainLibrary"), str):
        return f"{_NOT_A_PACKAGE} : son « h5p.json » ne dit pas ce qu'il est"
    return None


def _unpacked(package: zipfile.ZipFile) -> str | None:
    """Unpack everything into nothing: sizes that lie and damaged entries show here, within the bounds above."""
    for entry in package.infolist():
        with package.open(entry) as stream:
            while stream.read(_CHUNK):
                pass
    return None
