"""The language of the command line: chosen before anything is said, its help translated as it is asked for."""

from __future__ import annotations

import gettext
import os
import re
import tomllib
from copy import copy
from inspect import cleandoc
from typing import TYPE_CHECKING, Any, TypeVar

import click

from connector.language import LANGUAGES, LOCALES, N_, Language, _, known, of_environment, of_locale, speak
from connector.settings import FILE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SUBCOMMAND = N_("COMMANDE [ARGUMENTS]…")
METAVARS = {
    "text": N_("TEXTE"),
    "integer": N_("NOMBRE"),
    "integer range": N_("NOMBRE"),
    "file": N_("FICHIER"),
    "directory": N_("DOSSIER"),
    "path": N_("CHEMIN"),
    "filename": N_("FICHIER"),
}
"""What options take: Click writes the names of its types in English."""
_CHOSEN = "connector.cli.speech.chosen"

_Command = TypeVar("_Command", bound=click.Command)


_PUNCTUATED = re.compile(r"(?<=«) | (?=[»:;?!])")
"""The spaces of French punctuation, where no line may end."""


class _Formatter(click.HelpFormatter):
    def write_text(self, text: str) -> None:
        """Write a paragraph, its punctuation kept with its words."""
        super().write_text(_PUNCTUATED.sub("\N{NO-BREAK SPACE}", text))

    def write_heading(self, heading: str) -> None:
        """Write a heading with the colon of the language being spoken: Click writes English's."""
        said = _("{title}\N{NO-BREAK SPACE}:", title=heading)
        self.write(f"{'':>{self.current_indent}}{said}\n")


class SpokenContext(click.Context):
    """A context whose help has the typography of the language being spoken."""

    formatter_class = _Formatter


def begin(folder: Path) -> None:
    """Speak the language of the environment, of the data folder's configuration, or of the machine's locale."""
    gettext.bindtextdomain("parcours", str(LOCALES))
    gettext.textdomain("parcours")
    _say(of_environment() or _configured(folder) or of_locale())


def follow(context: click.Context, folder: Path | None) -> None:
    """Speak the language of the data folder that `--donnees` names, where nobody has asked for another."""
    if folder is not None and not context.meta.get(_CHOSEN) and of_environment() is None:
        _say(_configured(folder) or of_locale())


def langue_option(command: Callable[..., None]) -> Callable[..., None]:
    """Add `--langue`, which wins over every other way to choose."""

    def choose(context: click.Context, _option: click.Parameter, value: str | None) -> None:
        chosen = known(value)
        if chosen is not None:
            context.meta[_CHOSEN] = True
            _say(chosen)

    option = click.option(
        "--langue",
        type=click.Choice(LANGUAGES),
        is_eager=True,
        expose_value=False,
        callback=choose,
        help="Langue de l'aide, des messages et des rapports. Défaut : PARCOURS_LANGUE, sinon parcours.toml.",
    )
    return option(command)


def _say(chosen: Language) -> None:
    """Have both of us, Click and the program, speak a language."""
    speak(chosen)
    os.environ["LANGUAGE"] = chosen


def _configured(folder: Path) -> Language | None:
    """Return what `[interface]` of a folder says; whatever is wrong with its file, the command will tell."""
    try:
        section = tomllib.loads((folder / FILE).read_text(encoding="utf-8")).get("interface")
    except (OSError, ValueError):
        return None
    langue = section.get("langue") if isinstance(section, dict) else None
    return known(langue) if isinstance(langue, str) else None


def worded(command: _Command) -> _Command:
    """Return a copy of a command whose help is in the language being spoken, all that is below it too."""
    said = copy(command)
    said.context_class = SpokenContext
    said.help = _(cleandoc(command.help)) if command.help else None
    said.short_help = _(command.short_help) if command.short_help else None
    said.epilog = _(command.epilog) if command.epilog else None
    said.params = [_worded_parameter(parameter) for parameter in command.params]
    if isinstance(said, click.Group):
        said.subcommand_metavar = _(SUBCOMMAND)
        said.commands = {name: worded(inner) for name, inner in said.commands.items()}
    return said


def _worded_parameter(parameter: click.Parameter) -> click.Parameter:
    said = copy(parameter)
    if said.metavar is not None:
        said.metavar = _(said.metavar)
    elif isinstance(said, click.Option) and not said.is_flag and _kind(said.type) in METAVARS:
        said.metavar = _(METAVARS[_kind(said.type)])
    if isinstance(said, click.Option) and said.help:
        said.help = _(said.help)
    return said


def _kind(kind: click.ParamType[Any]) -> str:
    """Return the English name of a type: Click names that of a path in the language spoken when it was made."""
    if not isinstance(kind, click.Path):
        return kind.name
    if kind.file_okay == kind.dir_okay:
        return "path"
    return "file" if kind.file_okay else "directory"
