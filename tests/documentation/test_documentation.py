"""What the pages say is what the program does: its commands, its files, and the commands that a reader copies."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from connector.cli.main import cli
from tests.documentation.commands import PAGE, page
from tests.documentation.shown import ROOT, written

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
_EXAMPLE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`]*`")
_PLACES = re.compile(r"`((?:tests|benchmarks|connector|scenarios|xapi|docs)/[\w/.-]+)`")
_LINKS = re.compile(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")


def _copied() -> list[tuple[str, list[str]]]:
    return [(file.relative_to(ROOT).as_posix(), words) for file in PAGES for words in written(file.read_text("utf-8"))]


def _take(words: list[str]) -> None:
    """Have click read a command line to its end, without running anything; raises what it would say to the user."""
    command: click.Command = cli
    context = cli.make_context("parcours", list(words))
    while isinstance(command, click.Group) and (rest := [*context._protected_args, *context.args]):
        name, inner, rest = command.resolve_command(context, rest)
        assert inner is not None
        command, context = inner, inner.make_context(name, rest, parent=context)


def test_the_page_of_commands_is_what_the_commands_say() -> None:
    assert PAGE.read_text("utf-8") == page(), "python -m tests.documentation.commands writes it"


@pytest.mark.parametrize(
    ("where", "words"), _copied(), ids=lambda found: " ".join(found) if isinstance(found, list) else found
)
def test_a_command_that_a_page_shows_is_one_that_the_program_takes(
    where: str, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for word in words:
        if "." in Path(word).name and "://" not in word and not word.startswith("-"):
            (tmp_path / word).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / word).touch()
        elif word.isupper():
            (tmp_path / word).mkdir()
    try:
        _take(words)
    except click.exceptions.Exit:  # --help, --version
        return
    except click.ClickException as exc:
        pytest.fail(f"{where}: parcours {shlex.join(words)}: {exc.format_message()}")


def test_a_command_that_does_not_exist_is_refused() -> None:
    for words in (["publie"], ["publier", "--nulle-part", "x"], ["rapport", "circonscription"]):
        with pytest.raises(click.ClickException):
            _take(words)


def test_what_a_page_names_is_there() -> None:
    missing = []
    for file in PAGES:
        text = _EXAMPLE.sub("", file.read_text("utf-8"))
        named = [ROOT / place for place in _PLACES.findall(text)] + [
            file.parent / link for link in _LINKS.findall(_CODE.sub("", text))
        ]
        missing += [f"{file.relative_to(ROOT)}: {place}" for place in named if not place.exists()]
    assert not missing
