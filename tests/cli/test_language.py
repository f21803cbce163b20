"""The command line speaks the language that was asked for: by an option, a variable, the configuration, the locale."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.cli import main as entry
from connector.language import accepted, language

if TYPE_CHECKING:
    from pathlib import Path

ENGLISH, FRENCH = "Reports: who has done what", "Les rapports : qui a fait quoi"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("PARCOURS_LANGUE", "LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PARCOURS_DONNEES", str(tmp_path))
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit):
        entry.main(list(arguments))
    shown = capsys.readouterr()
    return " ".join((shown.out + shown.err).replace("\N{NO-BREAK SPACE}", " ").split())


def test_an_option_a_variable_the_configuration_then_the_locale(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    help_of = ("rapport", "--help")
    assert FRENCH in said(capsys, *help_of)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    assert ENGLISH in said(capsys, *help_of)
    (folder / "parcours.toml").write_text('[interface]\nlangue = "fr"\n', "utf-8")
    assert FRENCH in said(capsys, *help_of)
    monkeypatch.setenv("PARCOURS_LANGUE", "en")
    assert ENGLISH in said(capsys, *help_of)
    assert FRENCH in said(capsys, "--langue", "fr", *help_of)
    assert language() == "fr", "nothing of it outlives the command"


def test_the_folder_that_is_named_says_its_language(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = folder / "autre"
    other.mkdir()
    (other / "parcours.toml").write_text('[interface]\nlangue = "en"\n', "utf-8")
    assert ENGLISH in said(capsys, "--donnees", str(other), "rapport", "--help")
    assert FRENCH in said(capsys, "--langue", "fr", "--donnees", str(other), "rapport", "--help")
    assert FRENCH in said(capsys, "rapport", "--help"), "what a command has said is not said in the next"


def test_errors_are_in_english_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("--langue", "en", "--donnees", str(folder / "nulle"))
    assert said(capsys, *asked, "expliquer", "E1").startswith("Error: The data folder")
    assert "Missing argument 'TEACHER'" in said(capsys, *asked, "expliquer")


@pytest.mark.parametrize(
    ("header", "liked"),
    [
        ("", None), ("de, es;q=0.8", None), ("en", "en"), ("fr-FR,fr;q=0.9,en;q=0.8", "fr"), ("en;q=0, fr;q=0.1", "fr"),
        ("fr;q=0.4, en-GB;q=0.5", "en"), ("en;q=x, *", None),
    ],
)  # fmt: skip
def test_what_a_browser_accepts(header: str, liked: str | None) -> None:
    assert accepted(header) == liked
