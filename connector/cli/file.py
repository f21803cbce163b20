"""`parcours file`: the queue of what could not be resolved."""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING

import click

from connector.cli.ledger_door import author, opened
from connector.errors import ConfigError
from connector.language import N_, _
from connector.ledger.instants import now_us
from connector.ledger.journal import record
from connector.ledger.queue import REASONS, entries
from connector.ledger.queue_settling import assign_entry, close_entry, reopen_entry
from connector.ledger.resolve import settle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.cli.main import Invocation
    from connector.ledger.db import Ledger
    from connector.ledger.queue import Entry

_SHOWN = 20
_CLOSING = N_(
    "Vous savez de qui il s'agit ? parcours file --resoudre NUMÉRO --enseignant IDENTIFIANT. "
    "Vérifié, ou étranger à vos formations ? parcours file --resoudre NUMÉRO."
)


@click.command()
@click.option("--tout", is_flag=True, help="Montre aussi ce qui est réglé, par une règle ou par quelqu'un.")
@click.option("--json", "as_json", is_flag=True, help="Affiche la file en JSON.")
@click.option(
    "--resoudre",
    "closed",
    multiple=True,
    metavar="NUMERO",
    help="Clôt cette entrée, vérifiée ou étrangère à vos formations : elle n'attend plus. Répétable.",
)
@click.option(
    "--enseignant",
    metavar="IDENTIFIANT",
    help="Avec --resoudre : la personne inconnue ou ambiguë de l'entrée est cet enseignant, désormais.",
)
@click.option(
    "--rouvrir", "reopened", multiple=True, metavar="NUMERO", help="Rouvre une entrée close ou attribuée. Répétable."
)
@click.pass_obj
def file(
    invocation: Invocation,
    closed: tuple[str, ...],
    reopened: tuple[str, ...],
    enseignant: str | None,
    *,
    tout: bool,
    as_json: bool,
) -> None:
    """Montre ce qui attend : quoi, pourquoi, et comment le régler.

    Rien n'est perdu : tout est essayé de nouveau quand les personnels ou les sessions changent, même ce qui est clos.
    Chaque entrée a son numéro ; qui la clôt ou la rouvre est inscrit au journal.
    """
    if enseignant and (reopened or not closed):
        raise ConfigError(_("--enseignant se donne avec --resoudre, et sans --rouvrir."))
    with opened(invocation) as (_settings, ledger):
        if enseignant:
            found = _assigned(ledger, closed, enseignant)
        elif closed or reopened:
            found = _settled(ledger, closed, reopened)
        else:
            with ledger.read() as connection:
                found = entries(connection, settled=tout)
            with ledger.write() as connection:
                record(connection, now_us(), author(), "file.lire", "tous", entrees=len(found))
    if as_json:
        click.echo(json.dumps([_object(entry) for entry in found], ensure_ascii=False, indent=2))
    elif enseignant:
        click.echo(
            "\n".join(
                _("Attribuée à {enseignant} : {entree}", enseignant=enseignant, entree=_named(entry)) for entry in found
            )
        )
    elif closed or reopened:
        click.echo(
            "\n".join(
                _("{etat} : {entree}", etat=_("Close") if entry.closed else _("Ouverte"), entree=_named(entry))
                for entry in found
            )
        )
    else:
        click.echo("\n\n".join(_blocks(found, None if tout else _SHOWN)) or _("Rien n'est en attente."))


def _assigned(ledger: Ledger, numeros: Sequence[str], identifiant: str) -> list[Entry]:
    who, at_us = author(), now_us()
    with ledger.write() as connection:
        done = [assign_entry(connection, numero, identifiant, author=who, at_us=at_us) for numero in numeros]
        settle(connection)
    return done


def _settled(ledger: Ledger, closed: Sequence[str], reopened: Sequence[str]) -> list[Entry]:
    who, at_us = author(), now_us()
    with ledger.write() as connection:
        done = [close_entry(connection, numero, author=who, at_us=at_us) for numero in closed]
        done += [reopen_entry(connection, numero, author=who, at_us=at_us) for numero in reopened]
        settle(connection)
    return done


def _named(entry: Entry) -> str:
    return f"{entry.numero}  {entry.subject}"


def _state(entry: Entry) -> str:
    if entry.teacher:
        return _(" (attribuée à {teacher})", teacher=entry.teacher)
    return _(" (close)") if entry.closed else ""


def _object(entry: Entry) -> dict[str, object]:
    reason = REASONS[entry.reason]
    return {
        "numero": entry.numero,
        "motif": entry.reason,
        "sujet": entry.subject,
        "declarations": entry.number,
        "pourquoi": reason.phrase,
        "que_faire": reason.remedy,
        "attend": entry.waits,
        "clos": entry.closed,
        "attribue_a": entry.teacher or None,
    }


def _blocks(found: list[Entry], limit: int | None) -> list[str]:
    by_reason = sorted(found, key=lambda entry: list(REASONS).index(entry.reason))
    blocks = []
    for code, group in groupby(by_reason, key=lambda entry: entry.reason):
        listed = list(group)
        lines = [f"{_(REASONS[code].phrase)} ({code}, {sum(entry.number for entry in listed)})"]
        lines += [f"  {entry.number:>6}  {_named(entry)}{_state(entry)}" for entry in listed[:limit]]
        if len(listed) > len(listed[:limit]):
            lines.append(
                _("          … et {autres} autres : parcours file --tout", autres=len(listed) - len(listed[:limit]))
            )
        lines.append(f"  → {_(REASONS[code].remedy)}")
        blocks.append("\n".join(lines))
    if any(entry.waits for entry in found):
        blocks.append(_(_CLOSING))
    return blocks
