"""From a ledger in clear to one that holds pseudonyms, raw statements included; there is no way back.

The raw statements come first: stopped anywhere, it can be run again, and ends in the same state.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.errors import ConfigError
from connector.language import _
from connector.ledger import schema
from connector.ledger.db import open_as_kept
from connector.ledger.hidden import hide_all, rows_to_hide
from connector.ledger.instants import now_us
from connector.ledger.names import Names
from connector.ledger.pseudonyms import SEALED, Pseudonyms, own_proof
from connector.ops.privacy.erase import key_of_erased
from connector.ops.raw_store import kept, opened_store
from connector.settings import FILE
from xapi.covering import first_bytes, seal_store

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from connector.settings import Settings


@dataclass(frozen=True)
class Hidden:
    """Rows whose names were hidden, by table, statements that were sealed, and how many names their file has."""

    rows: Mapping[str, int]
    statements: int
    names: int


def to_hide(settings: Settings) -> Mapping[str, int]:
    """Return how many rows of each table hold names; ConfigError where the mode is not asked for, or is on already."""
    _file(settings)
    with closing(open_as_kept(settings.dsn)) as ledger, ledger.read() as connection:
        _refuse_twice(connection)
        return rows_to_hide(connection)


def pseudonymise(settings: Settings) -> Hidden:
    """Hide every name, for good: the key is drawn where there is none, the file of names made where it is not there.

    Raises ConfigError as `to_hide`, and for a file of names that is another key's.
    """
    file = _file(settings)
    key = key_of_erased(settings).get_secret_value().encode()
    proof = own_proof(key)
    with closing(open_as_kept(settings.dsn)) as ledger:
        with ledger.read() as connection:
            _refuse_twice(connection)
        with closing(Names(file, proof) if file.exists() else Names.make(file, proof)) as names:
            by = Pseudonyms(key, names)
            statements = _seal(settings, by)
            with ledger.write() as writing, ledger.read() as reading:
                rows = hide_all(reading, writing, by)
                writing.execute(schema.pseudonymised.insert().values(proof=proof, since_us=now_us()))
            ledger.rewrite()
            return Hidden(rows, statements, len(names))


def _file(settings: Settings) -> Path:
    if settings.names_file is None:
        raise ConfigError(
            _("{fichier} ne dit pas où garder la correspondance.", fichier=settings.folder / FILE),
            remedy=_('Écrivez-y, partie [base] : pseudonymes = "CHEMIN", hors du dossier des données s\'il se peut.'),
        )
    return settings.names_file


def _refuse_twice(connection: sa.Connection) -> None:
    if connection.scalar(sa.select(sa.exists(schema.pseudonymised.select()))):
        raise ConfigError(_("Ce registre est déjà pseudonymisé."))


def _seal(settings: Settings, by: Pseudonyms) -> int:
    if not kept(settings.dsn_brut):
        return 0
    with opened_store(settings.dsn_brut) as store:
        if first_bytes(store.database) == SEALED:
            return 0
        sealed = seal_store(store.database, by)
        store.database.rewrite()
        return sealed
