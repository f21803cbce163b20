"""In clear or pseudonymised: what the configuration says, held against what the ledger says of itself."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.errors import ConfigError
from connector.language import N_, _
from connector.ledger import schema
from connector.ledger.names import Names
from connector.ledger.pseudonyms import Pseudonyms, own_proof

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pydantic import SecretStr

_KEY = N_("Remettez le fichier que nomme « cle_fichier », partie [rgpd] de parcours.toml.")
_BEGIN = N_("Pour pseudonymiser ce registre : parcours rgpd pseudonymiser.")
_NO_WAY_BACK = N_("Remettez « pseudonymes », partie [base] de parcours.toml, et le fichier de la correspondance.")


def read_pseudonyms(key: SecretStr | None, names: Path | None) -> Pseudonyms | None:
    """Return what hides and reveals names by a key and a file of names; None in clear, where no file is named.

    Raises ConfigError without a key, and for a file that is not this key's. A file that is not there is no error:
    people show under their pseudonyms.
    """
    if names is None:
        return None
    if key is None:
        raise ConfigError(_("La clé des pseudonymes manque."), remedy=f"{_(_KEY)} {_(_BEGIN)}")
    secret = key.get_secret_value().encode()
    return Pseudonyms(secret, Names(names, own_proof(secret)) if names.exists() else None)


@contextmanager
def pseudonyms(key: SecretStr | None, names: Path | None) -> Iterator[Pseudonyms | None]:
    """Yield what `read_pseudonyms` returns, its file closed at the end."""
    by = read_pseudonyms(key, names)
    try:
        yield by
    finally:
        if by is not None:
            by.close()


def check_mode(connection: sa.Connection, by: Pseudonyms | None) -> None:
    """Raise ConfigError for a ledger that is not in the mode it is opened in: names would stand beside pseudonyms."""
    proof = connection.scalar(sa.select(schema.pseudonymised.c.proof))
    if by is None and proof is not None:
        raise ConfigError(_("Ce registre est pseudonymisé : il ne s'ouvre pas en clair."), remedy=_(_NO_WAY_BACK))
    if by is not None and proof is None:
        raise ConfigError(_("Ce registre n'est pas encore pseudonymisé."), remedy=_(_BEGIN))
    if by is not None and proof != own_proof(by.key):
        raise ConfigError(_("La clé n'est pas celle des pseudonymes de ce registre."), remedy=_(_KEY))
