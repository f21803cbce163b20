"""`parcours verifier`: the authors' files checked offline."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

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
        msg = "Indiquez au moins un fichier à vérifier."
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
            lines.append(f"{result.path} : {_sentence(result.summary)}")
    refused = sum(result.summary is None for result in results)
    counts = _severities(results)
    lines.append(
        f"{_count(len(results), 'fichier vérifié', 'fichiers vérifiés')}, {_count(refused, 'refusé', 'refusés')} : "
        f"{_count(counts['erreur'], 'erreur')}, {_count(counts['avertissement'], 'avertissement')}."
    )
    return lines


def _sentence(summary: Summary) -> str:
    parts = [
        f"{summary.nature} « {summary.titre} » valide",
        f"{format_hours(summary.presence_min)} en présence",
        f"{format_hours(summary.distance_min)} à distance",
        _count(summary.activites, "activité"),
    ]
    if summary.nature == "session":
        parts += [_count(summary.creneaux, "créneau", "créneaux"), _count(summary.participants, "participant")]
    return ", ".join(parts)


def _count(number: int, one: str, several: str | None = None) -> str:
    return f"{number} {one if number < 2 else several or one + 's'}"


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
