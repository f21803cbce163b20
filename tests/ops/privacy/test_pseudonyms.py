"""The pseudonymised mode: neither database names anybody, and who has the names sees what they would see in clear."""

from __future__ import annotations

import csv
import json
import re
import shutil
import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import stamina

from connector.acts.contest import contest
from connector.ledger.asker import Asker
from connector.ledger.db import open_ledger
from connector.ledger.scope import Scope
from connector.ops.demo.play import play
from connector.ops.demo.stage import set_stage
from connector.settings import FILE, Settings
from scenarios.calendar import SchoolYear
from tests.terminal import Terminal
from xapi.instants import to_us

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CODE, UAI, YEAR = "CM-69L4-2026A", "0693456G", "2026-2027"
CAMILLE = "camille.arnaud@ac-exemple.fr"
EVENING = to_us(datetime(2026, 10, 9, 20, tzinfo=UTC))
CONTESTED_AT = r'"numero": "\w+"(?=,\s+"motif": "ligne_contestee")'
"""The number of a contested line is made from when it was contested, a moment apart on each side."""
DATED = ("--annee", YEAR)
ASKED = (
    ("rapport", "circonscription", UAI, *DATED), ("rapport", "session", CODE),
    ("rapport", "enseignant", "E0001", *DATED),
    ("rapport", "academie", "Lyon", *DATED), ("rapport", "formateur", "anne.martin@ac-exemple.fr", *DATED),
)  # fmt: skip


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    """Retries happen at once."""
    with stamina.set_testing(True, attempts=2, cap=True):
        yield


def hide(folder: Path, away: Path) -> None:
    """Ask for pseudonyms, with the names and the key out of the data folder."""
    away.mkdir()
    file = folder / FILE
    said = f'\n[base]\npseudonymes = "{away / "noms.db"}"\n[rgpd]\ncle_fichier = "{away / "cle"}"\n'
    file.write_text(file.read_text("utf-8") + said, "utf-8")


def in_their_words(folder: Path) -> set[str]:
    """Return what the roster calls people, but for words that schools and parcours have too."""
    with (folder / "personnels.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    words = {row[name] for row in rows for name in ("identifiant", "nom", "prenom", "courriel")}
    words |= {one for row in rows for one in row["autres_courriels"].split(",") if one}
    words |= {one.rpartition("|")[2] for row in rows for one in row["compte_moodle"].split(",") if one}
    others = " ".join(
        [row["ecole"] for row in rows] + [one.read_text("utf-8") for one in folder.rglob("parcours.yaml")]
    )
    return {word for word in words if word and not re.search(rf"\b{re.escape(word)}\b", others)}


def rows_naming(file: Path, words: set[str]) -> list[str]:
    """Return the tables of a SQLite file, dumped as text, in which one of these words stands, and the words."""
    named = re.compile("|".join(rf"\b{re.escape(word)}\b" for word in sorted(words)), re.IGNORECASE)
    with closing(sqlite3.connect(file)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        dumped = {name: repr(connection.execute(f'SELECT * FROM "{name}"').fetchall()) for name in tables}  # noqa: S608
    assert len(dumped) > 5
    return [f"{name}: {found[0]}" for name, text in dumped.items() if (found := named.search(text))]


def bytes_naming(file: Path, words: set[str]) -> list[str]:
    held = b"".join(one.read_bytes() for one in sorted(file.parent.glob(f"{file.name}*"))).lower()
    return [word for word in sorted(words) if len(word) > 4 and re.search(_in_bytes(word.lower()), held)]


def _in_bytes(word: str) -> bytes:
    """Return what finds a word in a file; one like E0006 by itself: the digits of an HMAC may hold it."""
    found = re.escape(word.encode())
    return rb"(?<![0-9a-f])%b(?![0-9a-f])" % found if re.fullmatch("[0-9a-f]+", word) else found


def answers(terminal: Terminal) -> dict[str, str]:
    """Return every report as it is told, cell by cell."""
    said = {}
    for asked in ASKED:
        assert terminal.run(*asked, "--format", "json") == 0, terminal.err
        said[asked[1]] = terminal.out
    assert terminal.run("expliquer", "E0001", *DATED, "--json") == 0, terminal.err
    said["expliquer"] = terminal.out
    assert terminal.run("file", "--json") == 0, terminal.err
    said["file"] = re.sub(CONTESTED_AT, "", terminal.out)
    return said


def contested(settings: Settings) -> None:
    with closing(open_ledger(settings.dsn, settings.erasure_key(), settings.names_file)) as ledger:
        asker = Asker("E0001", Scope("enseignant", ("E0001",)))
        year = SchoolYear.parse(YEAR)
        contest(ledger, asker, "E0001", CODE, "presence-1", "present", year=year)


def test_the_whole_chain_names_nobody_and_says_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    away = tmp_path / "ailleurs"
    with set_stage(tmp_path / "clair") as stage:
        clear = Terminal(stage.folder, capsys)
        hidden = Terminal(tmp_path / "donnees", capsys)
        shutil.copytree(stage.folder, hidden.folder, ignore=shutil.ignore_patterns("lrs.db*"))
        hide(hidden.folder, away)
        assert hidden.run("personnels", "importer", hidden.folder / "personnels.csv") == 1
        assert "n'est pas encore pseudonymisé" in hidden.err or "clé des pseudonymes manque" in hidden.err
        for command in (
            ("rgpd", "pseudonymiser", "--oui"),
            ("personnels", "importer", hidden.folder / "personnels.csv"),
            ("publier", hidden.folder / "parcours/calcul-mental/session.yaml"),
        ):
            assert hidden.run(*command) == 0, hidden.err
        sheet = play(stage, CODE, EVENING, lambda _share: None).sheet
        for command in (
            ("emargement", "saisir", CODE, sheet),
            ("collecter",),
            ("rapprocher", "--annee", YEAR),
            (
                "decider",
                "E0001",
                "--session",
                CODE,
                "--activite",
                "presence-1",
                "--accorder",
                "--motif",
                "emargement_oublie",
            ),
            ("acces", "ajouter", "nadia.ien", "--role", "ien", "--perimetre", UAI),
            ("collecter",),
            ("rapprocher", "--annee", YEAR),
        ):
            assert hidden.run(*command) == 0, (command, hidden.err)
        for command in (
            ("personnels", "importer", clear.folder / "personnels.csv"), ("collecter",), ("rapprocher", "--annee", YEAR)
        ):  # fmt: skip
            assert clear.run(*command) == 0, clear.err
    for one in (clear, hidden):
        contested(Settings.load(one.folder))
    expected = answers(clear)
    assert answers(hidden) == expected
    ledger, words = hidden.folder / "registre.db", in_their_words(hidden.folder) | {"nadia.ien", "anne.martin"}
    assert CAMILLE in words
    assert "E0001" in words
    assert rows_naming(clear.folder / "registre.db", words)
    assert rows_naming(ledger, words) == []
    assert bytes_naming(ledger, words) == []
    assert stat.S_IMODE((away / "noms.db").stat().st_mode) == 0o600
    assert hidden.run("diagnostiquer", "--registre", "--json") == 0, hidden.out
    assert '"integrite.pseudonymes"' in hidden.out
    without_names(hidden, away, expected)


def without_names(hidden: Terminal, away: Path, expected: dict[str, str]) -> None:
    """Aggregates are whole; lists show pseudonyms, and say so; nothing comes in."""
    (away / "noms.db").rename(away / "noms.perdu")
    assert hidden.run(*ASKED[3], "--format", "json") == 0
    assert hidden.out == expected["academie"]
    assert hidden.run(*ASKED[0], "--format", "json") == 0
    assert "les personnes paraissent sous des pseudonymes" in hidden.err
    named = json.loads(expected["circonscription"])
    shown = json.loads(hidden.out)
    assert sorted(row["retenu_min"] for row in shown) == sorted(row["retenu_min"] for row in named)
    assert {row["nom"][:2] for row in shown} == {"p-"}
    assert hidden.run("diagnostiquer", "--registre") == 0, hidden.out
    for command in (("collecter",), ("personnels", "importer", hidden.folder / "personnels.csv"), ("nuit",)):
        assert hidden.run(*command) == 1
        assert "cette commande a besoin des noms" in hidden.err
