"""Opening, migrating and sharing the ledger."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

from connector.errors import ConfigError, FatalError, RetriableError
from connector.ledger import db
from connector.ledger.schema import MAX_US, activity, metadata, teacher
from xapi import database

if TYPE_CHECKING:
    from pathlib import Path


def test_the_migrated_schema_is_the_declared_one(tmp_path: Path) -> None:
    ledger = db.open_ledger(f"sqlite:///{tmp_path}/registre.db")
    with ledger.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
    ledger.close()


def test_an_older_ledger_learns_since_when_an_activity_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "registre.db"
    engine = sa.create_engine(f"sqlite:///{path}")
    config = Config()
    config.set_main_option("script_location", str(db._MIGRATIONS))
    with engine.begin() as connection:
        config.attributes |= {"connection": connection, "version_table": db.VERSION_TABLE}
        command.upgrade(config, "0001")
    engine.dispose()
    with closing(sqlite3.connect(path)) as old, old:
        old.execute(
            "INSERT INTO session VALUES ('S','M','M','T','n',NULL,'c','u','2026-2027','animation','attestation',"
            "'2026-10-05',NULL,'Europe/Paris',0,1,2)"
        )
        old.executemany("INSERT INTO snapshot VALUES ('S',?,?,'','','fichier')", [(1, 1_000), (2, 2_000)])
        rows = [("reste", 0, 1), ("partie", 1, 2)]
        old.executemany("INSERT INTO activity VALUES ('S',?,0,9,?,'page','t','presence',1,30,0,?,0)",
                        [(name, position, gone) for name, gone, position in rows])  # fmt: skip
    ledger = db.open_ledger(f"sqlite:///{path}")
    with ledger.read() as connection:
        found = connection.execute(sa.select(activity.c.activity_id, activity.c.gone_us)).all()
    ledger.close()
    assert {row.activity_id: row.gone_us for row in found} == {"reste": MAX_US, "partie": 2_000}


def test_a_person_s_word_of_an_older_ledger_is_kept_there_and_back(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'registre.db'}")
    config = Config()
    config.set_main_option("script_location", str(db._MIGRATIONS))
    key = "INSERT INTO teacher_key (teacher_id, kind, value, main, source) VALUES (1, 'mbox', 'x', 0, ?)"
    with engine.begin() as connection:
        config.attributes |= {"connection": connection, "version_table": db.VERSION_TABLE}
        command.upgrade(config, "0008")
        connection.exec_driver_sql("INSERT INTO teacher (id, identifiant, nom, prenom) VALUES (1, 'E1', 'A', 'C')")
        connection.exec_driver_sql(key, ("personne",))
        command.upgrade(config, "0009")
        assert connection.scalar(sa.text("SELECT reason FROM teacher_key")) == "personne_inconnue"
        connection.exec_driver_sql(key, ("personnels",))
        command.downgrade(config, "0008")
        assert connection.scalars(sa.text("SELECT source FROM teacher_key")).all() == ["personne"]
    engine.dispose()


def test_a_migration_that_rebuilds_a_table_keeps_what_refers_to_it(tmp_path: Path) -> None:
    """The table of teachers was rebuilt by a migration: their keys and services are not to go with the old one."""
    path = tmp_path / "registre.db"
    engine = sa.create_engine(f"sqlite:///{path}")
    config = Config()
    config.set_main_option("script_location", str(db._MIGRATIONS))
    with engine.begin() as connection:
        config.attributes |= {"connection": connection, "version_table": db.VERSION_TABLE}
        command.upgrade(config, "0003")
        connection.exec_driver_sql("INSERT INTO teacher VALUES (1, 'E1', 'Arnaud', 'Camille')")
        connection.exec_driver_sql("INSERT INTO teacher_key VALUES (1, 'mbox', 'camille@ac-exemple.fr', 1)")
        connection.exec_driver_sql("INSERT INTO touched VALUES (1)")
    engine.dispose()
    ledger = db.open_ledger(f"sqlite:///{path}")
    with ledger.read() as connection:
        assert connection.scalars(sa.text("SELECT teacher_id FROM teacher_key")).all() == [1]
        assert connection.scalars(sa.text("SELECT teacher_id FROM touched")).all() == [1]
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    ledger.close()


def test_opening_creates_the_folder_and_opening_again_changes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "données"
    db.open_ledger(f"sqlite:///{folder}/registre.db").close()
    before = (folder / "registre.db").read_bytes()
    db.open_ledger(f"sqlite:///{folder}/registre.db").close()
    assert (folder / "registre.db").read_bytes() == before


def test_asking_how_a_ledger_stands_makes_nothing(tmp_path: Path) -> None:
    assert db.ledger_state(f"sqlite:///{tmp_path}/données/registre.db") == "absent"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
def test_what_is_made_is_its_owner_s_alone_and_what_is_there_keeps_its_mode(tmp_path: Path) -> None:
    shared = tmp_path / "partagé"
    shared.mkdir()
    shared.chmod(0o755)
    before = os.umask(0)
    try:
        with closing(db.open_ledger(f"sqlite:///{shared}/données/2026/registre.db")) as ledger, ledger.read():
            made = {path.name: path.stat().st_mode & 0o777 for path in shared.rglob("*")}
    finally:
        os.umask(before)
    files = {f"registre.db{suffix}": 0o600 for suffix in ("", "-wal", "-shm")}
    assert made == {"données": 0o700, "2026": 0o700} | files
    assert shared.stat().st_mode & 0o777 == 0o755
    (shared / "données" / "2026" / "registre.db").chmod(0o640)
    db.open_ledger(f"sqlite:///{shared}/données/2026/registre.db").close()
    assert (shared / "données" / "2026" / "registre.db").stat().st_mode & 0o777 == 0o640


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


def test_what_the_database_refuses_is_a_sentence_without_the_values(ledger: db.Ledger) -> None:
    with pytest.raises(FatalError, match="refuse ce qui lui est donné") as caught, ledger.write() as connection:
        connection.execute(teacher.insert().values(identifiant="E1", nom=None, prenom="Lina"))
    assert "Lina" not in str(caught.value)


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
