"""`parcours collecter`: statements and sessions into the ledger."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from connector.cli.ledger_door import opened
from connector.ledger.gather import gather
from connector.reports.typography import count

if TYPE_CHECKING:
    from connector.cli.main import Invocation
    from connector.ledger.gather import Gathered


@click.command()
@click.option(
    "--fichier",
    "fichiers",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FICHIER",
    help="Un export à lire à la place du LRS et de Moodle : une déclaration par ligne (.jsonl, .jsonl.gz). Répétable.",
)
@click.option("--json", "as_json", is_flag=True, help="Affiche le bilan en JSON.")
@click.pass_context
def collecter(ctx: click.Context, fichiers: tuple[Path, ...], *, as_json: bool) -> None:
    """Recueille dans le registre les déclarations des LRS et les sessions de Moodle, là où il s'était arrêté.

    Recommencer n'ajoute rien. Ce qui ne peut pas être rattaché attend : parcours file le montre.
    """
    invocation: Invocation = ctx.obj
    with opened(invocation) as (settings, ledger):
        if not (fichiers or settings.moodle or any(lrs.reads for lrs in settings.lrs)):
            msg = "Rien à lire : déclarez [[lrs]] ou [[moodle]] dans parcours.toml, ou donnez --fichier."
            raise click.UsageError(msg)
        gathered = gather(ledger, settings, fichiers)
    click.echo(json.dumps(_document(gathered), ensure_ascii=False, indent=2) if as_json else _text(gathered))
    for note in gathered.notes:
        click.echo(f"Attention : {note}", err=True)
    for failure in gathered.failures:
        click.echo(f"Erreur : {failure}", err=True)
    if gathered.failures:
        ctx.exit(1)


def _text(gathered: Gathered) -> str:
    tally = gathered.tally
    kept = (
        count(tally.evidence, "nouvelle", "nouvelles"),
        count(tally.known, "déjà connue", "déjà connues"),
        count(tally.voids, "annulation", "annulations"),
    )
    lines = [f"Déclarations retenues : {', '.join(kept)}."]
    for number, one, several in (
        (
            tally.dropped.total(),
            "autre déclaration, comptée et non gardée",
            "autres déclarations, comptées et non gardées",
        ),
        (tally.refused, "refusée par son LRS, laissée de côté", "refusées par leur LRS, laissées de côté"),
        (
            tally.conflicts,
            "revenue avec un autre contenu, mise de côté",
            "revenues avec un autre contenu, mises de côté",
        ),
        (tally.unreadable, "ligne illisible, mise de côté", "lignes illisibles, mises de côté"),
    ):
        if number:
            lines.append(f"{count(number, one, several)}.")
    if gathered.sessions:
        lines.append(f"Sessions mises à jour : {', '.join(sorted(set(gathered.sessions)))}.")
    lines.append(
        f"En attente : {gathered.waiting} ; voir : parcours file." if gathered.waiting else "Rien n'est en attente."
    )
    return "\n".join(lines)


def _document(gathered: Gathered) -> dict[str, object]:
    tally = gathered.tally
    return {
        "retenues": tally.evidence,
        "connues": tally.known,
        "annulations": tally.voids,
        "autres": dict(sorted(tally.dropped.items())),
        "refusees": tally.refused,
        "conflits": tally.conflicts,
        "illisibles": tally.unreadable,
        "sessions": sorted(set(gathered.sessions)),
        "en_attente": gathered.waiting,
        "avertissements": gathered.notes,
        "erreurs": [str(failure) for failure in gathered.failures],
    }
