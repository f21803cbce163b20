"""Opening a database by DSN: an engine with one door to read and one to write, its schema migrated.

SQLite is the embedded default: WAL, so that readers never wait; `synchronous=FULL`, so that what was acknowledged
survives a power cut; `BEGIN IMMEDIATE` for writes, so that two writers queue instead of failing half-way.
On PostgreSQL the same two doors are plain transactions. The SQL in between is the same.
"""

from __future__ import annotations

import os
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import sqlalchemy as sa
from sqlalchemy import event

from xapi.cover import cover
from xapi.errors import DatabaseError, RetriableError

if TYPE_CHECKING:
    from collections.abc import Iterator

_BUSY_SECONDS = 30
_CACHE_KIB = 16 * 1024  # a page of statements touches keys all over their index: SQLite's own 2 MB are soon too few
_WAL_PAGES = 4000  # 16 MB: an index page that many transactions change is written into the file once for all of them
_MIGRATION_LOCK = 0x78617069  # any number that nobody else uses as a PostgreSQL advisory lock
_WRITES = "xapi_writes"
_MIGRATES = "xapi_migrates"
_OWNER_FOLDER, _OWNER_FILE = 0o700, 0o600

State = Literal["absent", "older", "current", "newer"]
"""How the schema of a database stands to the program's."""


@dataclass(frozen=True)
class Database:
    """An open database."""

    engine: sa.Engine

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Yield a connection that sees one state of the database from its first query on, and writes nothing."""
        options = {"isolation_level": "REPEATABLE READ"} if self.engine.dialect.name == "postgresql" else {}
        with self.engine.connect() as connection, connection.execution_options(**options).begin():
            yield connection

    @contextmanager
    def write(self, *, wait: bool = True) -> Iterator[sa.Connection]:
        """Yield a connection inside one transaction: all of it is kept, or, on an exception, nothing.

        Raises RetriableError where another process keeps the database busy for more than 30 seconds; without `wait`,
        at once (PostgreSQL has rows to wait for, not databases: there it is for the query to say).
        """
        with self.engine.connect() as connection:
            writer = connection.execution_options(**{_WRITES: "wait" if wait else "at once"})
            try:
                transaction = writer.begin()
            except sa.exc.OperationalError:
                raise RetriableError("the database is kept busy by another process") from None
            with transaction:
                yield writer

    def scrub(self) -> None:
        """Leave nothing in the files of what was deleted: what waits in SQLite's journal is written, and it is emptied.

        PostgreSQL frees the space of deleted rows by itself, and overwrites it in time.
        """
        if self.engine.dialect.name == "sqlite":
            with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def rewrite(self) -> None:
        """Write the files anew, without a trace of what was changed or deleted; it takes as much room again."""
        if self.engine.dialect.name == "sqlite":
            with closing(self.engine.raw_connection()) as connection:  # in no transaction, which we alone begin
                connection.cursor().execute("VACUUM")
            self.scrub()
        else:
            with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM FULL")

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


def open_database(dsn: str, migrations: Path, version_table: str, by: object | None = None) -> Database:
    """Open the database named by `dsn` and run the migrations that it lacks; `by` covers its covered columns.

    `migrations` is an Alembic script folder whose `env.py` works on `config.attributes["connection"]` and keeps its
    revision in `config.attributes["version_table"]`; each script's name begins with its revision, four digits that
    ascend. Raises DatabaseError where the DSN is wrong, the database refuses or a newer program has been there.
    """
    engine = _engine(dsn)
    if by is not None:
        cover(engine, by)
    if engine.dialect.name == "sqlite":
        _make_private(Path(engine.url.database or ""))
    database = Database(engine)
    try:
        _migrate(database, migrations, version_table)
    except BaseException:
        database.close()
        raise
    return database


def database_state(dsn: str, migrations: Path, version_table: str) -> State:
    """Say how the schema of a database stands to the program's, as in `open_database`, without changing it.

    Raises DatabaseError where the DSN is wrong or the database refuses. A SQLite file that is not there is `absent`.
    """
    engine = _engine(dsn)
    if engine.dialect.name == "sqlite" and not Path(engine.url.database or "").exists():
        return "absent"
    database = Database(engine)
    try:
        return _state(database, migrations, version_table)
    except sa.exc.DBAPIError as exc:
        raise _refused(engine, exc) from exc.orig
    finally:
        database.close()


def _refused(engine: sa.Engine, exc: sa.exc.DBAPIError) -> DatabaseError:
    name = engine.url.render_as_string(hide_password=True)
    said = str(exc.orig).strip().splitlines()[0]
    return DatabaseError("refused", f"the database {name} does not open", said)


def _state(database: Database, migrations: Path, version_table: str) -> State:
    revision = _revision(database, version_table)
    if revision is None:
        return "absent"
    known = revisions(migrations)
    if revision == known[-1]:
        return "current"
    return "older" if revision in known else "newer"


def revisions(migrations: Path) -> list[str]:
    """Return the revisions of a script folder, the newest last, by the names of its files alone.

    Nearly every opening finds nothing to migrate: asking Alembic would cost more than everything else that it does.
    """
    return sorted(file.name[:4] for file in (migrations / "versions").glob("[0-9]*.py"))


def _migrate(database: Database, migrations: Path, version_table: str) -> None:
    """Run what lacks in one transaction that other processes wait for; nothing is locked where nothing lacks."""
    try:
        state = _state(database, migrations, version_table)
        if state == "newer":
            raise DatabaseError("newer", "this database was opened by a newer version of the program")
        if state != "current":
            _upgrade(database, migrations, version_table)
    except sa.exc.DBAPIError as exc:
        raise _refused(database.engine, exc) from exc.orig


def _upgrade(database: Database, migrations: Path, version_table: str) -> None:
    from alembic import command  # noqa: PLC0415 - a tenth of a second, for nothing where nothing lacks
    from alembic.config import Config  # noqa: PLC0415 - the same

    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.attributes["version_table"] = version_table
    migrated = database.engine.execution_options(**{_MIGRATES: True})
    with Database(migrated).write() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    database.engine.dispose()  # the connection that migrated keeps no references: it serves nothing else


def _revision(database: Database, version_table: str) -> str | None:
    """Return what Alembic wrote into its table; None where there is none, or nothing in it."""
    with database.read() as connection:
        if not sa.inspect(connection).has_table(version_table):
            return None
        kept = sa.table(version_table, sa.column("version_num", sa.String))
        return connection.scalar(sa.select(kept.c.version_num))


def _engine(dsn: str) -> sa.Engine:
    try:
        url = sa.make_url(dsn)
        if url.get_backend_name() == "sqlite":
            return _sqlite(url)
        if url.get_backend_name() == "postgresql":
            return sa.create_engine(url, pool_pre_ping=True)
    except sa.exc.ArgumentError:
        raise DatabaseError("dsn", "the DSN of the database cannot be read") from None
    except ModuleNotFoundError:
        raise DatabaseError("driver", "the driver is missing: install parcours-connector[postgresql]") from None
    raise DatabaseError("backend", "neither SQLite nor PostgreSQL", url.get_backend_name())


def _sqlite(url: sa.URL) -> sa.Engine:
    if not url.database or url.database == ":memory:":
        raise DatabaseError("memory", "the SQLite database must be a file: one in memory would lose what it was given")
    engine = sa.create_engine(url)
    event.listen(engine, "connect", _sqlite_settings)
    event.listen(engine, "begin", _sqlite_begin)
    return engine


def _make_private(file: Path) -> None:
    """Make the folders and the file that lack, for their owner alone; SQLite gives its -wal and -shm the same mode.

    What is there keeps its mode: somebody may have shared it. On Windows the folder's own rights hold.
    """
    try:
        for folder in reversed(file.parents):
            if not folder.exists():
                folder.mkdir(mode=_OWNER_FOLDER, exist_ok=True)
        with suppress(FileExistsError):
            os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _OWNER_FILE))
    except OSError as exc:
        raise DatabaseError("folder", f"the database {file} cannot be made", exc.strerror or "") from exc


def _sqlite_settings(dbapi_connection: object, _record: object) -> None:
    dbapi_connection.isolation_level = None  # type: ignore[attr-defined]  # we say BEGIN ourselves
    cursor = dbapi_connection.cursor()  # type: ignore[attr-defined]
    for pragma in (
        f"busy_timeout={_BUSY_SECONDS * 1000}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",  # as several systems build it: what is deleted is written over, at no cost that shows
        f"cache_size=-{_CACHE_KIB}",
        f"wal_autocheckpoint={_WAL_PAGES}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: sa.Connection) -> None:
    if connection.get_execution_options().get(_MIGRATES):
        # A column is changed by rebuilding its table: dropping the old one would delete all rows that refer to it.
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    writes = connection.get_execution_options().get(_WRITES)
    if writes != "at once":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
        return
    connection.exec_driver_sql("PRAGMA busy_timeout=0")
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={_BUSY_SECONDS * 1000}")
