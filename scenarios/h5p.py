"""Whether a file is an H5P package that a site can take, and not a bomb.

A package is a zip with `h5p.json` and `content/content.json`: https://h5p.org/documentation/developers/h5p-specification.
"""

from __future__ import annotations

import io
import json
import zipfile

from scenarios.archives import UNREADABLE
from scenarios.language import _

MAX_UNPACKED = 300 * 1024 * 1024
MAX_ENTRIES = 10_000

_MAX_JSON = 2 * 1024 * 1024
_CHUNK = 1 << 20
_WANTED = ("h5p.json", "content/content.json")


def h5p_fault(data: bytes) -> str | None:
    """Return what is wrong with a package, as the end of a French sentence; None for one that is right."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return _bounds(package) or _identity(package) or _unpacked(package)
    except UNREADABLE:
        return _("n'est pas un paquet H5P : l'archive est abîmée")


def _bounds(package: zipfile.ZipFile) -> str | None:
    entries = package.infolist()
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        return _(
            "est un paquet démesuré : plus de {limit} Mio, ou de {max_entries} fichiers",
            limit=MAX_UNPACKED // 1024 // 1024,
            max_entries=MAX_ENTRIES,
        )
    if any(entry.filename.startswith("/") or ".." in entry.filename.split("/") for entry in entries):
        return _("n'est pas un paquet H5P : un de ses fichiers sortirait de son dossier")
    return None


def _identity(package: zipfile.ZipFile) -> str | None:
    names = set(package.namelist())
    for name in _WANTED:
        if name not in names:
            return _("n'est pas un paquet H5P : il n'y a pas de « {name} » dedans", name=name)
        if package.getinfo(name).file_size > _MAX_JSON:
            return _("n'est pas un paquet H5P : « {name} » y est démesuré", name=name)
    described = json.loads(package.read("h5p.json"))
    if not isinstance(described, dict) or not isinstance(described.get("mainLibrary"), str):
        return _("n'est pas un paquet H5P : son « h5p.json » ne dit pas ce qu'il est")
    return None


def _unpacked(package: zipfile.ZipFile) -> str | None:
    """Unpack everything into nothing: sizes that lie and damaged entries show here, within the bounds above."""
    for entry in package.infolist():
        with package.open(entry) as stream:
            while stream.read(_CHUNK):
                pass
    return None
