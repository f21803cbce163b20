"""`parcours file`: the queue of what could not be resolved."""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING

import click

from connector.cli.ledger_door import opened
from connector.ledger.queue import REASONS, entries

if TYPE_CHECKING:
    from connector.cli.main import Invocation
    from connector.ledger.queue import Entry

_SHOWN = 20


@click.command()
@click.option("--tout", is_flag=True, help="Montre aussi ce qu'une règle a mis de côté, et toutes les lignes.")
@click.option("--json", "as_json", is_flag=True, help="Affiche la file en JSON.")
@click.pass_obj
def file(invocation: Invocation, *, tout: bool, as_json: bool) -> None:
    """Montre ce qui attend : quoi, pourquoi, et comment le régler.

    Rien n'est perdu : tout est essayé de nouveau quand les personnels ou les sessions changent.
    """
    with opened(invocation) as (_, ledger), ledger.read() as connection:
        found = entries(connection, settled=tout)
    if as_json:
        click.echo(json.dumps([_object(entry) for entry in found], ensure_ascii=False, indent=2))
    else:
        click.echo("\n\n".join(_blocks(found, None if tout else _SHOWN)) or "Rien n'est en attente.")


def _object(entry: Entry) -> dict[str, object]:
    reason = REASONS[entry.reason]
    return {
        "motif": entry.reason,
        "sujet": entry.subject,
        "declarations": entry.number,
        "pourquoi": reason.phrase,
        "que_faire": reason.remedy,
        "attend": reason.waits,
    }


def _blocks(found: list[Entry], limit: int | None) -> list[str]:
    by_reason = sorted(found, key=lambda entry: list(REASONS).index(entry.reason))
    blocks = []
    for code, group in groupby(by_reason, key=lambda entry: entry.reason):
        listed = list(group)
        lines = [f"{REASONS[code].phrase} ({code}, {sum(entry.number for entry in listed)})"]
        lines += [f"  {entry.number:>6}  {entry.subject}" for entry in listed[:limit]]
        if len(listed) > len(listed[:limit]):
            lines.append(f"          … et {len(listed) - len(listed[:limit])} autres : parcours file --tout")
        lines.append(f"  → {REASONS[code].remedy}")
        blocks.append("\n".join(lines))
    return blocks
