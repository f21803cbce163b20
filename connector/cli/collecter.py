"""`parcours collecter`: statements and sessions into the ledger."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from connector.attendance.collect_rolls import collect_rolls
from connector.cli.file import file
from connector.cli.ledger_door import opened
from connector.language import N_, _, ngettext
from connector.ledger.gather import gather
from connector.ledger.queue import REASONS
from connector.readback.night import read_back
from connector.reports.typography import count

if TYPE_CHECKING:
    from connector.cli.main import Invocation
    from connector.ledger.gather import Gathered
    from connector.readback.night import ReadBack

    Relecture = Literal["nuit", "complete", "non"]


@click.command()
@click.option(
    "--fichier",
    "fichiers",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FICHIER",
    help="Un export à lire à la place du LRS et de Moodle : une déclaration par ligne (.jsonl, .jsonl.gz). Répétable.",
)
@click.option(
    "--relecture",
    type=click.Choice(["nuit", "complete", "non"]),
    default="nuit",
    show_default=True,
    help="Achèvements de Moodle à comparer aux déclarations : ceux qui ont changé et, une fois par nuit, les sessions "
    "ouvertes entières (nuit) ; ces sessions à chaque fois (complete) ; aucun (non).",
)
@click.option(
    "--file-d-attente", "queue_only", is_flag=True, help="Montre ce qui attend, sans rien recueillir : parcours file."
)
@click.option("--json", "as_json", is_flag=True, help="Affiche le bilan, ou la file, en JSON.")
@click.pass_context
def collecter(
    ctx: click.Context, fichiers: tuple[Path, ...], relecture: Relecture, *, queue_only: bool, as_json: bool
) -> None:
    """Recueille dans le registre les déclarations des LRS et les sessions de Moodle, là où il s'était arrêté.

    Puis relit les achèvements de Moodle : ceux qu'aucune déclaration ne dit sont ajoutés au LRS ouvert en écriture, et
    ceux que Moodle n'a plus sont signalés. Recommencer n'ajoute rien. Ce qui ne peut pas être rattaché attend :
    parcours file le montre.
    """
    invocation: Invocation = ctx.obj
    if queue_only:
        ctx.invoke(file, closed=(), reopened=(), enseignant=None, tout=False, as_json=as_json)
        return
    with opened(invocation) as (settings, ledger):
        if not (fichiers or settings.moodle or any(lrs.reads for lrs in settings.lrs)):
            msg = _("Rien à lire : déclarez [[lrs]] ou [[moodle]] dans parcours.toml, ou donnez --fichier.")
            raise click.UsageError(msg)
        gathered = gather(ledger, settings, fichiers, collect_rolls)
        back = None
        if relecture != "non" and settings.moodle and not fichiers:
            back = read_back(ledger, settings, gathered, whole=relecture == "complete")
    for failure in gathered.failures:
        click.echo(_("Erreur : {erreur}", erreur=failure), err=True)
    if as_json:
        click.echo(json.dumps(_document(gathered, back), ensure_ascii=False, indent=2))
    elif not (gathered.failures and gathered.nothing):
        click.echo(_text(gathered, back))
    for note in gathered.notes:
        click.echo(_("Attention : {note}", note=note), err=True)
    if gathered.failures:
        ctx.exit(1)


def _text(gathered: Gathered, back: ReadBack | None) -> str:
    tally = gathered.tally
    kept = (
        ngettext("{n} nouvelle", "{n} nouvelles", tally.evidence),
        ngettext("{n} déjà connue", "{n} déjà connues", tally.known),
        ngettext("{n} annulation", "{n} annulations", tally.voids),
    )
    lines = [_("Déclarations retenues : {kept}.", kept=", ".join(kept))]
    for number, one, several in (
        (
            tally.dropped.total(),
            N_("autre déclaration, comptée et non gardée"),
            N_("autres déclarations, comptées et non gardées"),
        ),
        (
            tally.late,
            N_("n'a été vue qu'en relisant ce qui l'avait déjà été"),
            N_("n'ont été vues qu'en relisant ce qui l'avait déjà été"),
        ),
        (tally.refused, N_("refusée par son LRS, laissée de côté"), N_("refusées par leur LRS, laissées de côté")),
        (
            tally.conflicts,
            N_("revenue avec un autre contenu, mise de côté"),
            N_("revenues avec un autre contenu, mises de côté"),
        ),
        (tally.unreadable, N_("ligne illisible, mise de côté"), N_("lignes illisibles, mises de côté")),
    ):
        if number:
            lines.append(f"{count(number, one, several)}.")
    if gathered.sessions:
        lines.append(_("Sessions mises à jour : {sessions}.", sessions=", ".join(sorted(set(gathered.sessions)))))
    lines += _read_back_lines(back) if back else []
    lines.append(
        _("En attente : {waiting} ; voir : parcours file.", waiting=gathered.waiting)
        if gathered.waiting
        else _("Rien n'est en attente.")
    )
    return "\n".join(lines)


def _read_back_lines(back: ReadBack) -> list[str]:
    added = ngettext("{n} déclaration ajoutée", "{n} déclarations ajoutées", back.added)
    lines = [_("Achèvements relus dans Moodle : {added} au LRS.", added=added)]
    for lost in back.lost:
        people = ngettext("{n} personne", "{n} personnes", lost.people)
        lines.append(
            _(
                "{code}/{activity_id}, {people} : {phrase}",
                code=lost.code,
                activity_id=lost.activity_id,
                people=people,
                phrase=_(REASONS[lost.reason].phrase),
            )
        )
    return lines


def _document(gathered: Gathered, back: ReadBack | None) -> dict[str, object]:
    tally = gathered.tally
    return {
        "retenues": tally.evidence,
        "connues": tally.known,
        "annulations": tally.voids,
        "autres": dict(sorted(tally.dropped.items())),
        "tardives": tally.late,
        "refusees": tally.refused,
        "conflits": tally.conflicts,
        "illisibles": tally.unreadable,
        "sessions": sorted(set(gathered.sessions)),
        "relecture": _read_back_document(back) if back else None,
        "en_attente": gathered.waiting,
        "avertissements": gathered.notes,
        "erreurs": [str(failure) for failure in gathered.failures],
    }


def _read_back_document(back: ReadBack) -> dict[str, object]:
    return {
        "ajoutees": back.added,
        "sans_lrs": back.unsent,
        "disparus": [
            {"session": lost.code, "activite": lost.activity_id, "motif": lost.reason, "personnes": lost.people}
            for lost in back.lost
        ],
    }
