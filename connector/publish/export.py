"""A session as a Moodle backup: the file, and what a person must know before restoring it."""

from __future__ import annotations

import contextlib
import os
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connector.errors import ConfigError, DataError
from connector.language import _
from connector.moodle.mbz.backup import backup_files
from connector.moodle.zipped import zipped
from connector.system_words import why
from scenarios.paths import RefusedFileError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from connector.moodle.document import Publication
    from scenarios.source_file import SourceFile


def export_mbz(publication: Publication, sources: Mapping[str, SourceFile], target: Path) -> int:
    """Write the backup of a whole publication to `target`, all of it or nothing, and return its size in bytes.

    `sources` are the author's files, by SHA-1. Raises `DataError` for what cannot be exported, `ConfigError` when the
    file cannot be written.
    """
    data = zipped(backup_files(publication, partial(_content, sources)))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _replace(target, data)
    except OSError as exc:
        raise ConfigError(
            _("Impossible d'écrire {target} : {raison}.", target=target, raison=why(exc)),
            remedy=_("Choisissez un autre fichier avec --sortie."),
        ) from exc
    return len(data)


def _content(sources: Mapping[str, SourceFile], sha1: str) -> bytes:
    try:
        return sources[sha1].content()
    except RefusedFileError as exc:
        raise DataError(_("La sauvegarde n'a pas été écrite : {exc}.", exc=exc)) from exc


def _replace(target: Path, data: bytes) -> None:
    """Put `data` in the place of whatever `target` was."""
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except OSError:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def remarks(publication: Publication) -> Iterator[str]:
    """Yield what of the session is not in its backup, or is there in another way, as French sentences."""
    people, events = len(publication.enrolments or ()), len(publication.events or ())
    left_out = [
        *([_("les inscriptions ({people})", people=people)] if people else []),
        *([_("les dates du calendrier ({events})", events=events)] if events else []),
        _("l'idnumber du cours"),
    ]
    yield (
        _(
            "Une sauvegarde ne contient pas {listed} : une fois le cours restauré, « parcours "
            "publier {code} --cours NUMÉRO » les ajoute.",
            listed=_listed(left_out),
            code=publication.code,
        )
    )
    for one in publication.activities or ():
        if one.settings.get("first_post"):
            yield (
                _(
                    "Forum « {name} » : son premier message est à la fin de sa présentation, car une "
                    "sauvegarde sans comptes n'a pas d'auteur à lui donner.",
                    name=one.name,
                )
            )
    locked = [one.name for one in publication.activities or () if one.completion.locked]
    if locked:
        names = ", ".join(_("« {name} »", name=name) for name in locked)
        yield (
            _(
                "Émargement ({names}) : les participants ne pourront pas cocher eux-mêmes si la personne "
                "qui restaure a le droit de modifier les permissions du rôle Étudiant (c'est le cas d'un "
                "enseignant éditeur).",
                names=names,
            )
        )


def as_json(publication: Publication, target: Path, size: int) -> dict[str, Any]:
    """Return what was done as a JSON document."""
    return {
        "session": publication.code,
        "fichier": str(target),
        "octets": size,
        "activites": len(publication.activities or ()),
        "remarques": list(remarks(publication)),
    }


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else _("{parts} ni {last}", parts=", ".join(parts[:-1]), last=parts[-1])
