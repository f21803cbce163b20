"""The contents that a publication needs and the site has not: checked first, then handed over before it is sent."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector.errors import ConfigError, DataError
from connector.language import _
from connector.publish.values import size
from scenarios.paths import RefusedFileError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from connector.moodle.document import File, Publication
    from connector.moodle.functions import SiteInfo
    from connector.moodle.observation import ObservedSession
    from connector.moodle.transport import Transport
    from scenarios.source_file import SourceFile

_FIRST_DRAFT, _LAST_DRAFT = 100_000_000, 999_999_999
"""Where Moodle itself draws the numbers of draft areas from."""


@dataclass(frozen=True)
class Supply:
    """The author's files by SHA-1, and what the site says of the files that it takes."""

    sources: Mapping[str, SourceFile] = field(default_factory=dict)
    allowed: bool = True
    limit: int = -1

    @classmethod
    def of(cls, sources: Mapping[str, SourceFile], info: SiteInfo) -> Supply:
        """Return the supply for a site."""
        return cls(sources, info.uploadfiles, info.usermaxuploadfilesize)


def needed(publication: Publication, found: ObservedSession | None) -> tuple[File, ...]:
    """Return one file for each content that `publication` names and that the session's course has nowhere."""
    known = {file.sha1 for file in _files_of(found)} if found is not None else set()
    wanted = {file.sha1: file for file in publication.files() if file.sha1 not in known}
    return tuple(wanted.values())


def refuse_untaken(files: tuple[File, ...], supply: Supply) -> None:
    """Raise `DataError` for the files over the site's limit, `ConfigError` where the token's service takes none."""
    if files and not supply.allowed:
        raise ConfigError(
            _("Le service du jeton ne prend pas de fichiers, et cette session en a : rien n'a été publié."),
            remedy=_("L'administrateur du site coche « Peut envoyer des fichiers » dans les réglages de ce service."),
        )
    refused = [
        _(
            "Le fichier « {name} » est trop gros pour ce site : {size}, au plus {limit}.",
            name=file.name,
            size=size(file.size),
            limit=size(supply.limit),
        )
        for file in files
        if 0 <= supply.limit < file.size
    ]
    if refused:
        remedy = _("Rien n'a été publié : réduisez-les, ou demandez à l'administrateur d'élever la limite du site.")
        raise DataError("\n".join(refused), remedy=remedy)


def hand_over(transport: Transport, files: tuple[File, ...], supply: Supply, say: Callable[[str], None]) -> int | None:
    """Send the contents to a new draft area and return its number; None where there is nothing to send.

    Each is read again, and refused (`DataError`) when it is no longer what was planned.
    """
    if not files:
        return None
    draft = _FIRST_DRAFT + secrets.randbelow(_LAST_DRAFT - _FIRST_DRAFT)
    for rank, file in enumerate(files, start=1):
        say(_("Envoi de « {name} » ({rank} sur {nombre})…", name=file.name, rank=rank, nombre=len(files)))
        try:
            transport.upload(file.sha1, supply.sources[file.sha1].content(), draft=draft)
        except RefusedFileError as exc:
            raise DataError(_("Rien n'a été publié : {exc}.", exc=exc)) from exc
        except DataError as exc:
            raise DataError(
                _("Rien n'a été publié : « {name} » n'a pas pu partir. {exc}", name=file.name, exc=exc)
            ) from exc
    return draft


def _files_of(found: ObservedSession) -> Iterator[File]:
    yield from found.course.files
    yield from (file for section in found.sections for file in section.files)
    yield from (file for activity in found.activities for file in activity.files)
