"""`parcours plugin`: the Moodle plugin."""

from __future__ import annotations

from pathlib import Path

import click

from connector.errors import ConfigError
from connector.language import _
from connector.moodle.plugin_zip import BLOCK, plugin_version, plugin_zip
from connector.system_words import why


@click.group()
def plugin() -> None:
    """Le plugin Moodle local_parcours."""


@plugin.command()
@click.option(
    "--sortie",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Fichier à écrire. Défaut : local_parcours-VERSION.zip dans le dossier courant.",
)
def construire(sortie: Path | None) -> None:
    """Construit le zip du plugin, à installer dans Moodle (Administration du site, Plugins).

    À côté est écrit celui du bloc « Mes 18 heures » du tableau de bord, à installer ensuite si vous le voulez.
    """
    version = plugin_version()
    target = sortie or Path(f"local_parcours-{version.release}.zip")
    block = target.with_name(f"block_parcours-{plugin_version(BLOCK).release}.zip")
    try:
        target.write_bytes(plugin_zip())
        block.write_bytes(plugin_zip(BLOCK))
    except OSError as exc:
        raise ConfigError(
            _("Impossible d'écrire {target} : {raison}.", target=target, raison=why(exc)),
            remedy=_("Choisissez un autre fichier avec --sortie."),
        ) from exc
    click.echo(
        _(
            "{target} : plugin local_parcours {release} ({number}), Moodle 4.5 à 5.1.",
            target=target,
            release=version.release,
            number=version.number,
        )
    )
    click.echo(_("{block} : bloc du tableau de bord, à installer après le plugin.", block=block))
