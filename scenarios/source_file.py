"""A file that a parcours hands out or shows, known by its name, its size and the SHA-1 of its content.

SHA-1 is how Moodle names a content (`contenthash`): it tells two contents apart here, and protects nothing.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from scenarios.h5p import h5p_fault
from scenarios.language import _
from scenarios.paths import RefusedFileError, check_size, inside
from scenarios.svg import active_part

if TYPE_CHECKING:
    from pathlib import Path

MAX_FILE_BYTES = 52_428_800

_NAME_MAX = 120
_REFUSED_IN_NAMES = re.compile(r"""[\x00-\x1f\x7f&<>"`|':\\/]""")
_WEB_PAGES = {".htm", ".html", ".xht", ".xhtml", ".shtml", ".mht", ".mhtml", ".swf"}


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as it was when the parcours was read; `size` in bytes, `sha1` in hexadecimal."""

    path: Path
    name: str
    size: int
    sha1: str

    def content(self) -> bytes:
        """Return the content; raise `RefusedFileError` when it is no longer what was read."""
        try:
            data = self.path.read_bytes()
        except OSError:
            data = b""
        if hashlib.sha1(data, usedforsecurity=False).hexdigest() != self.sha1:
            msg = _("le fichier « {path} » a changé pendant l'opération : relancez la commande", path=self.path)
            raise RefusedFileError(msg)
        return data


def read_file(folder: Path, name: str, *, start: Path | None = None, package: bool = False) -> SourceFile:
    """Return the file `name` of a parcours in `folder`, `name` being relative to `start` (default: `folder`).

    Raises `RefusedFileError`: outside the folder, missing, empty, too big, able to run a script in Moodle's pages, or
    not an H5P package where `package` says that it must be one.
    """
    path = inside(folder, name, start=start)
    check_size(path, name, MAX_FILE_BYTES)
    try:
        data = path.read_bytes()
    except OSError:
        msg = _("le fichier « {name} » est illisible : vérifiez les droits", name=name)
        raise RefusedFileError(msg) from None
    if not data:
        msg = _("le fichier « {name} » est vide", name=name)
        raise RefusedFileError(msg)
    fault = h5p_fault(data) if package else _danger(path, data)
    if fault is not None:
        msg = _("« {name} » {fault}", name=name, fault=fault)
        raise RefusedFileError(msg)
    return SourceFile(path, moodle_name(path.name), len(data), hashlib.sha1(data, usedforsecurity=False).hexdigest())


def moodle_name(name: str) -> str:
    """Return `name` as Moodle keeps it: composed letters, « - » for what it takes out (`PARAM_FILE`), not too long."""
    kept = _REFUSED_IN_NAMES.sub("-", unicodedata.normalize("NFC", name))
    ending = PurePath(kept).suffix[:20]
    return kept if len(kept) <= _NAME_MAX else kept[: _NAME_MAX - len(ending)] + ending


def _danger(path: Path, data: bytes) -> str | None:
    """Return why a file could run a script in the pages of a Moodle site, as the end of a French sentence."""
    ending = path.suffix.lower()
    if ending in _WEB_PAGES:
        return _("est une page web, qui peut contenir un programme : donnez un PDF, ou une activité « page »")
    if ending == ".svgz":
        return _("est une image SVG compressée, qui ne peut pas être vérifiée : donnez-la en .svg")
    if ending == ".svg" and (part := active_part(data)) is not None:
        return _("est une image SVG qui contient {part} : enregistrez-la en PNG, ou sans cela", part=part)
    return None
