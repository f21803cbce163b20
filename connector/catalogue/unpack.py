"""A package from elsewhere, read without trusting it: its bounds, its paths, its manifest, each file's sum."""

from __future__ import annotations

import hashlib
import io
import json
import stat
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

from pydantic import ValidationError

from connector.catalogue.entries import FILE
from connector.catalogue.package import FORMAT, MANIFEST, MAX_BYTES, MAX_FILES, Manifest
from connector.errors import DataError
from connector.language import N_, _
from connector.system_words import why
from scenarios.archives import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_MAX_MANIFEST = 2**20
_ASK_AGAIN = N_("Demandez-en un autre exemplaire à qui l'a exporté.")


@dataclass(frozen=True)
class Package:
    """A package whose every file is what its manifest says."""

    name: str
    manifest: Manifest
    files: Mapping[str, bytes]


def open_package(path: Path) -> Package:
    """Read the package in a file; DataError as `read_package`, and for a file that cannot be read."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise DataError(
                _(
                    "{path} : ce fichier est trop gros pour un paquet : au plus {limit} Mio.",
                    path=path,
                    limit=MAX_BYTES // 2**20,
                )
            )
        data = path.read_bytes()
    except OSError as exc:
        raise DataError(
            _("{path} ne se lit pas : {raison}.", path=path, raison=why(exc)), remedy=_("Vérifiez son nom.")
        ) from exc
    return read_package(data, path.name)


def read_package(data: bytes, name: str) -> Package:
    """Return what a zip holds, nothing being written anywhere; DataError, with a sentence naming it, for a bad one."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = _bounded(archive, name)
            manifest = _manifest(archive, entries, name)
            files = {path: archive.read(entry) for path, entry in entries.items() if path != MANIFEST}
    except UNREADABLE as exc:
        raise DataError(
            _("{name} : ce n'est pas un paquet lisible, l'archive est abîmée.", name=name), remedy=_(_ASK_AGAIN)
        ) from exc
    _check_sums(manifest, files, name)
    return Package(name, manifest, files)


def _bounded(archive: zipfile.ZipFile, name: str) -> dict[str, zipfile.ZipInfo]:
    """Return the entries by path; refuse a bomb, and every path that is not one inside the package."""
    listed = archive.infolist()
    if len(listed) > MAX_FILES + 1 or sum(entry.file_size for entry in listed) > MAX_BYTES + _MAX_MANIFEST:
        raise DataError(
            _(
                "{name} : ce paquet est démesuré une fois ouvert : plus de {limit} Mio, ou de {max_files} fichiers.",
                name=name,
                limit=MAX_BYTES // 2**20,
                max_files=MAX_FILES,
            ),
            remedy=_(_ASK_AGAIN),
        )
    entries: dict[str, zipfile.ZipInfo] = {}
    for entry in listed:
        path = PurePosixPath(entry.filename)
        outside = path.is_absolute() or ".." in path.parts or PureWindowsPath(entry.filename).drive
        if outside or "\\" in entry.orig_filename or str(path) != entry.filename or stat.S_ISLNK(_mode(entry)):
            raise DataError(
                _(
                    "{name} : « {filename} » sortirait du dossier du paquet ; rien n'a été importé.",
                    name=name,
                    filename=entry.filename,
                ),
                remedy=_("Ce paquet n'a pas été fait par ce programme : ne vous en servez pas."),
            )
        entries[entry.filename] = entry
    if len({path.casefold() for path in entries}) != len(listed):
        raise DataError(_("{name} : deux fichiers de ce paquet portent le même nom.", name=name), remedy=_(_ASK_AGAIN))
    return entries


def _mode(entry: zipfile.ZipInfo) -> int:
    return entry.external_attr >> 16


def _manifest(archive: zipfile.ZipFile, entries: Mapping[str, zipfile.ZipInfo], name: str) -> Manifest:
    entry = entries.get(MANIFEST)
    if entry is None or entry.file_size > _MAX_MANIFEST:
        raise DataError(
            _(
                "{name} : ce n'est pas un paquet de parcours, il n'y a pas de « {manifest} » dedans.",
                name=name,
                manifest=MANIFEST,
            ),
            remedy=_("Un paquet s'obtient avec « parcours catalogue exporter »."),
        )
    try:
        said = json.loads(archive.read(entry))
        version = said.get("format") if isinstance(said, dict) else None
        if version != FORMAT:
            raise DataError(
                _(
                    "{name} : ce paquet est au format « {version} », et ce programme lit « {format} ».",
                    name=name,
                    version=version,
                    format=FORMAT,
                ),
                remedy=_("Mettez le programme à jour, ou demandez un paquet à ce format."),
            )
        return Manifest.model_validate(said)
    except (ValidationError, RecursionError, ValueError) as exc:
        raise DataError(
            _("{name} : « {manifest} » n'est pas lisible.", name=name, manifest=MANIFEST), remedy=_(_ASK_AGAIN)
        ) from exc


def _check_sums(manifest: Manifest, files: Mapping[str, bytes], name: str) -> None:
    listed = {file.chemin: file for file in manifest.fichiers}
    differing = sorted(listed.keys() ^ files.keys())
    if differing or FILE not in files:
        which = differing[0] if differing else FILE
        where = (
            _("n'est pas dans le paquet")
            if which not in files
            else _("n'est pas dans « {manifest} »", manifest=MANIFEST)
        )
        raise DataError(
            _("{name} : le fichier « {which} » {where}.", name=name, which=which, where=where), remedy=_(_ASK_AGAIN)
        )
    for path, data in files.items():
        if len(data) != listed[path].octets or hashlib.sha256(data).hexdigest() != listed[path].sha256:
            raise DataError(
                _(
                    "{name} : « {path} » n'est pas celui qui a été exporté, sa somme de contrôle est fausse.",
                    name=name,
                    path=path,
                ),
                remedy=_(_ASK_AGAIN),
            )
