"""`parcours suivi` as somebody types it, and what the RGPD asks of the log."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
import time_machine

from connector.ledger import schema
from connector.ledger.db import open_ledger
from connector.ops.privacy.purge import purge
from connector.settings import FILE, Settings
from tests.reports.kit import CONFIGURATION, TRAINER, write_world
from tests.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

YEAR = ("--annee", "2026-2027")
MET = ("--modalite", "presence", "--duree", "45min", "--date", "2026-11-20")
SECRET = "Préparer la rentrée."


@pytest.fixture
def terminal(
    tmp_path: Path, sqlite_ledger: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Terminal]:
    """The trainer's own account runs the commands, in November 2026."""
    made = Terminal(tmp_path, capsys)
    made.write(FILE, CONFIGURATION)
    made.write("registre.db", sqlite_ledger.read_bytes())
    with closing(open_ledger(f"sqlite:///{tmp_path}/registre.db")) as ledger, ledger.write() as connection:
        write_world(connection)
    run_as(monkeypatch, TRAINER)
    with time_machine.travel("2026-11-22T12:00:00+01:00", tick=False):
        yield made


def run_as(monkeypatch: pytest.MonkeyPatch, who: str) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: who)


def listed(terminal: Terminal, *options: str) -> list[dict[str, object]]:
    assert terminal.run("suivi", "lister", *YEAR, "--json", *options) == 0
    found: list[dict[str, object]] = json.loads(terminal.out)
    return found


def test_a_trainer_notes_shares_and_takes_back(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    assert terminal.run("suivi", "noter", "E0001", *MET, "--texte", SECRET) == 0
    assert terminal.out == "Rencontre 1 notée. Rien n'en entre dans les 18 heures.\n"
    (mine,) = listed(terminal, "--enseignant", "E0001")
    assert (mine["texte"], mine["date"], mine["compte_dans_18h"]) == (SECRET, "2026-11-20", False)
    seen = listed(terminal)
    assert [one["vu_le"] for one in seen] == [None] * 4 + ["2026-11-20"]
    assert terminal.run("suivi", "lister", *YEAR) == 0
    assert "1\N{NO-BREAK SPACE}personne accompagnée sur 5" in terminal.out
    run_as(monkeypatch, "ien.lyon4")
    assert [one["texte"] for one in listed(terminal, "--enseignant", "E0001")] == [None]
    assert terminal.run("suivi", "noter", "E0001", *MET) == 1
    assert "ce carnet est celui d'un formateur ou d'un tuteur" in terminal.err
    run_as(monkeypatch, TRAINER)
    assert terminal.run("suivi", "partager", "1") == 0
    run_as(monkeypatch, "ien.lyon4")
    assert terminal.run("suivi", "lister", *YEAR, "--enseignant", "E0001") == 0
    assert SECRET in terminal.out
    run_as(monkeypatch, TRAINER)
    assert terminal.run("suivi", "partager", "1", "--retirer") == 0
    assert terminal.run("suivi", "retirer", "1") == 0
    assert listed(terminal, "--enseignant", "E0001") == []


def test_the_operator_has_no_part_in_it(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal.run("suivi", "noter", "E0001", *MET, "--texte", SECRET, "--partager")
    run_as(monkeypatch, "root")
    assert terminal.run("suivi", "lister", *YEAR) == 1
    assert terminal.run("suivi", "noter", "E0001", *MET) == 1
    assert [one["texte"] for one in listed(terminal, "--enseignant", "E0001", "--en-tant-que", TRAINER)] == [None]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("noter", "E0005", *MET), "n'est pas de ceux que vous accompagnez en 2026-2027"),
        (("noter", "E0001", *MET[:3], "jamais"), "--duree"),
        (("lister", *YEAR, "--enseignant", "E0005"), "n'est pas de ceux que vous accompagnez en 2026-2027"),
        (("partager", "9"), "n'est pas de votre carnet"),
        (("retirer", "9"), "n'est pas de votre carnet"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(terminal: Terminal, arguments: tuple[str, ...], words: str) -> None:
    assert terminal.run("suivi", *arguments) == 1
    assert words in terminal.err.replace("\N{NO-BREAK SPACE}", " ")


def test_a_text_is_handed_over_erased_and_forgotten_in_its_time(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal.run("suivi", "noter", "E0001", *MET, "--texte", SECRET, "--partager")
    terminal.run("suivi", "noter", "E0002", *MET, "--texte", "Autre chose.")
    run_as(monkeypatch, "root")
    assert terminal.run("rgpd", "exporter", "E0001", "--format", "json") == 0
    said = json.loads(terminal.out)
    assert [(one["texte"], one["auteur"], one["partage"]) for one in said["accompagnements"]] == [
        (SECRET, TRAINER, "oui")
    ]
    assert "Autre chose." not in terminal.out
    assert terminal.run("rgpd", "effacer", "E0001", "--oui") == 0
    held = b"".join(path.read_bytes() for path in terminal.folder.rglob("*") if path.is_file())
    assert (SECRET.encode() in held, b"Autre chose." in held) == (False, True)
    settings = Settings.load(terminal.folder)
    with closing(open_ledger(settings.dsn, settings.erasure_key())) as ledger:
        with ledger.read() as connection:
            kept = connection.execute(sa.select(schema.accompagnement).order_by(schema.accompagnement.c.id)).all()
        assert [(one.minutes, one.texte, one.partage) for one in kept] == [(45, "", False), (45, "Autre chose.", False)]
        for day, gone in ((date(2029, 11, 24), 0), (date(2029, 11, 25), 2)):
            assert purge(settings, ledger, day, "essai", dry=True).counts["accompagnements"] == gone


def test_circonscriptions_are_entrusted_by_the_accesses(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    run_as(monkeypatch, "root")
    entrusted = ("acces", "ajouter", "paul", "--accompagne", "0693456G")
    assert terminal.run(*entrusted, "--role", "ien", "--perimetre", "0693456G") == 1
    assert "se dit d'un formateur ou d'un tuteur" in terminal.err
    assert terminal.run("acces", "ajouter", "paul", "--role", "tuteur", "--accompagne", "0693456") == 1
    assert terminal.run(*entrusted, "--role", "tuteur") == 0
    assert 'accompagne = ["0693456G"]' in (terminal.folder / FILE).read_text("utf-8")
    run_as(monkeypatch, "paul")
    assert [one["identifiant"] for one in listed(terminal)] == ["E0001", "E0005", "E0003", "E0002", "E0004"]
    run_as(monkeypatch, "root")
    assert terminal.run("acces", "ajouter", "paul", "--role", "tuteur") == 0
    assert "accompagne" not in (terminal.folder / FILE).read_text("utf-8")
