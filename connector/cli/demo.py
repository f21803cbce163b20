"""`parcours demo`: the main job on the embedded default, by the commands that a user would type."""

from __future__ import annotations

import shlex
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from connector.cli.main import Invocation, cli
from connector.errors import FatalError
from connector.language import _, ngettext
from connector.ledger.instants import PARIS, living_at, now_us, today
from connector.ops.demo.accompany import accompany
from connector.ops.demo.play import play
from connector.ops.demo.stage import SESSIONS, YEAR, set_stage
from scenarios.calendar import SchoolYear
from xapi.instants import to_us

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.ops.demo.stage import Stage

_UAI = "0693456G"
_IEN, _BEGINNER = "ien.lyon4", "E0016"
_WORK_LEFT = 2
_EVENING = time(20)
_BEGUN, _OVER = date(2026, 11, 9), SchoolYear.parse(YEAR).end
"""From the first day on, both sessions have something to show; on the last one they are lived to their end."""


@click.command()
@click.option(
    "--dossier",
    type=click.Path(path_type=Path, file_okay=False),
    help="Dossier de la démonstration, refait à chaque fois. Défaut : « demo » dans le dossier des données.",
)
@click.option(
    "--jour",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="AAAA-MM-JJ",
    help="Jour où elle se joue : ce qui vient après n'est pas encore fait. Défaut : aujourd'hui, ou la fin de l'année"
    " scolaire 2026-2027 tant que ses sessions n'ont pas commencé.",
)
@click.pass_obj
def demo(invocation: Invocation, dossier: Path | None, jour: datetime | None) -> None:
    """Montre toute la chaîne sur des personnes inventées : publier, vivre, collecter, rapprocher, rendre compte.

    Rien n'est à installer : le LRS et le bac à sable Moodle tournent le temps de la démonstration.
    """
    folder = dossier or invocation.donnees / "demo"
    with living_at(_lived_us(jour)), set_stage(folder) as stage, _progress() as progress:
        _perform(stage, progress)
    reports = folder / "rapports"
    name = shlex.quote(str(folder))
    click.echo(
        _(
            "\n"
            "À ouvrir : {html}\n"
            "Au tableur : {csv}\n"
            "Pourquoi ces chiffres : parcours --donnees {name} expliquer E0009 --annee {year}\n"
            "Ce qui attend : parcours --donnees {name} file",
            html=reports / f"{_UAI}-{YEAR}.html",
            csv=reports / f"{_UAI}-{YEAR}.csv",
            name=name,
            year=YEAR,
        )
    )


def _lived_us(jour: datetime | None) -> int:
    """Return until when the demonstration lives: the evening of the day asked for, else now, or the end of its year."""
    if jour is None and today() > _BEGUN:
        return now_us()
    return to_us(datetime.combine(jour or _OVER, _EVENING, tzinfo=PARIS))


def _progress() -> Progress:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _perform(stage: Stage, progress: Progress) -> None:
    folder, reports = stage.folder, stage.folder / "rapports"
    task = progress.add_task(_("Démonstration"), total=1 + 3 * len(SESSIONS) + 3 + 2 + 3)

    def step(*arguments: str) -> None:
        progress.update(task, description=arguments[0])
        _run(folder, arguments)
        progress.advance(task)

    step("personnels", "importer", str(folder / "personnels.csv"))
    for code, session in SESSIONS.items():
        file = folder / session
        step("publier", str(file))
        progress.update(task, description=_("{code} : la session se vit", code=code))
        played = play(stage, code, now_us(), lambda share: progress.advance(task, share))
        figures = _(
            "{acts} actes, {statements} déclarations dans le LRS", acts=played.acts, statements=played.statements
        )
        click.echo(_("  La session {code} est vécue : {figures}.\n", code=code, figures=figures))
        step("emargement", "saisir", code, str(played.sheet))
    step("collecter")
    step("rapprocher", "--annee", YEAR)
    met = accompany(folder)
    click.echo(
        ngettext(
            "  La formatrice a noté {n} rencontre dans son carnet de suivi.\n",
            "  La formatrice a noté {n} rencontres dans son carnet de suivi.\n",
            met,
        )
    )
    step("suivi", "lister", "--enseignant", _BEGINNER, "--annee", YEAR, "--en-tant-que", _IEN)
    step("besoins", "importer", str(folder / "besoins.csv"), "--annee", YEAR)
    step("rapport", "besoins", "--annee", YEAR, "--sortie", str(reports / f"besoins-{YEAR}.html"))
    for form in ("html", "csv", "json"):
        target = str(reports / f"{_UAI}-{YEAR}.{form}")
        step("rapport", "circonscription", _UAI, "--annee", YEAR, "--format", form, "--sortie", target)


def _run(folder: Path, arguments: Sequence[str]) -> None:
    """Run one command of the program as a user would, and show it."""
    shown = [Path(word).relative_to(folder).as_posix() if word.startswith(str(folder)) else word for word in arguments]
    click.secho(f"$ parcours {shlex.join(shown)}", bold=True)
    invocation = Invocation(folder, named=True)
    code = cli.main([*arguments], prog_name="parcours", standalone_mode=False, obj=invocation)
    click.echo("")
    if code not in (None, 0, _WORK_LEFT):
        raise FatalError(_("La démonstration s'est arrêtée à « parcours {arguments} ».", arguments=arguments[0]))
