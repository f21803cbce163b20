"""The `parcours` command: its groups are loaded when they are called, its errors are sentences."""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
import platformdirs

from connector import __version__
from connector.cli.speech import SUBCOMMAND, SpokenContext, begin, follow, langue_option, worded
from connector.errors import ConfigError, ParcoursError
from connector.language import _, language, speaking
from connector.system_words import why

if TYPE_CHECKING:
    from collections.abc import Sequence

_COMMANDS = {
    "demo": "connector.cli.demo:demo",
    "verifier": "connector.cli.verifier:verifier",
    "importer": "connector.cli.importer:importer",
    "catalogue": "connector.cli.catalogue:catalogue",
    "contextualiser": "connector.cli.contextualiser:contextualiser",
    "planifier": "connector.cli.planifier:planifier",
    "publier": "connector.cli.publier:publier",
    "archiver": "connector.cli.archiver:archiver",
    "exporter": "connector.cli.exporter:exporter",
    "lier": "connector.cli.lier:lier",
    "personnels": "connector.cli.personnels:personnels",
    "gaia": "connector.cli.gaia:gaia",
    "emargement": "connector.cli.emargement:emargement",
    "attester": "connector.cli.attester:attester",
    "decider": "connector.cli.decider:decider",
    "pacte": "connector.cli.pacte:pacte",
    "besoins": "connector.cli.besoins:besoins",
    "suivi": "connector.cli.suivi:suivi",
    "collecter": "connector.cli.collecter:collecter",
    "file": "connector.cli.file:file",
    "rapprocher": "connector.cli.rapprocher:rapprocher",
    "rapport": "connector.cli.rapport:rapport",
    "expliquer": "connector.cli.expliquer:expliquer",
    "acces": "connector.cli.acces:acces",
    "tableau": "connector.cli.tableau:tableau",
    "nuit": "connector.cli.nuit:nuit",
    "registre": "connector.cli.registre:registre",
    "rgpd": "connector.cli.rgpd:rgpd",
    "lrs": "connector.cli.lrs:lrs",
    "diagnostiquer": "connector.cli.diagnostiquer:diagnostiquer",
    "bac-a-sable": "connector.cli.bac_a_sable:bac_a_sable",
    "plugin": "connector.cli.plugin:plugin",
}


@dataclass(frozen=True)
class Invocation:
    """What every command needs to know: where the data folder is, and whether somebody named it."""

    donnees: Path
    named: bool = False


class _LazyGroup(click.Group):
    """Imports a command's module only when that command is called, so that `--help` stays quick."""

    context_class = SpokenContext

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        target = _COMMANDS.get(cmd_name)
        if target is None:
            return None
        module, name = target.split(":")
        try:
            command: click.Command = getattr(importlib.import_module(module), name)
        except ModuleNotFoundError as exc:
            return _unavailable(cmd_name, exc)
        return worded(command)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help in the language being spoken."""
        click.Group.format_help(worded(self), ctx, formatter)


def _unavailable(name: str, missing: ModuleNotFoundError) -> click.Command:
    """Stand in for a command whose libraries are not all installed: the others, and the help, still work."""

    def refuse() -> None:
        raise _lacking(missing) from missing

    return click.Command(
        name,
        callback=refuse,
        short_help=_("(indisponible : il manque le module {module})", module=missing.name),
        context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    )


def _lacking(missing: ModuleNotFoundError) -> ConfigError:
    return ConfigError(
        _("Le module Python « {module} », qu'il faut à cette commande, n'est pas installé.", module=missing.name),
        remedy=_("Réinstallez parcours-connector avec toutes ses dépendances."),
    )


def default_folder() -> Path:
    """Return the data folder: `PARCOURS_DONNEES`, else the user's data folder."""
    named = os.environ.get("PARCOURS_DONNEES")
    return Path(named) if named else platformdirs.user_data_path("parcours")


def _follow(context: click.Context, _option: click.Parameter, folder: Path | None) -> Path | None:
    follow(context, folder)
    return folder


@click.group(
    cls=_LazyGroup, subcommand_metavar=SUBCOMMAND, context_settings={"help_option_names": ["-h", "--help", "--aide"]}
)
@langue_option
@click.option(
    "--donnees",
    type=click.Path(path_type=Path, file_okay=False),
    is_eager=True,
    callback=_follow,
    metavar="DOSSIER",
    help="Dossier des données (registre, configuration). Défaut : PARCOURS_DONNEES, sinon celui de l'utilisateur.",
)
@click.version_option(__version__, prog_name="parcours", message="%(prog)s %(version)s", help="Affiche la version.")
@click.pass_context
def cli(ctx: click.Context, donnees: Path | None) -> None:
    """Publie des parcours de formation dans Moodle, recueille les preuves, rend compte des 18 heures."""
    named = donnees is not None or "PARCOURS_DONNEES" in os.environ
    ctx.obj = ctx.obj or Invocation(donnees or default_folder(), named=named)


def _unforeseen(exc: Exception) -> str:
    """Keep the details of an error of ours for whoever mends it, and return what to tell the user."""
    details = "".join(traceback.format_exception(exc))
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="parcours-", suffix=".txt", encoding="utf-8", delete=False
        ) as file:
            file.write(details)
    except OSError:
        return _("le programme a rencontré un défaut imprévu, et n'a pas pu en écrire le détail.")
    return _("le programme a rencontré un défaut imprévu. Joignez {fichier} à votre signalement.", fichier=file.name)


def _leave_the_pipe() -> None:
    """Let Python's last flush go nowhere: whoever read our output (`| head`) has left, which is no fault."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command; no traceback ever reaches the user.

    Exit codes: 0 done; 1 refused or failed; 2 differences found or work left to a person.
    """
    with speaking(language()):
        begin(default_folder())
        sys.exit(_run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    """Run the command and return its exit code, whatever went wrong having been told."""
    try:
        code = cli.main(args=arguments, prog_name="parcours", standalone_mode=False)
    except click.ClickException as exc:
        exc.show()
    except (click.Abort, KeyboardInterrupt):
        click.echo(_("Interrompu : rien d'autre n'a été fait. Relancez la commande pour continuer."), err=True)
    except ParcoursError as exc:
        click.echo(_("Erreur : {erreur}", erreur=exc), err=True)
    except ModuleNotFoundError as exc:
        click.echo(_("Erreur : {erreur}", erreur=_lacking(exc)), err=True)
    except BrokenPipeError:
        _leave_the_pipe()
    except OSError as exc:
        said = _("{fichier} : {raison}.", fichier=exc.filename, raison=why(exc)) if exc.filename else f"{why(exc)}."
        click.echo(_("Erreur : {erreur}", erreur=said), err=True)
    except Exception as exc:  # noqa: BLE001 - the last door: whatever it is, no traceback reaches a user
        click.echo(_("Erreur : {erreur}", erreur=_unforeseen(exc)), err=True)
    else:
        return code if isinstance(code, int) else 0
    return 1
