"""Opening the ledger: a DSN in, an engine whose schema is the program's own out.

SQLite is the embedded default: WAL, so that readers never wait; `synchronous=FULL`, so that what was said to be
kept survives a power cut; `BEGIN IMMEDIATE` for writes, so that two writers queue instead of failing half-way.
PostgreSQL needs none of that: the same two doors, `read` and `write`, are plain transactions there.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import event

from connector.errors import ConfigError, RetriableError

if TYPE_CHECKING:
    from collections.abc import Iterator

_BUSY_SECONDS = 30
_MIGRATION_LOCK = 0x70617263  # any number that nobody else uses as a PostgreSQL advisory lock
_WRITES = "parcours_writes"


@dataclass(frozen=True)
class Ledger:
    """An open ledger, at the schema of this program."""

    engine: sa.Engine

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Yield a connection that sees one state of the ledger from its first query on, and writes nothing."""
        options = {"isolation_level": "REPEATABLE READ"} if self.engine.dialect.name == "postgresql" else {}
        with self.engine.connect() as connection, connection.execution_options(**options).begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """Yield a connection inside one transaction: all of it is kept, or, on an exception, nothing.

        Raises RetriableError where another process keeps the ledger busy for more than 30 seconds.
        """
        with self.engine.connect() as connection:
            writer = connection.execution_options(**{_WRITES: True})
            try:
                transaction = writer.begin()
            except sa.exc.OperationalError as exc:
                raise RetriableError(
                    "Le registre est occupé par une autre commande.", remedy="Relancez celle-ci dans un instant."
                ) from exc
            with transaction:
                yield writer

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


def open_ledger(dsn: str) -> Ledger:
    """Open the ledger named by `dsn` and bring its schema up to date.

    The folder of a SQLite file is created. Raises ConfigError where the DSN is wrong, the database refuses or a newer
    program has been there.
    """
    engine = _engine(dsn)
    ledger = Ledger(engine)
    try:
        upgrade(ledger)
    except BaseException:
        ledger.close()
        raise
    return ledger


def upgrade(ledger: Ledger) -> None:
    """Run the migrations that the database lacks, in one transaction that other processes wait for."""
    try:
        with ledger.read() as connection:
            if _revision(connection) == _head():
                return
        with ledger.write() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
            command.upgrade(alembic_config(connection), "head")
    except CommandError as exc:
        raise ConfigError(
            "Le registre a été ouvert par une version plus récente de parcours.",
            remedy="Mettez le programme à jour avant de continuer.",
        ) from exc
    except sa.exc.DBAPIError as exc:
        raise ConfigError(
            f"Le registre {ledger.engine.url.render_as_string(hide_password=True)} ne s'ouvre pas : "
            f"{str(exc.orig).strip().splitlines()[0]}.",
            remedy="Vérifiez « dsn » dans la partie [base] de parcours.toml et les droits sur le fichier.",
        ) from exc


def alembic_config(connection: sa.Connection) -> Config:
    """Return what Alembic needs to work on `connection`, whose transaction stays the caller's."""
    config = _scripts()
    config.attributes["connection"] = connection
    return config


def _scripts() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    return config


def _head() -> str | None:
    return ScriptDirectory.from_config(_scripts()).get_current_head()


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return found


def _engine(dsn: str) -> sa.Engine:
    try:
        url = sa.make_url(dsn)
        if url.get_backend_name() == "sqlite":
            return _sqlite(url)
        if url.get_backend_name() == "postgresql":
            return sa.create_engine(url, pool_pre_ping=True)
    except sa.exc.ArgumentError as exc:
        raise ConfigError(
            "Le « dsn » du registre ne se lit pas.",
            remedy="Écrivez « sqlite:///registre.db » ou « postgresql+psycopg://utilisateur@hôte/base ».",
        ) from exc
    except ModuleNotFoundError as exc:
        raise ConfigError(
            "Il manque de quoi parler à PostgreSQL.", remedy="Installez « parcours-connector[postgresql] »."
        ) from exc
    raise ConfigError(
        f"Le registre ne sait pas se tenir dans « {url.get_backend_name()} ».",
        remedy="Choisissez SQLite ou PostgreSQL.",
    )


def _sqlite(url: sa.URL) -> sa.Engine:
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url)
    event.listen(engine, "connect", _sqlite_settings)
    event.listen(engine, "begin", _sqlite_begin)
    return engine


def _sqlite_settings(dbapi_connection: object, _record: object) -> None:
    dbapi_connection.isolation_level = None  # type: ignore[attr-defined]  # we say BEGIN ourselves
    cursor = dbapi_connection.cursor()  # type: ignore[attr-defined]
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_SECONDS * 1000}")
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
