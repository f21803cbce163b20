"""docs/commandes.md, from what the commands say of themselves: `python -m tests.documentation.commands` writes it."""

from __future__ import annotations

import inspect
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from connector.cli.main import cli
from connector.cli.speech import begin

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).parents[2] / "docs" / "commandes.md"
_HEAD = """# Les commandes

Ce que `parcours COMMANDE --help` dit de chacune. Le [guide](guide.md) les montre à l'œuvre. Devant toute commande,
`--donnees DOSSIER` nomme le dossier des données.
"""


def commands() -> Iterator[tuple[click.Context, click.Command]]:
    """Yield every command that does something, in the order of the help, each with the context that it is called in."""
    yield from _inside(click.Context(cli, info_name="parcours"), cli)


def _inside(context: click.Context, command: click.Command) -> Iterator[tuple[click.Context, click.Command]]:
    if not isinstance(command, click.Group) or command.invoke_without_command:
        yield context, command
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from _inside(click.Context(inner, parent=context, info_name=name), inner)


def page() -> str:
    """Return the page, in French like the guide: Click's own words too."""
    os.environ["PARCOURS_LANGUE"] = "fr"
    begin(PAGE.parent)
    return "\n".join([_HEAD, *(_section(context, command) for context, command in commands())])


def _section(context: click.Context, command: click.Command) -> str:
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    options = [record for one in command.get_params(context) if (record := _told(one, context)) is not None]
    lines = [f"- `{names}` : {text}" for names, text in options]
    head = f"## {context.command_path}\n\n{inspect.cleandoc(command.help or '')}\n\n```\n{usage}\n```\n"
    return "\n".join([head, *lines, ""] if lines else [head])


def _told(parameter: click.Parameter, context: click.Context) -> tuple[str, str] | None:
    """Return what the help says of an option; None for an argument, of which the usage says all, and for `--help`."""
    record = parameter.get_help_record(context) if isinstance(parameter, click.Option) else None
    return None if record is None or "--help" in record[0] else record


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
