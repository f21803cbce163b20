"""Secrets are read from files that not everybody can read; authorities from files of certificates."""

from __future__ import annotations

import os
import ssl
import stat
from typing import TYPE_CHECKING

from pydantic import SecretStr

from connector.errors import ConfigError
from connector.language import _
from connector.system_words import why

if TYPE_CHECKING:
    from pathlib import Path


def read_secret(file: Path, what: str) -> SecretStr:
    """Return the secret that `file` holds, without surrounding blanks.

    Raises `ConfigError` when the file is missing, empty, or readable by every account of the machine.
    """
    try:
        if os.name == "posix" and file.stat().st_mode & stat.S_IROTH:
            raise ConfigError(
                _("Le fichier {file} ({what}) est lisible par tous les comptes de la machine.", file=file, what=what),
                remedy=_("Protégez-le : chmod 600 {file}", file=file),
            )
        text = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as exc:
        reason = why(exc) if isinstance(exc, OSError) else _("ce n'est pas du texte")
        raise ConfigError(
            _("Le fichier {file} ({what}) ne peut pas être lu : {reason}.", file=file, what=what, reason=reason),
            remedy=_("Écrivez-y ce secret, seul, sur une ligne ; puis : chmod 600 {file}", file=file),
        ) from None
    if not text:
        raise ConfigError(
            _("Le fichier {file} ({what}) est vide.", file=file, what=what),
            remedy=_("Copiez-y le secret, seul, sur une ligne."),
        )
    return SecretStr(text)


def read_authority(file: Path) -> Path:
    """Return `file` once it was read as certificates (PEM); raise `ConfigError` when it is none."""
    try:
        ssl.create_default_context(cafile=str(file))
    except ssl.SSLError:
        raise ConfigError(
            _("Le fichier {file} (« autorite ») ne contient pas de certificat.", file=file),
            remedy=_("Mettez-y le certificat de l'autorité, au format PEM (« -----BEGIN CERTIFICATE----- »)."),
        ) from None
    except OSError as exc:
        raise ConfigError(
            _("Le fichier {file} (« autorite ») ne peut pas être lu : {raison}.", file=file, raison=why(exc))
        ) from None
    return file
