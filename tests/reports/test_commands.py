"""`parcours rapport` and `parcours acces`: who may ask, what is journalled, where files go."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from connector.cli import ledger_door
from connector.ledger import schema
from connector.ledger.db import open_ledger
from scenarios.vocabularies import THEMES
from tests import terminal as typed
from tests.reports.kit import CODE, CONFIGURATION, ELSEWHERE, OTHER, STRANGER, TRAINER, UAI, YEAR, write_world

if TYPE_CHECKING:
    from pathlib import Path

DATED = ("--annee", YEAR)


class Terminal(typed.Terminal):
    """Reads the journal too."""

    def journal(self) -> list[tuple[str, str, str, Any]]:
        with closing(open_ledger(f"sqlite:///{self.folder / 'registre.db'}")) as ledger, ledger.read() as connection:
            entry = schema.journal.c
            query = sa.select(entry.author, entry.action, entry.subject, entry.detail).order_by(entry.id)
            return [tuple(row) for row in connection.execute(query)]


@pytest.fixture
def terminal(
    sqlite_ledger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Terminal:
    shutil.copy(sqlite_ledger, tmp_path / "registre.db")
    (tmp_path / "parcours.toml").write_text(f"# à nous\n{CONFIGURATION}", encoding="utf-8")
    with closing(open_ledger(f"sqlite:///{tmp_path / 'registre.db'}")) as ledger, ledger.write() as connection:
        write_world(connection)
    monkeypatch.setattr(ledger_door.getpass, "getuser", lambda: "secretariat")
    return Terminal(tmp_path, capsys)


def test_a_text_goes_to_the_screen_and_a_page_to_the_folder(terminal: Terminal) -> None:
    assert terminal.run("rapport", "circonscription", UAI.lower(), *DATED, "--format", "json") == 0
    assert len(json.loads(terminal.out)) == 5
    assert terminal.run("rapport", "circonscription", UAI, *DATED) == 0
    assert terminal.out == f"{terminal.folder / 'rapports' / f'{UAI}-{YEAR}.html'}\n"
    asked = ("rapport", "circonscription", UAI, *DATED, "--format", "xlsx", "--en-tant-que", "ien.lyon4")
    assert terminal.run(*asked) == 0
    assert terminal.out == f"{terminal.folder / 'rapports' / f'vu-par-ien.lyon4-{UAI}-{YEAR}.xlsx'}\n"
    chosen = terminal.folder / "ailleurs" / "r.xlsx"
    assert terminal.run("rapport", "tous", *DATED, "--format", "xlsx", "--sortie", str(chosen)) == 0
    assert chosen.read_bytes().startswith(b"PK")


@pytest.mark.parametrize(
    "asked",
    [
        ("circonscription", OTHER, *DATED),
        ("circonscription", UAI, "--annee", "2025-2026"),
        ("ecole", "0690009Z", *DATED),
        ("enseignant", STRANGER, *DATED),
        ("enseignant", "e0099@ac-exemple.fr", *DATED),
        ("session", ELSEWHERE),
        ("session", "INCONNUE"),
        ("academie", "Grenoble", *DATED),
    ],
)
def test_outside_the_scope_there_is_nothing_and_the_question_is_journalled(
    terminal: Terminal, asked: tuple[str, ...]
) -> None:
    with (terminal.folder / "parcours.toml").open("a", encoding="utf-8") as file:
        file.write(f'[[circonscription]]\nuai = "{OTHER}"\nnom = "Autre"\nacademie = "Grenoble"\n')
    code = terminal.run("rapport", *asked, "--en-tant-que", "ien.lyon4", *(("--format", "json")))
    assert code == 1
    assert terminal.out == ""
    assert "périmètre" in terminal.err
    assert "Ailleurs" not in terminal.err
    author, action, _, detail = terminal.journal()[-1]
    assert (author, action) == ("secretariat", "acces.hors_perimetre")
    assert detail["en_tant_que"] == "ien.lyon4"
    assert detail["demande"] == f"rapport.{asked[0]}"


def test_a_theme_is_one_of_those_of_needs_however_it_is_typed(terminal: Terminal) -> None:
    for theme in (*THEMES, "Mathematiques", "autre thème"):
        assert terminal.run("rapport", "numerique", *DATED, "--theme", theme, "--format", "json") == 0
    assert terminal.run("rapport", "numerique", *DATED, "--theme", "francai") == 1
    assert "(vouliez-vous dire « français » ?)" in terminal.err.replace("\N{NO-BREAK SPACE}", " ")


def test_what_exists_and_what_does_not_are_refused_alike(terminal: Terminal) -> None:
    """The refusal says nothing of whether the teacher exists."""
    said = []
    for who in (STRANGER, "E0777"):
        assert terminal.run("rapport", "enseignant", who, *DATED, "--en-tant-que", "ien.lyon4") == 1
        said.append(terminal.err.replace(who, "…"))
    assert said[0] == said[1]


def test_each_role_sees_its_own(terminal: Terminal) -> None:
    as_teacher = ("--en-tant-que", "E0005", "--format", "json")
    assert terminal.run("rapport", "enseignant", "E0005", *DATED, *as_teacher) == 0
    assert terminal.run("rapport", "tous", *DATED, *as_teacher) == 0
    assert [person["identifiant"] for person in json.loads(terminal.out)] == ["E0005"]
    assert terminal.run("expliquer", "E0001", *DATED, "--en-tant-que", "E0005") == 1
    assert terminal.journal()[-1][1:3] == ("acces.hors_perimetre", "E0001")
    assert terminal.run("rapport", "session", CODE, "--en-tant-que", TRAINER, "--format", "json") == 0
    assert len(json.loads(terminal.out)) == 7
    assert terminal.run("rapport", "enseignant", "E0001", *DATED, "--en-tant-que", TRAINER) == 1


def test_every_report_is_journalled_with_its_reader(terminal: Terminal) -> None:
    assert terminal.run("rapport", "enseignant", "E0005", *DATED, "--format", "csv") == 0
    assert terminal.run("rapport", "session", CODE, "--courriels", "tous", "--en-tant-que", TRAINER) == 0
    assert terminal.out.splitlines()[0] == "e0001@ac-exemple.fr"
    assert terminal.run("rapport", "attestation", CODE, "--enseignant", "E0001") == 0
    assert terminal.journal()[-3:] == [
        ("secretariat", "rapport.enseignant", "E0005", {"annee": YEAR, "format": "csv"}),
        ("secretariat", "rapport.session", CODE, {"format": "courriels", "en_tant_que": TRAINER}),
        ("secretariat", "rapport.session", CODE, {"format": "attestation"}),
    ]


def test_whoever_has_a_role_is_held_to_it(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_door.getpass, "getuser", lambda: "ien.lyon4")
    assert terminal.run("rapport", "tous", *DATED, "--format", "json") == 0
    assert len(json.loads(terminal.out)) == 5
    assert terminal.run("rapport", "tous", *DATED, "--en-tant-que", "E0005") == 1
    assert "seul un opérateur peut demander en tant que" in terminal.err
    assert terminal.run("acces", "lister") == 1
    assert "seul un opérateur gère les accès" in terminal.err


def test_an_unknown_access_or_academie_is_a_sentence(terminal: Terminal) -> None:
    assert terminal.run("rapport", "tous", *DATED, "--en-tant-que", "personne") == 1
    assert "« personne » n'a pas d'accès" in terminal.err
    assert terminal.run("rapport", "academie", "Lyn", *DATED) == 1
    assert "vouliez-vous dire «\u00a0Lyon\u00a0»" in terminal.err


def test_an_operator_who_gives_up_being_one_is_told(terminal: Terminal) -> None:
    assert terminal.run("acces", "ajouter", "secretariat", "--role", "operateur") == 0
    assert terminal.err == ""
    assert terminal.run("acces", "ajouter", "secretariat", "--role", "formateur") == 0
    assert "n'y êtes plus opérateur" in terminal.err
    assert terminal.run("acces", "lister") == 1


def test_accesses_are_given_listed_and_taken_back(terminal: Terminal) -> None:
    file = terminal.folder / "parcours.toml"
    file.chmod(0o640)
    before = file.read_text("utf-8")
    assert terminal.run("acces", "ajouter", "ien.grenoble", "--role", "ien", "--perimetre", OTHER) == 0
    assert terminal.out == f"« ien.grenoble » a l'accès « ien » sur {OTHER}.\n"
    assert file.read_text("utf-8").startswith(before.rstrip())
    assert file.stat().st_mode & 0o777 == 0o640
    assert terminal.run("acces", "ajouter", "ien.grenoble", "--role", "formateur") == 0
    assert terminal.run("acces", "lister", "--json") == 0
    given = {one["identifiant"]: (one["role"], one["perimetre"]) for one in json.loads(terminal.out)}
    assert given["ien.grenoble"] == ("formateur", [])
    assert given["ien.lyon4"] == ("ien", [UAI])
    assert terminal.run("acces", "retirer", "ien.grenoble") == 0
    assert file.read_text("utf-8").rstrip() == before.rstrip()
    assert [entry[1:3] for entry in terminal.journal()[-3:]] == [
        ("acces.ajouter", "ien.grenoble"), ("acces.ajouter", "ien.grenoble"), ("acces.retirer", "ien.grenoble"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--role", "ien"), "l'UAI d'une circonscription au moins"),
        (("--role", "ien", "--perimetre", "Lyon"), "n'est pas un UAI"),
        (("--role", "operateur", "--perimetre", UAI), "un opérateur voit tout"),
        (("--role", "enseignant", "--perimetre", "E1", "--perimetre", "E2"), "ne voit que lui-même"),
    ],
)
def test_an_access_that_makes_no_sense_is_refused_whole(
    terminal: Terminal, arguments: tuple[str, ...], why: str
) -> None:
    before = (terminal.folder / "parcours.toml").read_bytes()
    assert terminal.run("acces", "ajouter", "x", *arguments) == 1
    assert why in terminal.err
    assert (terminal.folder / "parcours.toml").read_bytes() == before
    assert terminal.run("acces", "retirer", "x") == 1
    assert "n'a pas d'accès" in terminal.err
