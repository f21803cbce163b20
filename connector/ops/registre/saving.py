"""A copy of the ledger while it is in use: one file, whole at one instant; and back."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from connector.errors import ConfigError, DataError
from connector.language import _
from connector.ledger.db import ledger_state
from connector.ops.registre.move import Moved, move
from connector.system_words import why

if TYPE_CHECKING:
    from pathlib import Path


def save(dsn: str, target: Path) -> Moved:
    """Copy the ledger named by `dsn` into a new SQLite file, while others read and write; return what it holds.

    Raises ConfigError where the file is there already or cannot be written: nothing is left of it then.
    """
    if target.exists():
        raise ConfigError(
            _("{target} existe déjà : rien n'a été écrit.", target=target), remedy=_("Donnez un autre nom.")
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise ConfigError(_("{target} ne peut pas être écrit : {raison}.", target=target, raison=why(exc))) from exc
    part = target.with_name(f"{target.name}.partiel")
    _remove(part)
    try:
        done = move(dsn, f"sqlite:///{part}")
        with closing(sqlite3.connect(part)) as connection:  # one file: nothing waits in a journal beside it
            connection.execute("PRAGMA journal_mode=DELETE")
        part.replace(target)
    finally:
        _remove(part)
    return done


def restore(source: Path, dsn: str) -> Moved:
    """Put a copy back as the ledger named by `dsn`, which must hold nothing yet; return what it holds.

    Raises DataError for a file that is no ledger, ConfigError where a ledger is there already.
    """
    if not source.is_file():
        raise DataError(_("{source} n'existe pas.", source=source), remedy=_("Donnez le fichier d'une sauvegarde."))
    if not _holds_a_ledger(source):
        raise DataError(
            _("{source} n'est pas une sauvegarde de registre.", source=source),
            remedy=_("Donnez le fichier d'une sauvegarde."),
        )
    working = source.with_name(f"{source.name}.lecture")
    shutil.copyfile(source, working)  # an older copy is migrated on the way: the saved one stays as it is
    try:
        return move(f"sqlite:///{working}", dsn)
    finally:
        _remove(working)


def _holds_a_ledger(source: Path) -> bool:
    try:
        return ledger_state(f"sqlite:///{source}") != "absent"
    except ConfigError:  # it speaks of the configuration, which has no part in this
        return False


def _remove(database: Path) -> None:
    """Remove a SQLite file with what it keeps beside it."""
    for leftover in (database, *(database.with_name(f"{database.name}-{kept}") for kept in ("wal", "shm"))):
        leftover.unlink(missing_ok=True)
