"""`parcours verifier`: the authors' files checked offline."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from connector.language import _, ngettext
from scenarios.durations import format_hours
from scenarios.schema import KINDS, schema_of
from scenarios.verify import verify

if TYPE_CHECKING:
    from scenarios.errors import Problem
    from scenarios.verify import Summary, Verification


@click.command()
@click.argument("fichiers", nargs=-1, type=click.Path(path_type=Path), metavar="FICHIER…")
@click.option("--json", "as_json", is_flag=True, help="Affiche le résultat en JSON.")
@click.option(
    "--schema",
    type=click.Choice(list(KINDS)),
    help="Affiche le schéma JSON de ce format (pour un éditeur de texte), sans rien vérifier.",
)
@click.pass_context
def verifier(ctx: click.Context, fichiers: tuple[Path, ...], *, as_json: bool, schema: str | None) -> None:
    """Vérifie des parcours et des sessions, hors ligne.

    Chaque problème tient sur une ligne : fichier:ligne:colonne, puis ce qu'il faut corriger.
    Code de retour : 0 si tout est valide (même avec des avertissements), 1 sinon.
    """
    if schema:
        click.echo(json.dumps(schema_of(schema), ensure_ascii=False, indent=2))
        return
    if not fichiers:
        msg = _("Indiquez au moins un fichier à vérifier.")
        raise click.UsageError(msg)
    results = [verify(path) for path in fichiers]
    click.echo(_as_json(results) if as_json else "\n".join(_lines(results)))
    if any(result.summary is None for result in results):
        ctx.exit(1)


def _lines(results: list[Verification]) -> list[str]:
    """Return what was found, each problem once: a session's are also those of the parcours verified beside it."""
    lines: list[str] = []
    told: set[Problem] = set()
    for result in results:
        lines.extend(str(problem) for problem in result.problems if problem not in told)
        told.update(result.problems)
        if result.summary is not None:
            lines.append(_("{path} : {sentence}", path=result.path, sentence=_sentence(result.summary)))
    refused = sum(result.summary is None for result in results)
    counts = _severities(results)
    lines.append(
        _(
            "{verifies}, {refuses} : {erreurs}, {avertissements}.",
            verifies=ngettext("{n} fichier vérifié", "{n} fichiers vérifiés", len(results)),
            refuses=ngettext("{n} refusé", "{n} refusés", refused),
            erreurs=ngettext("{n} erreur", "{n} erreurs", counts["erreur"]),
            avertissements=ngettext("{n} avertissement", "{n} avertissements", counts["avertissement"]),
        )
    )
    return lines


def _sentence(summary: Summary) -> str:
    parts = [
        _("{nature} « {titre} » valide", nature=summary.nature, titre=summary.titre),
        _("{duree} en présence", duree=format_hours(summary.presence_min)),
        _("{duree} à distance", duree=format_hours(summary.distance_min)),
        ngettext("{n} activité", "{n} activités", summary.activites),
    ]
    if summary.nature == "session":
        parts += [
            ngettext("{n} créneau", "{n} créneaux", summary.creneaux),
            ngettext("{n} participant", "{n} participants", summary.participants),
        ]
    return ", ".join(parts)


def _severities(results: list[Verification]) -> Counter[str]:
    return Counter(problem.severity for problem in {p for result in results for p in result.problems})


def _as_json(results: list[Verification]) -> str:
    counts = _severities(results)
    document = {
        "fichiers": [
            {
                "fichier": str(result.path),
                "valide": result.summary is not None,
                "resume": asdict(result.summary) if result.summary else None,
                "problemes": [_problem(problem) for problem in result.problems],
            }
            for result in results
        ],
        "erreurs": counts["erreur"],
        "avertissements": counts["avertissement"],
    }
    return json.dumps(document, ensure_ascii=False, indent=2)


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "fichier": problem.file,
        "ligne": problem.line,
        "colonne": problem.column,
        "gravite": problem.severity,
        "message": problem.message,
    }
