"""Opening, migrating and sharing the ledger."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from connector.errors import ConfigError, RetriableError
from connector.ledger import db
from connector.ledger.schema import metadata, teacher
from xapi import database

if TYPE_CHECKING:
    from pathlib import Path


def test_the_migrated_schema_is_the_declared_one(tmp_path: Path) -> None:
    ledger = db.open_ledger(f"sqlite:///{tmp_path}/registre.db")
    with ledger.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
    ledger.close()


def test_opening_creates_the_folder_and_opening_again_changes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "données"
    db.open_ledger(f"sqlite:///{folder}/registre.db").close()
    before = (folder / "registre.db").read_bytes()
    db.open_ledger(f"sqlite:///{folder}/registre.db").close()
    assert (folder / "registre.db").read_bytes() == before


def test_sqlite_is_durable_and_keeps_references(tmp_path: Path) -> None:
    ledger = db.open_ledger(f"sqlite:///{tmp_path}/registre.db")
    with ledger.read() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    ledger.close()
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}


def _add(connection: sa.Connection, identifiant: str) -> None:
    connection.execute(teacher.insert().values(identifiant=identifiant, nom="Rey", prenom="Lina"))


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    ledger = db.open_ledger(f"sqlite:///{tmp_path}/registre.db")

    def write_then_fail() -> None:
        with ledger.write() as connection:
            _add(connection, "E1")
            raise KeyError

    with pytest.raises(KeyError):
        write_then_fail()
    with ledger.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(teacher)) == 0
    ledger.close()


def test_a_reader_keeps_its_view_while_another_writes(tmp_path: Path) -> None:
    ledger = db.open_ledger(f"sqlite:///{tmp_path}/registre.db")
    count = sa.select(sa.func.count()).select_from(teacher)
    with ledger.read() as reader:
        assert reader.scalar(count) == 0
        with ledger.write() as writer:
            _add(writer, "E1")
        assert reader.scalar(count) == 0
    with ledger.read() as reader:
        assert reader.scalar(count) == 1
    ledger.close()


def test_a_second_writer_is_told_to_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_BUSY_SECONDS", 0)
    ledger = db.open_ledger(f"sqlite:///{tmp_path}/registre.db")
    with ledger.write(), pytest.raises(RetriableError, match="occupé"), ledger.write():
        pass
    ledger.close()


@pytest.mark.parametrize(
    ("dsn", "said"),
    [
        ("registre.db", "ne se lit pas"),
        ("mysql://hote/base", "ne sait pas se tenir"),
        ("postgresql+inconnu://hote/base", "ne se lit pas"),
        ("sqlite://", "ne se tient pas en mémoire"),
    ],
)
def test_a_wrong_dsn_is_a_sentence(dsn: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        db.open_ledger(dsn)


def test_a_file_that_is_no_database_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "registre.db").write_text("bonjour, je ne suis pas une base de données\n" * 50)
    with pytest.raises(ConfigError, match="ne s'ouvre pas"):
        db.open_ledger(f"sqlite:///{tmp_path}/registre.db")


def test_a_ledger_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    db.open_ledger(f"sqlite:///{tmp_path}/registre.db").close()
    with sqlite3.connect(tmp_path / "registre.db") as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.close()
    with pytest.raises(ConfigError, match="plus récente"):
        db.open_ledger(f"sqlite:///{tmp_path}/registre.db")
