"""The ledger is checked, copied while in use, restored, moved: equal each time, or it is said."""

from __future__ import annotations

import json
import multiprocessing
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from connector.errors import ConfigError, DataError
from connector.ledger import schema
from connector.ledger.db import open_ledger
from connector.ledger.journal import record
from connector.ops.registre.check import digest
from connector.ops.registre.move import move
from connector.ops.registre.raw import agree
from connector.ops.registre.saving import restore, save
from tests.terminal import StageTerminal, Terminal

if TYPE_CHECKING:
    from pathlib import Path

    from connector.ledger.db import Ledger
    from connector.ops.demo.stage import Stage


class Whole(StageTerminal):
    """A data folder where a session was lived, collected and reconciled."""

    def __init__(self, stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
        super().__init__(stage, capsys)
        self.dsn = f"sqlite:///{stage.folder / 'registre.db'}"
        session = stage.folder / "parcours" / "calcul-mental" / "session.yaml"
        self.run("personnels", "importer", stage.folder / "personnels.csv")
        self.run("publier", session, "--oui")
        self.run("bac-a-sable", "vivre", session)
        self.run("collecter")
        self.run("rapprocher")

    def levels(self) -> dict[str, str]:
        self.run("diagnostiquer", "--registre", "--json")
        return {one["code"]: one["niveau"] for one in json.loads(self.out)["constats"]}

    def agreement(self) -> str | None:
        """Return what is found when evidence is compared with its statements; None where there is nothing to say."""
        with closing(open_ledger(self.dsn)) as ledger:
            found = agree(ledger, f"sqlite:///{self.folder / 'lrs.db'}")
        return found[0].level.value if found else None

    def spoil(self, *statements: str, file: str = "registre.db") -> None:
        with sqlite3.connect(self.folder / file) as connection:
            for statement in statements:
                connection.execute(statement)
        connection.close()


@pytest.fixture
def whole(stage: Stage, capsys: pytest.CaptureFixture[str]) -> Whole:
    return Whole(stage, capsys)


def content(dsn: str) -> dict[str, tuple[int, bytes]]:
    ledger = open_ledger(dsn)
    with ledger.read() as connection:
        found = {table.name: digest(connection.execute(table.select())) for table in schema.metadata.sorted_tables}
    ledger.close()
    return found


def test_each_damage_is_seen_and_only_it(whole: Whole) -> None:
    before = content(whole.dsn)
    assert set(whole.levels().values()) == {"ok"}
    assert content(whole.dsn) == before, "nothing is changed by looking"
    whole.spoil("UPDATE line SET minutes = minutes + 1 WHERE decision = 'credite'")
    assert [code for code, level in whole.levels().items() if level != "ok"] == ["integrite.totaux"]
    assert whole.run("rapprocher", "--complet") == 0
    assert content(whole.dsn)["line"] == before["line"]

    whole.spoil("UPDATE snapshot SET body = replace(body, 'Enseigner', 'Apprendre')")
    assert whole.levels()["integrite.publications"] == "à mender"
    whole.spoil("UPDATE snapshot SET body = replace(body, 'Apprendre', 'Enseigner')")
    whole.spoil("DELETE FROM resolution WHERE evidence_id = (SELECT min(evidence_id) FROM resolution)")
    assert whole.levels()["integrite.orphelins"] == "à mender"
    assert whole.run("rapprocher", "--complet") == 0
    lines = content(whole.dsn)["line"]
    whole.spoil("UPDATE line SET teacher_id = -teacher_id")
    assert whole.levels()["integrite.orphelins"] == "à mender"
    assert whole.run("rapprocher", "--complet") == 0
    assert content(whole.dsn)["line"] == lines
    whole.spoil("PRAGMA foreign_keys=OFF", "DELETE FROM teacher WHERE id = (SELECT min(id) FROM teacher)")
    assert whole.levels()["integrite.base"] == "à mender"
    assert whole.run("diagnostiquer", "--registre") == 2


def test_evidence_says_what_its_statement_says(whole: Whole) -> None:
    damages = [
        ("registre.db", "UPDATE evidence SET timestamp_us = timestamp_us + {} - {} WHERE id = 1", 1, 0),
        ("registre.db", "UPDATE evidence SET actor_value = replace(actor_value, '{}', '{}')", "://", ":/ /"),
        ("registre.db", "UPDATE evidence SET state = replace(state, '{}', '{}')", "done", "d0ne"),
        (
            "lrs.db",
            "UPDATE xapi_statement SET body = CAST(replace(CAST(body AS TEXT), '{}', '{}') AS BLOB)",
            ':"20',
            ':"19',
        ),
    ]
    assert whole.agreement() == "ok"
    for file, damage, *words in damages:
        whole.spoil(damage.format(*words), file=file)
        assert whole.agreement() == "à mender", damage
        whole.spoil(damage.format(*reversed(words)), file=file)
        assert whole.agreement() == "ok"
    whole.spoil("DELETE FROM xapi_statement", file="lrs.db")
    assert whole.agreement() is None, "what is no longer kept says nothing"


def test_a_copy_is_whole_and_comes_back(whole: Whole, tmp_path: Path) -> None:
    before = content(whole.dsn)
    target = tmp_path / "sauvegardes" / "registre-20261122.db"
    assert whole.run("registre", "sauvegarder", target) == 0
    assert [path.name for path in target.parent.iterdir()] == [target.name]
    kept = content(f"sqlite:///{target}")
    assert {name: rows for name, rows in kept.items() if name != "journal"} == {
        name: rows for name, rows in before.items() if name != "journal"
    }
    assert whole.run("registre", "sauvegarder", target) == 1
    assert "existe déjà" in whole.err
    assert whole.run("registre", "restaurer", target) == 1
    assert "contient déjà un registre" in whole.err
    for file in whole.folder.glob("registre.db*"):
        file.unlink()
    assert whole.run("registre", "restaurer", target) == 0
    assert content(whole.dsn) == kept
    assert set(whole.levels().values()) == {"ok"}


def test_the_new_place_is_where_the_configuration_will_look(
    tmp_path: Path, sqlite_ledger: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal(tmp_path / "donnees", capsys)
    terminal.folder.mkdir()
    shutil.copy(sqlite_ledger, terminal.folder / "registre.db")
    monkeypatch.chdir(tmp_path)
    assert terminal.run("registre", "deplacer", "sqlite:///neuf.db") == 0
    assert (terminal.folder / "neuf.db").exists()
    assert not (tmp_path / "neuf.db").exists()
    terminal.write("occupe", "")
    assert terminal.run("registre", "deplacer", "sqlite:///occupe/neuf.db") == 1
    assert "Base de destination" in terminal.err
    assert "[base]" not in terminal.err, "the configuration has no part in this"


@pytest.mark.postgresql
def test_to_postgresql_and_back(whole: Whole, postgresql_database: str, tmp_path: Path) -> None:
    before = content(whole.dsn)
    assert whole.run("registre", "deplacer", postgresql_database) == 0
    assert content(postgresql_database) == before
    ledger = open_ledger(postgresql_database)
    with ledger.write() as connection:  # numbers go on after those that were copied
        record(connection, 1, "essai", "essai.apres", "x")
        last = connection.scalar(sa.select(sa.func.max(schema.journal.c.id)))
        assert last == before["journal"][0] + 1
        connection.rollback()
    ledger.close()
    moved = move(postgresql_database, f"sqlite:///{tmp_path / 'retour.db'}")
    assert moved.total == sum(number for number, _ in before.values())
    with pytest.raises(ConfigError, match="contient déjà un registre"):
        move(whole.dsn, postgresql_database)


def test_what_is_no_copy_is_refused(tmp_path: Path) -> None:
    dsn = f"sqlite:///{tmp_path / 'registre.db'}"
    with pytest.raises(DataError, match="n'existe pas"):
        restore(tmp_path / "rien.db", dsn)
    (tmp_path / "lettre.db").write_text("Bonjour. " * 1000, encoding="utf-8")
    with pytest.raises(DataError, match="n'est pas une sauvegarde"):
        restore(tmp_path / "lettre.db", dsn)
    sqlite3.connect(tmp_path / "vide.db").close()
    with pytest.raises(DataError, match="n'est pas une sauvegarde"):
        restore(tmp_path / "vide.db", dsn)
    assert not (tmp_path / "registre.db").exists()


def test_a_copy_made_while_others_write_is_one_instant(ledger: Ledger, tmp_path: Path) -> None:
    """The writer adds to two tables at once: a copy that saw one and not the other would be torn."""
    dsn = ledger.engine.url.render_as_string(hide_password=False)
    context = multiprocessing.get_context("spawn")
    started, stop = context.Event(), context.Event()
    writer = context.Process(target=write_pairs, args=(dsn, started, stop))
    writer.start()
    try:
        assert started.wait(60)
        copies = [tmp_path / f"copie-{number}.db" for number in range(3)]
        for copy in copies:
            save(dsn, copy)
    finally:
        stop.set()
        writer.join(60)
    sizes = []
    for copy in copies:
        found = content(f"sqlite:///{copy}")
        assert found["journal"][0] == found["dropped"][0] > 0
        sizes.append(found["journal"][0])
    assert sizes == sorted(sizes)


def write_pairs(dsn: str, started: multiprocessing.Event, stop: multiprocessing.Event) -> None:  # type: ignore[valid-type]
    ledger = open_ledger(dsn)
    number = 0
    while not stop.is_set():  # type: ignore[attr-defined]
        with ledger.write() as connection:
            record(connection, number, "essai", "essai.ecrire", str(number))
            connection.execute(schema.dropped.insert().values(source="essai", kind=str(number), count=1))
        number += 1
        started.set()  # type: ignore[attr-defined]
    ledger.close()
