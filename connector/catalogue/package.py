"""A parcours as one file that another site imports: a zip of what it names, with who wrote it and the sum of each file.

    paquet.json       the manifest below
    parcours.yaml     the parcours, byte for byte
    …                 the files that it names, by their path from it

Nothing of a session is in it: no list, no date, nobody. The same parcours always gives the same bytes.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

from connector.catalogue.entries import FILE
from connector.errors import DataError
from connector.language import _
from connector.moodle.zipped import zipped
from connector.system_words import why

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from scenarios.load import Loaded

FORMAT = "parcours-paquet/1"
MANIFEST = "paquet.json"
MAX_FILES = 2_000
MAX_BYTES = 200 * 2**20
"""How much a package holds, unpacked: what is exported can be imported."""

_EMAIL = re.compile(rb"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_TEXTS = (".yaml", ".yml", ".md", ".gift", ".svg", ".txt", ".csv")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PackedFile(_Frozen):
    """One file: its path with `/`, its size in bytes, its SHA-256 in hexadecimal."""

    chemin: str
    octets: int
    sha256: str


class Manifest(_Frozen):
    """What a package says of itself; `fichiers` are all its files but itself."""

    format: Literal["parcours-paquet/1"]
    matricule: str
    titre: str
    auteurs: tuple[str, ...]
    licence: str
    fichiers: tuple[PackedFile, ...]


def pack(loaded: Loaded) -> bytes:
    """Return the package of a parcours.

    DataError where its licence is not said, where a text holds somebody's address, or where it is too big.
    """
    one = loaded.parcours
    if one.licence is None:
        raise DataError(
            _("{path} ne dit pas sous quelle licence il se partage.", path=loaded.path),
            remedy=_('Ajoutez-la, par exemple « licence: "CC BY-SA 4.0" ».'),
        )
    files = files_of(loaded)
    _refuse_addresses(files, loaded.path.parent)
    if len(files) > MAX_FILES or sum(map(len, files.values())) > MAX_BYTES:
        raise DataError(
            _(
                "{path} et ses fichiers sont trop gros pour un paquet : au plus {limit} Mio et {max_files} fichiers.",
                path=loaded.path,
                limit=MAX_BYTES // 2**20,
                max_files=MAX_FILES,
            ),
            remedy=_("Allégez-le : une vidéo se met en ligne, et se cite par son adresse."),
        )
    manifest = Manifest(
        format=FORMAT,
        matricule=one.matricule,
        titre=one.titre,
        auteurs=one.auteurs,
        licence=one.licence,
        fichiers=tuple(
            PackedFile(chemin=path, octets=len(data), sha256=hashlib.sha256(data).hexdigest())
            for path, data in sorted(files.items())
        ),
    )
    return zipped({**files, MANIFEST: (manifest.model_dump_json(indent=2) + "\n").encode()})


def files_of(loaded: Loaded) -> dict[str, bytes]:
    """Return the files of a parcours by their path from it, itself under its usual name; DataError for one unread."""
    folder = loaded.path.parent
    files = {}
    for path in {loaded.path, *_named(loaded, folder)}:
        name = FILE if path == loaded.path else path.relative_to(folder).as_posix()
        try:
            files[name] = path.read_bytes()
        except OSError as exc:
            raise DataError(_("{path} ne se lit pas : {raison}.", path=path, raison=why(exc))) from exc
    return files


def _named(loaded: Loaded, folder: Path) -> Iterator[Path]:
    for activite in loaded.parcours.activites:
        if activite.type == "page" and activite.contenu and activite.contenu.fichier:
            yield folder / activite.contenu.fichier
        elif activite.type == "test":
            yield folder / activite.contenu.questions
    contents = loaded.contents
    for attachments in contents.attachments.values():
        yield from (file.path for file in attachments.files)
        yield from (file.path for links in attachments.links.values() for file in links.values())
    for links in (*contents.presentations.values(), contents.description):
        yield from (file.path for file in links.values())


def _refuse_addresses(files: Mapping[str, bytes], folder: Path) -> None:
    """Refuse an e-mail address in a text: it is somebody's, and a local contact has its place in a session."""
    for name, data in sorted(files.items()):
        found = _EMAIL.search(data) if name.endswith(_TEXTS) else None
        if found:
            line = data.count(b"\n", 0, found.start()) + 1
            raise DataError(
                _(
                    "{path}:{line} : une adresse électronique est écrite ici, et un paquet ne nomme personne.",
                    path=folder / name,
                    line=line,
                ),
                remedy=_("Retirez-la ; un contact local se met dans la « contextualisation » d'une session."),
            )
