"""`parcours contextualiser`: a national parcours changes under a session that adapts it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scenarios.base import fingerprint, with_base
from scenarios.load import load_session
from scenarios.yaml_nodes import parse_document, plain
from tests.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable

COMPLETE = Path(__file__).parents[1] / "data" / "scenarios" / "complet"
CODE = "CP-69L4-2026A"


class Trainer(Terminal):
    """A data folder with one session that adapts its parcours."""

    @property
    def sessions(self) -> Path:
        return self.folder / "sessions"

    @property
    def session(self) -> str:
        return (self.sessions / "session.yaml").read_text(encoding="utf-8")

    def change(self, file: str, *changes: tuple[str, str]) -> None:
        path = self.sessions / file
        text = path.read_text(encoding="utf-8")
        for old, new in changes:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")

    def new_version(self, *changes: tuple[str, str]) -> None:
        self.change("parcours.yaml", ("_1.0", "_1.1"), *changes)

    def compared(self, *options: object) -> tuple[int, dict[str, Any]]:
        code = self.run("contextualiser", CODE, "--json", *options)
        return code, json.loads(self.out)

    def kept(self) -> list[str]:
        return sorted(path.name for path in self.sessions.glob("session.base-*"))

    def said(self) -> str:
        return (self.out + self.err).replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture
def trainer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Trainer:
    folder = tmp_path / "donnees"
    shutil.copytree(COMPLETE, folder / "sessions")
    return Trainer(folder, capsys)


WELCOME = ("titre: Bienvenue", "titre: Bonjour")


def test_a_session_without_a_base_says_how_to_give_one(trainer: Trainer) -> None:
    before = trainer.session
    assert trainer.run("contextualiser", CODE) == 1
    assert "ne dit pas sur quelle version de son parcours" in trainer.said()
    assert "--base FICHIER" in trainer.said()
    assert trainer.session == before


def test_taking_the_parcours_as_base_changes_one_line_and_nothing_the_second_time(trainer: Trainer) -> None:
    before = trainer.session
    assert trainer.run("contextualiser", CODE, "--accepter") == 0
    digest = fingerprint(trainer.sessions / "parcours.yaml")
    name = f"session.base-{digest[:12]}.yaml"
    assert (
        trainer.session == f"{before}base: {{matricule: 26_ACA10_COMPLET_1.0, empreinte: {digest}, fichier: {name}}}\n"
    )
    assert trainer.kept() == [name]
    assert (trainer.sessions / name).read_bytes() == (trainer.sessions / "parcours.yaml").read_bytes()
    after = trainer.session
    assert trainer.run("contextualiser", CODE, "--accepter", "--json") == 0
    assert json.loads(trainer.out) == {"session": CODE, "change": False, "base": None}
    assert trainer.session == after
    code, found = trainer.compared()
    assert (code, found["repris"], found["a_decider"], found["sans_objet"]) == (0, [], [], [])


def test_three_ways(trainer: Trainer) -> None:
    trainer.run("contextualiser", CODE, "--accepter")
    trainer.new_version(WELCOME, ("consigne: Lisez.", "consigne: Lisez lentement."))
    code, found = trainer.compared()
    assert code == 2
    assert (found["avant"], found["apres"]) == ("26_ACA10_COMPLET_1.0", "26_ACA10_COMPLET_1.1")
    assert [(one["id"], one["cle"]) for one in found["repris"]] == [("", "matricule"), ("accueil", "titre")]
    assert [(one["id"], one["cle"], one["avant"], one["apres"], one["session"]) for one in found["a_decider"]] == [
        ("accueil", "consigne", "Lisez.", "Lisez lentement.", "Bienvenue à Lyon.")
    ]
    kept = {(one["id"], one["cle"]) for one in found["gardes"]}
    assert kept == {("accueil", "duree"), ("carte", None), ("lien-national", None)}
    assert trainer.run("contextualiser", CODE) == 2
    for line in (
        "parcours : Lisez. → Lisez lentement.",
        "session : Lisez. → Bienvenue à Lyon.",
        "ajoutée par la session : activité « La carte des écoles » (carte)",
        "1 point à décider",
    ):
        assert line in trainer.said()


def test_once_decided_the_new_version_is_the_base_and_the_old_copy_goes(trainer: Trainer) -> None:
    trainer.run("contextualiser", CODE, "--accepter")
    (old,) = trainer.kept()
    trainer.new_version(("consigne: Lisez.", "consigne: Lisez lentement."))
    assert trainer.run("contextualiser", CODE, "--accepter") == 0
    assert "a pour base 26_ACA10_COMPLET_1.1" in trainer.said()
    assert old not in trainer.kept()
    assert len(trainer.kept()) == 1
    assert trainer.compared()[0] == 0
    assert load_session(trainer.sessions / "session.yaml").parcours.activites[0].consigne == "Bienvenue à Lyon."


def test_an_overlay_on_an_activity_that_is_gone_is_a_sentence_and_nothing_is_written(trainer: Trainer) -> None:
    trainer.run("contextualiser", CODE, "--accepter")
    trainer.new_version(
        ("- id: accueil\n", "- id: accueil-neuf\n"), ("prerequis: [accueil]", "prerequis: [accueil-neuf]")
    )
    before, kept = trainer.session, trainer.kept()
    code, found = trainer.compared()
    assert code == 1
    assert any("« accueil »" in one["message"].replace("\N{NO-BREAK SPACE}", " ") for one in found["sans_objet"])
    assert all(one["ligne"] > 1 and one["fichier"].endswith("session.yaml") for one in found["sans_objet"])
    assert trainer.run("contextualiser", CODE) == 1
    assert "ne convient plus au parcours" in trainer.said()
    assert trainer.run("contextualiser", CODE, "--accepter") == 1
    assert "aucune activité du parcours ne porte l'identifiant « accueil »" in trainer.said()
    assert (trainer.session, trainer.kept()) == (before, kept)


def test_the_old_version_can_be_given(trainer: Trainer) -> None:
    old = Path(shutil.copy(trainer.sessions / "parcours.yaml", trainer.folder / "ancien.yaml"))
    trainer.new_version(WELCOME)
    code, found = trainer.compared("--base", old)
    assert (code, [one["cle"] for one in found["repris"]]) == (0, ["matricule", "titre"])
    old.write_text(old.read_text(encoding="utf-8").replace("COMPLET_", "AUTRE_"), encoding="utf-8")
    assert trainer.run("contextualiser", CODE, "--base", old) == 1
    assert "ne sont pas deux versions d'un même parcours" in trainer.said()
    assert trainer.run("contextualiser", CODE, "--base", old, "--accepter") == 1
    assert "retirez --base" in trainer.said()
    assert trainer.kept() == []


def _spoil(folder: Path) -> None:
    next(folder.glob("session.base-*")).write_text("format: parcours/1\n", encoding="utf-8")


def _lose(folder: Path) -> None:
    next(folder.glob("session.base-*")).unlink()


@pytest.mark.parametrize(
    ("harm", "said"), [(_spoil, "n'est plus le parcours qui avait été gardé"), (_lose, "est introuvable")]
)
def test_a_base_that_is_lost_or_altered_is_told_and_can_be_made_again(
    trainer: Trainer, harm: Callable[[Path], None], said: str
) -> None:
    trainer.run("contextualiser", CODE, "--accepter")
    harm(trainer.sessions)
    assert trainer.run("contextualiser", CODE) == 1
    assert said in trainer.said()
    assert trainer.run("contextualiser", CODE, "--accepter") == 0
    assert trainer.compared()[0] == 0


def test_verifier_says_that_the_parcours_has_changed(trainer: Trainer) -> None:
    trainer.run("contextualiser", CODE, "--accepter")
    file = trainer.sessions / "session.yaml"
    assert trainer.run("verifier", file) == 0
    assert "le parcours a changé" not in trainer.said()
    trainer.new_version()
    assert trainer.run("verifier", file) == 0
    assert "avertissement : le parcours a changé depuis que cette session a été écrite" in trainer.said()


LINE = {"matricule": "26_ACA10_X_1.0", "empreinte": "0" * 64, "fichier": "x.base-0.yaml"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("code: X", "code: X\n{line}\n"),
        ("code: X\r\nfin: Y\r\n", "code: X\r\nfin: Y\r\n{line}\r\n"),
        ("code: X\nbase:\n  matricule: a\n  fichier: b\n# après\nfin: Y\n", "code: X\n{line}\n# après\nfin: Y\n"),
        ("base: {matricule: a,\n  fichier: b}\ncode: X\n", "{line}\ncode: X\n"),
        ("code: |\n  texte\n", "code: |\n  texte\n{line}\n"),
    ],
)
def test_the_rest_of_the_file_stays_as_it_was_written(text: str, expected: str) -> None:
    line = f"base: {{matricule: {LINE['matricule']}, empreinte: {LINE['empreinte']}, fichier: {LINE['fichier']}}}"
    written = with_base(text, Path("x.yaml"), **LINE)
    assert written == expected.format(line=line)
    read: Any = plain(parse_document(written, Path("x.yaml")).root)
    assert read["base"] == LINE


def test_a_version_that_is_no_step_forward_is_told(trainer: Trainer) -> None:
    trainer.run("contextualiser", CODE, "--accepter")
    assert trainer.compared()[1]["version"] is None
    trainer.change("parcours.yaml", WELCOME)
    assert trainer.compared()[1]["version"].startswith("le parcours a changé sans changer de version")
    trainer.run("contextualiser", CODE)
    assert "Attention : le parcours a changé sans changer de version" in trainer.said()
    trainer.new_version()
    assert trainer.compared()[1]["version"] is None
