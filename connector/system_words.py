"""What the system says when it refuses, in French: the C library and SQLite speak English, or the server's language."""

from __future__ import annotations

import errno
import sqlite3

from connector.language import N_, _

_SYSTEM = {
    errno.EACCES: N_("l'accès est refusé"),
    errno.EPERM: N_("l'opération n'est pas permise"),
    errno.EROFS: N_("le disque est en lecture seule"),
    errno.ENOSPC: N_("le disque est plein"),
    errno.EDQUOT: N_("votre quota d'espace est épuisé"),
    errno.EFBIG: N_("le fichier serait trop gros"),
    errno.ENOENT: N_("ce fichier ou ce dossier n'existe pas"),
    errno.EEXIST: N_("il existe déjà"),
    errno.EISDIR: N_("c'est un dossier"),
    errno.ENOTDIR: N_("un élément du chemin n'est pas un dossier"),
    errno.ENAMETOOLONG: N_("le nom est trop long"),
    errno.ELOOP: N_("les liens tournent en rond"),
    errno.EIO: N_("le disque ne répond pas comme il faut"),
    errno.EMFILE: N_("trop de fichiers sont ouverts"),
    errno.ENFILE: N_("trop de fichiers sont ouverts"),
    errno.EBUSY: N_("il est utilisé par un autre programme"),
    errno.EADDRINUSE: N_("cette adresse est déjà utilisée"),
    errno.EADDRNOTAVAIL: N_("cette adresse n'est pas celle de la machine"),
    errno.ECONNREFUSED: N_("la connexion est refusée"),
    errno.ETIMEDOUT: N_("le délai d'attente est dépassé"),
}

_SQLITE = {
    sqlite3.SQLITE_CANTOPEN: N_("le fichier ne s'ouvre pas"),
    sqlite3.SQLITE_READONLY: N_("le fichier ou son dossier est en lecture seule"),
    sqlite3.SQLITE_FULL: N_("le disque est plein"),
    sqlite3.SQLITE_IOERR: N_("le disque ne répond pas comme il faut"),
    sqlite3.SQLITE_CORRUPT: N_("le fichier est abîmé"),
    sqlite3.SQLITE_NOTADB: N_("ce fichier n'est pas une base SQLite"),
    sqlite3.SQLITE_BUSY: N_("une autre commande l'occupe"),
    sqlite3.SQLITE_LOCKED: N_("une autre commande l'occupe"),
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
        return _(known)
    said = (getattr(exc, "strerror", None) or str(exc)).strip().splitlines()
    return said[0].rstrip(".") if said else type(exc).__name__
