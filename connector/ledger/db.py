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
from connector.ledger.erased import keyed
from connector.system_words import why
from xapi import errors as xapi
from xapi.database import database_state, open_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import SecretStr

    from xapi.database import Database, State

_MIGRATIONS = Path(__file__).with_name("migrations")
VERSION_TABLE = "alembic_version"

_INSTALL = "Installez « parcours-connector[postgresql] »."
_DSN = "Écrivez « sqlite:///registre.db » ou « postgresql+psycopg://utilisateur@hôte/base »."
_CHECK = "Vérifiez « dsn » dans la partie [base] de parcours.toml et les droits sur le fichier."
_WORDS = {
    "dsn": ("Le « dsn » du registre ne se lit pas.", _DSN),
    "memory": ("Le registre ne se tient pas en mémoire : tout serait perdu à la fin de la commande.", _DSN),
    "backend": ("Le registre ne sait pas se tenir dans « {detail} ».", "Choisissez SQLite ou PostgreSQL."),
    "driver": ("Il manque de quoi parler à PostgreSQL.", _INSTALL),
    "folder": ("Le dossier du registre ne peut pas être créé : {detail}.", _CHECK),
    "refused": ("Le registre ne s'ouvre pas : {detail}.", _CHECK),
    "newer": (
        "Le registre a été ouvert par une version plus récente de parcours.",
        "Mettez le programme à jour avant de continuer.",
    ),
}


@dataclass(frozen=True)
class Ledger:
    """An open ledger, at the schema of this program."""

    database: Database

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

    def scrub(self) -> None:
        """Leave nothing in the files of what was deleted."""
        with _refusals():
            self.database.scrub()

    def close(self) -> None:
        """Give every connection back."""
        self.database.close()


def open_ledger(dsn: str, key: SecretStr | None = None) -> Ledger:
    """Open the ledger named by `dsn` and bring its schema up to date; the folder of a SQLite file is created.

    `key` is the one by which erased people are known: where some were, nothing about people comes in without it.
    Raises ConfigError where the DSN is wrong, the database refuses or a newer program has been there.
    """
    with _in_french():
        ledger = Ledger(open_database(dsn, _MIGRATIONS, VERSION_TABLE))
    keyed(ledger.engine, key)
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
        raise ConfigError(sentence.format(detail=detail), remedy=remedy) from exc
    except xapi.RetriableError as exc:
        raise _busy() from exc


@contextmanager
def _refusals() -> Iterator[None]:
    """Raise ours for what the database raises; its own quotes the values, which are people's."""
    try:
        yield
    except sa.exc.OperationalError as exc:
        raise RetriableError(
            f"Le registre ne répond plus : {why(exc.orig or exc)}.", remedy="Relancez dans un moment."
        ) from None
    except sa.exc.DBAPIError as exc:
        raise FatalError(f"Le registre refuse ce qui lui est donné : {why(exc.orig or exc)}.") from None


def _busy() -> RetriableError:
    return RetriableError("Le registre est occupé par une autre commande.", remedy="Relancez celle-ci dans un instant.")
