"""`parcours exporter`: a session as a file that another Moodle restores."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from connector.language import _
from connector.ledger.session_files import prepared
from connector.publish.desired import desired
from connector.publish.export import as_json as described
from connector.publish.export import export_mbz, remarks
from connector.publish.modules import everywhere
from connector.publish.session_named import session_file
from connector.settings import Settings

if TYPE_CHECKING:
    from connector.cli.main import Invocation


@click.command()
@click.argument("session", metavar="SESSION")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["mbz"]),
    default="mbz",
    show_default="mbz",
    help="mbz : une sauvegarde de cours Moodle.",
)
@click.option(
    "--sortie",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FICHIER",
    help="Fichier à écrire. Défaut : sauvegardes/CODE.mbz dans le dossier des données.",
)
@click.option(
    "--bigbluebutton",
    is_flag=True,
    help="Les classes virtuelles en salles BigBlueButton, pour un site qui l'a activé. Défaut : en pages.",
)
@click.option("--json", "as_json", is_flag=True, help="Affiche le résultat en JSON.")
@click.pass_obj
def exporter(
    invocation: Invocation, session: str, kind: str, sortie: Path | None, *, bigbluebutton: bool, as_json: bool
) -> None:
    """Écrit une session (son fichier, ou le code d'une session connue) en sauvegarde à restaurer dans un Moodle.

    Moodle 4.5 et au-delà, sans extension ni droit d'administration : page « Restaurer » d'une catégorie ou d'un cours
    vide. Les mêmes fichiers donnent toujours la même sauvegarde.
    """
    settings = Settings.load(invocation.donnees)
    ready = prepared(session_file(settings, session), settings)
    wanted = desired(ready, settings.circonscription(ready.session.circonscription))
    if not bigbluebutton:
        wanted = everywhere(wanted)
    target = sortie or settings.folder / "sauvegardes" / f"{wanted.code}.{kind}"
    size = export_mbz(wanted, ready.sources(), target)
    if as_json:
        click.echo(json.dumps(described(wanted, target, size), ensure_ascii=False, indent=2))
        return
    click.echo(
        _(
            "{target} : {activites} activités, {taille} Ko.",
            target=target,
            activites=len(wanted.activities or ()),
            taille=max(1, size // 1024),
        )
    )
    for remark in remarks(wanted):
        click.echo(f"  {remark}")
