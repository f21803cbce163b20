"""What the system refuses is said in French."""

from __future__ import annotations

import errno
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from connector.errors import ConfigError, RetriableError
from connector.ledger.db import open_ledger
from connector.system_words import why

if TYPE_CHECKING:
    from pathlib import Path

    from connector.ledger.db import Ledger


def test_known_and_unknown_reasons() -> None:
    assert why(OSError(errno.ENOSPC, "No space left on device")) == "le disque est plein"
    assert why(OSError(9999, "Strange.")) == "Strange"
    assert why(OSError()) == "OSError"


def test_what_sqlite_says(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError) as caught:
        sqlite3.connect(tmp_path)
    assert why(caught.value) == "le fichier ne s'ouvre pas"


def test_a_file_that_is_no_ledger(tmp_path: Path) -> None:
    (tmp_path / "registre.db").write_text("Bonjour, je suis une lettre." * 100, encoding="utf-8")
    with pytest.raises(ConfigError, match="ce fichier n'est pas une base SQLite"):
        open_ledger(f"sqlite:///{tmp_path / 'registre.db'}")


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "donnees").write_text("", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"un élément du chemin n'est pas un dossier|il existe déjà"):
        open_ledger(f"sqlite:///{tmp_path / 'donnees' / 'registre.db'}")


def test_a_full_disk(tmp_path: Path) -> None:
    with closing(open_ledger(f"sqlite:///{tmp_path / 'registre.db'}")) as ledger:
        with pytest.raises(RetriableError, match="le disque est plein"):
            overfill(ledger)
        with ledger.read() as connection:
            assert "filler" not in sa.inspect(connection).get_table_names()


def overfill(ledger: Ledger) -> None:
    with ledger.write() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        connection.exec_driver_sql("CREATE TABLE filler (text TEXT)")
        connection.exec_driver_sql("INSERT INTO filler VALUES (hex(randomblob(1000000)))")
