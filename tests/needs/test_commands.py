"""`parcours besoins` and `parcours rapport besoins`: what is typed, what is journalled, who may."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from connector.cli import ledger_door
from connector.ledger import schema
from connector.ledger.db import open_ledger
from tests.reports.kit import CODE, CONFIGURATION, OTHER, TRAINER, UAI, YEAR, write_world
from tests.reports.test_commands import Terminal

if TYPE_CHECKING:
    from pathlib import Path

DATED = ("--annee", YEAR)
HERE, THERE = "0690001A", "0690000A"
HEADER = "ecole;cycle;theme;precision;duree;effectif;enseignants"


@pytest.fixture
def terminal(
    sqlite_ledger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Terminal:
    """The invented circonscription, where CODE is a session of the catalogue's parcours; its IEN types."""
    shutil.copy(sqlite_ledger, tmp_path / "registre.db")
    (tmp_path / "parcours.toml").write_text(CONFIGURATION, encoding="utf-8")
    with closing(open_ledger(f"sqlite:///{tmp_path / 'registre.db'}")) as ledger, ledger.write() as connection:
        write_world(connection)
        same = schema.session.c.code == CODE
        connection.execute(schema.session.update().where(same).values(parcours_key="26_ACA10_CALCMENTAL"))
    monkeypatch.setattr(ledger_door.getpass, "getuser", lambda: "ien.lyon4")
    return Terminal(tmp_path, capsys)


def enter(terminal: Terminal, *more: str) -> int:
    return terminal.run("besoins", "saisir", HERE, "--cycle", "2", "--theme", "Mathematiques", *more, *DATED)


def test_a_need_is_entered_met_covered_and_withdrawn(terminal: Terminal) -> None:
    assert enter(terminal, "--precision", "calcul mental", "--enseignant", "E0001", "--enseignant", "E0003") == 0
    assert terminal.out == "Besoin n°\N{NO-BREAK SPACE}1 saisi.\n"
    assert terminal.run("besoins", "lister", *DATED, "--json") == 0
    (listed,) = json.loads(terminal.out)
    assert (listed["uai"], listed["cycle"], listed["theme"], listed["nommes"]) == (HERE, "C2", "mathématiques", 2)
    assert listed["saisi_par"] == "ien.lyon4"
    assert terminal.run("besoins", "proposer", "1", *DATED, "--json") == 0
    (proposed,) = json.loads(terminal.out)
    assert [one["nom"] for one in proposed["parcours"]] == ["calcul-mental"]
    assert terminal.run("besoins", "proposer", *DATED) == 0
    assert "1. Enseigner le calcul mental (calcul-mental)" in terminal.out
    assert terminal.run("rapport", "besoins", *DATED, "--format", "json") == 0
    board = json.loads(terminal.out)
    assert board["chiffres"] == {"besoins": 1, "concernes": 2, "inscrits": 2, "finis": 0, "sans_session": 0}
    assert {row["identifiant"]: row["sessions"] for row in board["personnes"]} == {"E0001": [CODE], "E0003": [CODE]}
    assert terminal.run("besoins", "retirer", "1") == 0
    assert terminal.run("besoins", "retirer", "1") == 1
    assert "est déjà retiré" in terminal.err
    assert terminal.run("besoins", "lister", *DATED) == 0
    assert terminal.out == "0\N{NO-BREAK SPACE}besoin.\n"
    assert terminal.run("besoins", "lister", *DATED, "--retires") == 0
    assert ", retiré par ien.lyon4 le " in terminal.out
    actions = [action for _, action, *_ in terminal.journal() if action.startswith(("besoin.", "rapport."))]
    assert actions == [
        "besoin.saisir", "besoin.lister", "besoin.proposer", "besoin.proposer", "rapport.besoins", "besoin.retirer",
        "besoin.lister", "besoin.lister",
    ]  # fmt: skip


def test_a_file_is_entered_whole_or_not_at_all_and_twice_changes_nothing(terminal: Terminal) -> None:
    rows = [f"{HERE};C2;mathématiques;;;;e0001@ac-exemple.fr, E0003", "École 0;3;français;lecture;3h-6h;4;"]
    good = terminal.write("besoins.csv", "\n".join([HEADER, *rows]))
    bad = terminal.write("faux.csv", "\n".join([HEADER, *rows, "0690009Z;9;françai;;;;", f"{HERE};1;français;;;x;"]))
    assert terminal.run("besoins", "importer", bad, *DATED) == 1
    told = [line.split("\N{NO-BREAK SPACE}:")[0] for line in terminal.err.splitlines()[:4]]
    assert told == ["Erreur : faux.csv:4", "faux.csv:4", "faux.csv:4", "faux.csv:5"]
    assert "vouliez-vous dire «\N{NO-BREAK SPACE}français" in terminal.err
    assert terminal.run("besoins", "lister", *DATED) == 0
    assert terminal.out == "0\N{NO-BREAK SPACE}besoin.\n"
    assert terminal.run("besoins", "importer", good, *DATED) == 0
    assert terminal.out == "Besoins n°\N{NO-BREAK SPACE}1, 2 saisis.\n"
    assert terminal.run("besoins", "importer", good, *DATED, "--json") == 0
    assert json.loads(terminal.out) == {"numeros": [], "deja_saisis": 2}
    assert terminal.run("besoins", "importer", terminal.write("vide.csv", HEADER), *DATED) == 1
    assert "aucun besoin sous l'en-tête" in terminal.err
    assert terminal.run("besoins", "importer", "--help") == 0
    assert HEADER in "".join(terminal.out.split())
    assert terminal.run("besoins", "importer", terminal.write("court.csv", "ecole;cycle\n"), *DATED) == 1
    assert HEADER in terminal.err
    assert terminal.run("besoins", "importer", terminal.folder / "nul.csv", *DATED) == 1


def test_another_s_school_is_not_there_and_asking_is_journalled(terminal: Terminal) -> None:
    with closing(open_ledger(f"sqlite:///{terminal.folder / 'registre.db'}")) as ledger, ledger.write() as connection:
        for table in (schema.balance, schema.service):
            connection.execute(table.update().where(table.c.uai == THERE).values(circonscription=OTHER))
    assert terminal.run("besoins", "saisir", THERE, "--cycle", "1", "--theme", "français", *DATED) == 1
    assert "n'est pas une école de votre périmètre" in terminal.err
    assert THERE not in terminal.err.partition("périmètre")[2], "it is not told as a near one"
    assert enter(terminal, "--enseignant", "E0099") == 1
    assert "n'enseigne pas à École 1" in terminal.err
    refused = [(author, school) for author, action, school, _ in terminal.journal() if "hors" in action]
    assert refused == [("ien.lyon4", THERE)]
    assert terminal.run("rapport", "besoins", *DATED, "--circonscription", UAI) == 1
    assert f"n'est saisi pour {YEAR}" in terminal.err


@pytest.mark.parametrize("who", [TRAINER, "E0005"])
def test_only_an_ien_and_the_operator_record_needs(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    assert enter(terminal) == 0
    monkeypatch.setattr(ledger_door.getpass, "getuser", lambda: who)
    assert enter(terminal, "--precision", "autre") == 1
    assert "seuls un IEN et l'opérateur" in terminal.err
    assert terminal.run("besoins", "retirer", "1") == 1
    assert terminal.run("besoins", "proposer", "1", *DATED) == 1
    assert terminal.run("rapport", "besoins", *DATED) == 1


def test_a_year_without_teachers_or_closed_takes_no_need(terminal: Terminal) -> None:
    other = ("besoins", "saisir", HERE, "--cycle", "1", "--theme", "français", "--annee", "2027-2028")
    assert terminal.run(*other) == 1
    assert "parcours rapprocher --annee 2027-2028" in terminal.err
    with closing(open_ledger(f"sqlite:///{terminal.folder / 'registre.db'}")) as ledger, ledger.write() as connection:
        closed = {"annee_scolaire": YEAR, **dict.fromkeys(("reglement", "local", "empreinte", "author"), "")}
        connection.execute(schema.closed_year.insert().values(**closed, at_us=0))
    assert enter(terminal) == 1
    assert "close" in terminal.err
