"""Every message of the interface, and the catalogue of its translations.

`python -m tests.language.catalogue` brings the catalogue up to date with the code and compiles it; what it adds has no
translation yet, and the tests say so.
"""

from __future__ import annotations

import ast
import io
import tomllib
from inspect import cleandoc
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from connector.cli.main import cli
from connector.language import LOCALES, SOURCE, speaking
from connector.obligation.rules import regulation
from scenarios.vocabularies import CYCLES, THEMES

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PACKAGES = ("connector", "scenarios", "xapi")
CONNECTOR = ROOT / "connector"
FOLDER = LOCALES / "en" / "LC_MESSAGES"
MARKS = frozenset({"_", "N_", "ngettext"})
_HEADER = r"""# What people read, in English. Brought up to date and compiled by: python -m tests.language.catalogue
msgid ""
msgstr ""
"Language: en\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"

"""

Message = str | tuple[str, str]
"""One sentence, or its singular and plural."""


def messages() -> set[Message]:
    """Return every message: of the code, of the templates, of the regulation and the closed lists, of the help."""
    found = set(chain(_of_code(), _of_templates(), _of_data(), _of_help()))
    plural = {one for both in found if isinstance(both, tuple) for one in both}
    return {one for one in found if one not in plural}


def _of_code() -> Iterator[Message]:
    for path in modules():
        source = path.read_text("utf-8")
        if "language import" in source:
            yield from _calls(ast.parse(source))


def modules() -> list[Path]:
    """Return every module of the program."""
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def _calls(tree: ast.AST) -> Iterator[Message]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
            texts = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            if texts:
                yield (texts[0], texts[1]) if node.func.id == "ngettext" else texts[0]


def templates() -> list[Path]:
    """Return the templates of reports and pages."""
    return sorted(CONNECTOR.rglob("*.j2"))


def _of_templates() -> Iterator[Message]:
    for path in templates():
        for _line, name, said, _comments in babel_extract(io.BytesIO(path.read_bytes()), ["_", "ngettext"], [], {}):
            texts = [text for text in ((said,) if isinstance(said, str) else said or ()) if text]
            if texts:
                yield (texts[0], texts[1]) if name == "ngettext" else texts[0]


def _of_data() -> Iterator[str]:
    law = regulation()
    yield from (reason.phrase for reason in law.motifs.values())
    yield from (reason.libelle for reason in (*law.decisions.values(), *law.derogations.values()))
    yield from (situation.libelle for situation in law.situations.values())
    sourced = (*law.jeux, law.arrondi, law.imputation, *law.situations.values(), *law.motifs.values())
    yield from (one.certitude for one in sourced)
    contested = (CONNECTOR / "ledger" / "data" / "contestations.toml").read_text("utf-8")
    yield from (said["libelle"] for said in tomllib.loads(contested).values())
    yield from (term.label for term in (*CYCLES.values(), *THEMES.values()))


def _of_help() -> Iterator[str]:
    """Yield the help of the program and of each command, as they are written: in French."""
    yield from _said(cli)
    with speaking(SOURCE):
        for name in cli.list_commands(click.Context(cli)):
            command = cli.get_command(click.Context(cli), name)
            assert command is not None
            yield from _helped(command)


def _helped(command: click.Command) -> Iterator[str]:
    yield from _said(command)
    for inner in getattr(command, "commands", {}).values():
        yield from _helped(inner)


def _said(command: click.Command) -> Iterator[str]:
    yield from (cleandoc(said) for said in (command.help, command.epilog) if said)
    for parameter in command.params:
        yield from (said for said in (parameter.metavar, getattr(parameter, "help", None)) if said)


def translations() -> Catalog:
    """Return the catalogue as it is kept."""
    return read_po(io.BytesIO((FOLDER / "parcours.po").read_bytes()), locale="en")


def compiled(catalogue: Catalog) -> bytes:
    """Return the catalogue as the program reads it."""
    target = io.BytesIO()
    write_mo(target, catalogue)
    return target.getvalue()


def update() -> None:
    """Add to the catalogue what is new, remove from it what is no longer said, compile it."""
    kept = translations() if (FOLDER / "parcours.po").exists() else Catalog(locale="en")
    fresh = Catalog(locale="en")
    for message in messages():
        known = kept.get(message)
        fresh.add(message, known.string if known else "" if isinstance(message, str) else ("", ""))
    (FOLDER / "parcours.po").write_bytes(_HEADER.encode() + written(fresh))
    (FOLDER / "parcours.mo").write_bytes(compiled(translations()))


def written(catalogue: Catalog) -> bytes:
    """Return the messages as the catalogue keeps them: sorted, one line each."""
    target = io.BytesIO()
    write_po(target, catalogue, sort_output=True, omit_header=True, width=0)
    return target.getvalue()


if __name__ == "__main__":
    update()
