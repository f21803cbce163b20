"""The command itself: French to the last word, no traceback, the exit codes of the contract."""

from __future__ import annotations

import errno
import gettext
import io
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import connector
from connector.cli import main as entry
from connector.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCALE = Path(connector.__file__).with_name("locales") / "fr" / "LC_MESSAGES"


def parcours(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from connector.cli.main import main; main()", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


def test_every_command_and_every_option_says_what_it_does() -> None:
    silent = []
    for path, command in commands(entry.cli):
        if not command.help:
            silent.append(" ".join(path))
        options = (parameter for parameter in command.params if isinstance(parameter, click.Option))
        silent += [f"{' '.join(path)} --{option.name}" for option in options if not option.help]
    assert silent == []


def test_a_dry_run_has_one_name_everywhere() -> None:
    """What changes nothing and says what it would do is `--essai`; `publier` has a command for it, `planifier`."""
    found = {
        name
        for _path, command in commands(entry.cli)
        for option in command.params
        if isinstance(option, click.Option)
        and re.search(r"(?:serait|partirait)\b.*, (?:sans|et ne) ", option.help or "")
        for name in option.opts
    }
    assert found == {"--essai"}


@pytest.mark.parametrize("arguments", [(), ("--help",), ("rapport",), ("publier", "--help")])
def test_help_is_french(arguments: tuple[str, ...]) -> None:
    said = parcours(*arguments)
    text = said.stdout + said.stderr
    assert "Usage :" in text
    english = ("Show", "Commands", "COMMAND ", "Usage: ", "Error", "Options:", "Commandes:")
    assert not any(word in text for word in english)


def test_no_line_of_help_ends_inside_quotation_marks() -> None:
    said = parcours("acces", "lien", "--help").stdout
    assert "«\N{NO-BREAK SPACE}parcours" in said
    assert not any(line.lstrip().startswith("»") or line.endswith("«") for line in said.splitlines())


def test_no_option_names_what_it_takes_in_english() -> None:
    english = {"TEXT", "INTEGER", "FILE", "DIRECTORY", "PATH", "FLOAT", "RANGE"}
    for path, command in commands(entry.cli):
        help_text = command.get_help(click.Context(command, info_name=" ".join(path)))
        assert not english & set(re.findall(r"[A-Z]{4,}", help_text)), path


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("inconnue",), "La commande 'inconnue' n'existe pas."),
        (("--inconnue",), "L'option '--inconnue' n'existe pas."),
        (("publier",), "Il manque l'argument 'SESSION'."),
        (("rapport", "circonscription", "0693456G", "--format", "doc"), "n'est pas l'un de ces choix"),
        (("rapprocher", "--annee", "2026"), "2026-2027"),
    ],
)
def test_a_wrong_call_is_refused_in_french_with_exit_code_1(arguments: tuple[str, ...], sentence: str) -> None:
    said = parcours(*arguments)
    assert said.returncode == 1
    assert sentence in said.stderr
    assert "Traceback" not in said.stderr


def test_an_error_is_a_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    refuse(monkeypatch, DataError("La ligne 3 est vide.", remedy="Complétez-la."))
    with pytest.raises(SystemExit) as left:
        entry.main([])
    assert left.value.code == 1
    assert capsys.readouterr().err == "Erreur : La ligne 3 est vide. Complétez-la.\n"


def test_a_defect_of_ours_is_kept_aside_and_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    refuse(monkeypatch, ZeroDivisionError("a defect"))
    with pytest.raises(SystemExit) as left:
        entry.main([])
    said = capsys.readouterr().err
    assert left.value.code == 1
    assert "défaut imprévu" in said
    assert "Traceback" not in said
    kept = next(tmp_path.glob("parcours-*.txt"))
    assert str(kept) in said
    assert "ZeroDivisionError: a defect" in kept.read_text("utf-8")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (PermissionError(errno.EACCES, "Permission denied", "registre.db"), "registre.db : l'accès est refusé."),
        (OSError(errno.ENOSPC, "No space left on device"), "le disque est plein."),
        (OSError("something of the system"), "something of the system."),
    ],
)
def test_what_the_system_refuses_is_told_in_french(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: OSError, sentence: str
) -> None:
    refuse(monkeypatch, error)
    with pytest.raises(SystemExit) as left:
        entry.main([])
    assert left.value.code == 1
    assert capsys.readouterr().err == f"Erreur : {sentence}\n"


def test_a_reader_who_leaves_is_no_fault() -> None:
    said = subprocess.run(
        ["bash", "-c", f'"{sys.executable}" -c "from connector.cli.main import main; main()" --help | true'],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert said.stderr == ""


def test_a_missing_library_costs_its_command_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    for name in [name for name in sys.modules if name.startswith(("connector.cli.emargement", "connector.reports"))]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(SystemExit) as left:
        entry.main(["--help"])
    assert left.value.code == 0
    shown = capsys.readouterr().out
    assert "indisponible : il manque le module jinja2" in shown
    assert "collecter" in shown
    with pytest.raises(SystemExit) as left:
        entry.main(["emargement", "imprimer", "CODE"])
    assert left.value.code == 1
    assert "Le module Python «\xa0jinja2\xa0», qu'il faut à cette commande" in capsys.readouterr().err


def test_a_library_that_is_missed_late_is_a_sentence_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def late(**_: object) -> None:
        raise ModuleNotFoundError(name="xlsxwriter")

    monkeypatch.setattr(entry.cli, "main", late)
    with pytest.raises(SystemExit) as left:
        entry.main(["file"])
    assert left.value.code == 1
    assert "Le module Python «\xa0xlsxwriter\xa0», qu'il faut" in capsys.readouterr().err


def test_a_data_folder_that_was_named_must_be_there(tmp_path: Path) -> None:
    said = parcours("--donnees", str(tmp_path / "donees"), "expliquer", "E0001")
    assert said.returncode == 1
    assert "n'existe pas" in said.stderr
    assert not (tmp_path / "donees").exists()
    said = parcours("expliquer", "E0001", PARCOURS_DONNEES=str(tmp_path / "donees"))
    assert not (tmp_path / "donees").exists()
    (tmp_path / "donees").mkdir()
    said = parcours("--donnees", str(tmp_path / "donees"), "expliquer", "E0001")
    assert "n'est ni un identifiant ni une adresse" in said.stderr


def test_an_interruption_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    refuse(monkeypatch, KeyboardInterrupt())
    with pytest.raises(SystemExit) as left:
        entry.main([])
    assert left.value.code == 1
    assert capsys.readouterr().err.startswith("Interrompu")


def refuse(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr(entry.cli, "main", fail)


def test_the_compiled_catalogue_is_that_of_the_source() -> None:
    fresh = io.BytesIO()
    write_mo(fresh, read_po(io.BytesIO((LOCALE / "parcours.po").read_bytes()), locale="fr"))
    shipped = io.BytesIO((LOCALE / "parcours.mo").read_bytes())
    assert words(shipped) == words(io.BytesIO(fresh.getvalue()))


def words(compiled: io.BytesIO) -> dict[object, str]:
    catalogue: dict[object, str] = gettext.GNUTranslations(compiled)._catalog  # type: ignore[attr-defined]
    return {message: said for message, said in catalogue.items() if message}
