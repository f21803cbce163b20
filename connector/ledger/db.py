"""Opening the ledger: a DSN in, one door to read and one to write out, its schema the program's own.

The doors and the migrations are `xapi.database`'s; what is said when they do not open is said here, in French.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.errors import ConfigError, FatalError, RetriableError
from connector.language import N_, _
from connector.ledger.erased import keyed
from connector.ledger.pseudonymised_mode import check_mode, read_pseudonyms
from connector.ledger.pseudonyms import watch
from connector.system_words import why
from xapi import errors as xapi
from xapi.database import database_state, open_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import SecretStr

    from connector.ledger.pseudonyms import Pseudonyms
    from xapi.database import Database, State

_MIGRATIONS = Path(__file__).with_name("migrations")
VERSION_TABLE = "alembic_version"

_INSTALL = N_("Installez « parcours-connector[postgresql] ».")
_DSN = N_("Écrivez « sqlite:///registre.db » ou « postgresql+psycopg://utilisateur@hôte/base ».")
_CHECK = N_(
    "Vérifiez « dsn » dans la partie [base] de parcours.toml, et que son serveur répond, ou les droits sur son fichier."
)
_WORDS = {
    "dsn": (N_("Le « dsn » du registre ne se lit pas."), _DSN),
    "memory": (N_("Le registre ne se tient pas en mémoire : tout serait perdu à la fin de la commande."), _DSN),
    "backend": (N_("Le registre ne sait pas se tenir dans « {detail} »."), N_("Choisissez SQLite ou PostgreSQL.")),
    "driver": (N_("Il manque de quoi parler à PostgreSQL."), _INSTALL),
    "folder": (N_("Le dossier du registre ne peut pas être créé : {detail}."), _CHECK),
    "refused": (N_("Le registre ne s'ouvre pas : {detail}."), _CHECK),
    "newer": (
        N_("Le registre a été ouvert par une version plus récente de parcours."),
        N_("Mettez le programme à jour avant de continuer."),
    ),
}


@dataclass(frozen=True)
class Ledger:
    """An open ledger, at the schema of this program."""

    database: Database
    pseudonyms: Pseudonyms | None = None

    @property
    def nameless(self) -> bool:
        """Tell whether people show under their pseudonyms: the file of names is not there."""
        return self.pseudonyms is not None and self.pseudonyms.names is None

    @property
    def engine(self) -> sa.Engine:
        """What the connections come from."""
        return self.database.engine

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Yield a connection that sees one state of the ledger from its first query on, and writes nothing."""
        with _refusals(), self.database.read() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """Yield a connection inside one transaction: all of it is kept, or, on an exception, nothing.

        Raises RetriableError where another process keeps the ledger busy for more than 30 seconds, or the database
        goes away, and FatalError where it refuses what it is given.
        """
        with _refusals(), ExitStack() as stack:
            try:
                connection = stack.enter_context(self.database.write())
            except xapi.RetriableError as exc:
                raise _busy() from exc
            yield connection

    @contextmanager
    def apart(self) -> Iterator[sa.Connection]:
        """Yield a connection each of whose statements stands alone, for what outlives a transaction.

        Raises as `write` does.
        """
        with _refusals(), self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield connection

    def scrub(self) -> None:
        """Leave nothing in the files of what was deleted."""
        with _refusals():
            self.database.scrub()

    def rewrite(self) -> None:
        """Leave nothing in the files of what was changed, nor of where it was."""
        with _refusals():
            self.database.rewrite()

    def close(self) -> None:
        """Give every connection back."""
        self.database.close()
        if self.pseudonyms is not None:
            self.pseudonyms.close()


def open_ledger(dsn: str, key: SecretStr | None = None, names: Path | None = None) -> Ledger:
    """Open the ledger named by `dsn` and bring its schema up to date; the folder of a SQLite file is created.

    `key` is the one by which erased people are known: where some were, nothing about people comes in without it.
    `names` is the file of names of a pseudonymised ledger (`ledger.pseudonyms`). Raises ConfigError where the DSN is
    wrong, the database refuses, a newer program has been there, or the ledger is not in the mode that is asked for.
    """
    by = read_pseudonyms(key, names)
    ledger = open_as_kept(dsn, by)
    keyed(ledger.engine, key)
    try:
        with ledger.read() as connection:
            check_mode(connection, by)
    except BaseException:
        ledger.close()
        raise
    return ledger


def open_as_kept(dsn: str, by: Pseudonyms | None = None) -> Ledger:
    """Open a ledger whatever its mode, to copy it or to change its mode: without `by`, what is read is what is kept."""
    with _in_french():
        ledger = Ledger(open_database(dsn, _MIGRATIONS, VERSION_TABLE, by), by)
    if by is not None:
        watch(ledger.engine, by)
    return ledger


def ledger_state(dsn: str) -> State:
    """Say how the ledger's schema stands to the program's, without changing it; raise as `open_ledger` does."""
    with _in_french():
        return database_state(dsn, _MIGRATIONS, VERSION_TABLE)


@contextmanager
def _in_french() -> Iterator[None]:
    try:
        yield
    except xapi.DatabaseError as exc:
        sentence, remedy = _WORDS[exc.reason]
        detail = why(exc.__cause__) if exc.__cause__ else exc.detail
        raise ConfigError(_(sentence, detail=detail), remedy=_(remedy)) from exc
    except xapi.RetriableError as exc:
        raise _busy() from exc


@contextmanager
def _refusals() -> Iterator[None]:
    """Raise ours for what the database raises; its own quotes the values, which are people's."""
    try:
        yield
    except sa.exc.OperationalError as exc:
        raise RetriableError(
            _("Le registre ne répond plus : {raison}.", raison=why(exc.orig or exc)),
            remedy=_("Relancez dans un moment."),
        ) from None
    except sa.exc.DBAPIError as exc:
        raise FatalError(
            _("Le registre refuse ce qui lui est donné : {raison}.", raison=why(exc.orig or exc))
        ) from None


def _busy() -> RetriableError:
    return RetriableError(
        _("Le registre est occupé par une autre commande."), remedy=_("Relancez celle-ci dans un instant.")
    )
