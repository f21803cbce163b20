"""What the system says when it refuses, in French: the C library and SQLite speak English, or the server's language."""

from __future__ import annotations

import errno
import sqlite3

_SYSTEM = {
    errno.EACCES: "l'accès est refusé",
    errno.EPERM: "l'opération n'est pas permise",
    errno.EROFS: "le disque est en lecture seule",
    errno.ENOSPC: "le disque est plein",
    errno.EDQUOT: "votre quota d'espace est épuisé",
    errno.EFBIG: "le fichier serait trop gros",
    errno.ENOENT: "ce fichier ou ce dossier n'existe pas",
    errno.EEXIST: "il existe déjà",
    errno.EISDIR: "c'est un dossier",
    errno.ENOTDIR: "un élément du chemin n'est pas un dossier",
    errno.ENAMETOOLONG: "le nom est trop long",
    errno.ELOOP: "les liens tournent en rond",
    errno.EIO: "le disque ne répond pas comme il faut",
    errno.EMFILE: "trop de fichiers sont ouverts",
    errno.ENFILE: "trop de fichiers sont ouverts",
    errno.EBUSY: "il est utilisé par un autre programme",
    errno.EADDRINUSE: "cette adresse est déjà utilisée",
    errno.EADDRNOTAVAIL: "cette adresse n'est pas celle de la machine",
    errno.ECONNREFUSED: "la connexion est refusée",
    errno.ETIMEDOUT: "le délai d'attente est dépassé",
}

_SQLITE = {
    sqlite3.SQLITE_CANTOPEN: "le fichier ne s'ouvre pas",
    sqlite3.SQLITE_READONLY: "le fichier ou son dossier est en lecture seule",
    sqlite3.SQLITE_FULL: "le disque est plein",
    sqlite3.SQLITE_IOERR: "le disque ne répond pas comme il faut",
    sqlite3.SQLITE_CORRUPT: "le fichier est abîmé",
    sqlite3.SQLITE_NOTADB: "ce fichier n'est pas une base SQLite",
    sqlite3.SQLITE_BUSY: "une autre commande l'occupe",
    sqlite3.SQLITE_LOCKED: "une autre commande l'occupe",
}
_PRIMARY = (
    0xFF  # SQLite's extended result codes keep the primary one in their low byte: https://sqlite.org/rescode.html
)


def why(exc: BaseException) -> str:
    """Say why the system or SQLite refused, without a full stop; what has no French is said as it came."""
    if isinstance(exc, sqlite3.Error):
        known = _SQLITE.get(getattr(exc, "sqlite_errorcode", 0) & _PRIMARY)
    else:
        known = _SYSTEM.get(getattr(exc, "errno", None) or 0)
    if known:
        return known
    said = (getattr(exc, "strerror", None) or str(exc)).strip().splitlines()
    return said[0].rstrip(".") if said else type(exc).__name__
