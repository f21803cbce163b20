"""Migrations there and back, from every revision, on each database, with a row in every table."""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from connector.ledger import db, schema
from connector.ledger.partitions import open_years
from tests.conftest import POSTGRESQL
from xapi import schema as xapi_schema
from xapi import store
from xapi.database import Database, open_database, revisions

if TYPE_CHECKING:
    from collections.abc import Iterator

    Columns = dict[str, list[str]]

YEAR = "2026-2027"
HISTORIES = {
    "registre": (Path(db.__file__).with_name("migrations"), db.VERSION_TABLE, schema.metadata),
    "declarations": (Path(store.__file__).with_name("migrations"), "xapi_version", xapi_schema.metadata),
}
REFUSED = {
    "0003": ("closed_year", "pacte_hours", "pacte_mission"),
    "0011": ("erased",),
    "0012": ("accompagnement",),
    "0013": ("need", "need_person"),
    "0014": ("pseudonymised",),
    "0002": ("xapi_document", "xapi_attachment"),
}
"""The rows for whose sake the way back of a migration is refused, by its revision."""
STATEMENT = (
    b'{"actor": {"mbox": "mailto:a@ac-exemple.fr"}, "verb": {"id": "http://a.fr"}, "object": {"id": "http://b.fr"}}'
)


@pytest.fixture(params=["sqlite", POSTGRESQL])
def dsn(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'base.db'}"
    found: str = request.getfixturevalue("postgresql_database")
    return found


class History:
    """One database, one history of migrations."""

    def __init__(self, name: str, dsn: str) -> None:
        self.folder, self.version_table, self.metadata = HISTORIES[name]
        self.database: Database = open_database(dsn, self.folder, self.version_table)
        self.config = Config()
        self.config.set_main_option("script_location", str(self.folder))
        script = ScriptDirectory.from_config(self.config)
        self.revisions = [one.revision for one in script.walk_revisions()]  # the newest first

    @contextmanager
    def connected(self) -> Iterator[sa.Connection]:
        """Yield a connection that migrates, as the program's does: SQLite keeps no reference meanwhile."""
        migrating = Database(self.database.engine.execution_options(xapi_migrates=True))
        with migrating.write() as connection:
            self.config.attributes |= {"connection": connection, "version_table": self.version_table}
            yield connection

    def go(self, revision: str) -> None:
        """Go up, or down, to a revision."""
        with self.connected() as connection:
            current = MigrationContext.configure(connection, opts={"version_table": self.version_table})
            known = current.get_current_revision()
            assert known is not None
            (command.upgrade if known < revision else command.downgrade)(self.config, revision)

    def content(self, columns: Columns) -> dict[str, list[str]]:
        """Return the rows of these columns, table by table."""
        with self.database.read() as connection:
            return {
                name: sorted(map(repr, connection.execute(sa.select(sa.table(name, *map(sa.column, names))))))
                for name, names in columns.items()
            }

    def columns(self) -> Columns:
        """Return the columns of every table, as the database has them, without the parts of one."""
        with self.database.read() as connection:
            found = sa.inspect(connection).get_multi_columns()
        tables = {name: [one["name"] for one in columns] for (_, name), columns in found.items()}
        return {name: names for name, names in tables.items() if not is_part(name) and name != self.version_table}


def is_part(table: str) -> bool:
    """Tell whether a table is a part of another, such as `line_2026_2027`."""
    return table.rpartition("_")[2].isdigit()


def value(column: sa.Column[Any]) -> object:
    """Return a value for a column of the first and only row of its table."""
    if column.foreign_keys:
        return value(next(iter(column.foreign_keys)).column)
    said = {"annee_scolaire": YEAR, "source": "personnels", "until_us": schema.MAX_US, "scopes": "all"}
    if column.name in said:
        return said[column.name]
    kinds: dict[type, object] = {
        bool: True, int: 1, str: "x", bytes: STATEMENT, date: date(2026, 10, 5),
        datetime: datetime.fromisoformat("2026-10-05T09:00"), UUID: UUID(int=1), object: ["x"],
    }  # fmt: skip
    return kinds[column.type.python_type]


def fill(history: History) -> None:
    """Put a row into every table."""
    with history.database.write() as connection:
        if history.metadata is schema.metadata:
            open_years(connection, [YEAR])
        for table in history.metadata.sorted_tables:
            if table.name != "xapi_clock":  # it has its row since ever
                connection.execute(table.insert().values({one.name: value(one) for one in table.columns}))


@pytest.fixture(params=sorted(HISTORIES))
def history(request: pytest.FixtureRequest, dsn: str) -> Iterator[History]:
    made = History(request.param, dsn)
    yield made
    made.database.close()


def test_from_every_revision_up_and_back_nothing_is_lost(history: History) -> None:
    """Each step is taken down, up and down again: what both schemas have room for is what it was each time."""
    fill(history)
    for newer, older in itertools.pairwise(history.revisions):
        columns = history.columns()
        refused = [name for name in REFUSED.get(newer, ()) if name in columns]
        if refused:
            with pytest.raises(RuntimeError):
                history.go(older)
            assert history.columns() == columns
            with history.database.write() as connection:
                for name in refused:
                    connection.execute(sa.table(name).delete())
        whole = history.content(columns)
        history.go(older)
        shared = {
            name: [one for one in names if one in columns[name]]
            for name, names in history.columns().items()
            if name in columns
        }
        before = history.content(shared)
        assert sum(map(len, before.values())) > 0
        history.go(newer)
        assert history.columns() == columns
        assert history.content(shared) == before
        assert {name: len(rows) for name, rows in whole.items() if name in shared} == {
            name: len(rows) for name, rows in before.items()
        }
        history.go(older)
    history.go(history.revisions[0])
    assert_declared(history)


def assert_declared(history: History) -> None:
    """The schema of the database is the declared one, but for parts of tables, their wider keys, and comments."""

    def counts(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or not is_part(str(name))

    with history.database.read() as connection:
        options = {"compare_type": True, "include_name": counts, "version_table": history.version_table}
        found = compare_metadata(MigrationContext.configure(connection, opts=options), history.metadata)
    changes = [change for one in found for change in (one if isinstance(one, list) else [one])]
    assert [change for change in changes if not change[0].endswith("_comment")] == []


@pytest.mark.parametrize("name", HISTORIES)
def test_the_names_of_the_scripts_say_what_alembic_finds_in_them(name: str) -> None:
    folder = HISTORIES[name][0]
    script = ScriptDirectory(str(folder))
    assert revisions(folder) == [one.revision for one in script.walk_revisions()][::-1]
    assert script.get_heads() == revisions(folder)[-1:]
