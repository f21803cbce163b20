"""A person settles an entry of the queue: says who it is, or closes it, nothing more being to come of it.

Nothing is deleted: what is closed only stops waiting, and would still be resolved if the roster or the sessions said
how. The journal keeps who closed and who reopened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.errors import DataError
from connector.language import _
from connector.ledger.journal import record
from connector.ledger.keys import settle_key, settled_names, take_back
from connector.ledger.one_writer import take_turn
from connector.ledger.queue import REASONS, entries
from connector.ledger.schema import actor, closed_entry

if TYPE_CHECKING:
    from connector.ledger.queue import Entry


def close_entry(connection: sa.Connection, numero: str, *, author: str, at_us: int) -> Entry:
    """Close the entry of this number; closing it again changes nothing. Raises DataError where nothing waits so."""
    take_turn(connection)
    entry = _entry(connection, numero)
    if entry.closed:
        return entry
    if not entry.waits:
        raise DataError(_("L'entrée {numero} n'attend personne : une règle l'a mise de côté.", numero=entry.numero))
    row = {"numero": entry.numero, "reason": entry.reason, "author": author, "at_us": at_us}
    connection.execute(closed_entry.insert().values(row))
    record(connection, at_us, author, "file.resoudre", entry.subject, numero=entry.numero, motif=entry.reason)
    return entry._replace(closed=True)


def assign_entry(connection: sa.Connection, numero: str, identifiant: str, *, author: str, at_us: int) -> Entry:
    """Settle an entry about somebody unknown or ambiguous, or settle it otherwise: whoever is named so is this teacher.

    Call `resolve.settle` afterwards. Raises DataError where nothing waits so, for an entry about something else and
    for an unknown teacher.
    """
    take_turn(connection)
    entry = _entry(connection, numero)
    kinds = connection.scalars(
        sa.select(actor.c.kind).distinct().where(actor.c.value == entry.subject, actor.c.reason == entry.reason)
    ).all() or [name.kind for name in settled_names(connection) if name.value == entry.subject and entry.teacher]
    if not kinds:
        raise DataError(
            _(
                "L'entrée {numero} ne dit pas qui est quelqu'un : {phrase}",
                numero=entry.numero,
                phrase=_(REASONS[entry.reason].phrase),
            ),
            remedy=REASONS[entry.reason].remedy,
        )
    for kind in kinds:
        settle_key(connection, identifiant, kind, entry.subject, reason=entry.reason, author=author, at_us=at_us)
    record(connection, at_us, author, "file.attribuer", entry.subject, numero=entry.numero, enseignant=identifiant)
    return entry


def reopen_entry(connection: sa.Connection, numero: str, *, author: str, at_us: int) -> Entry:
    """Have a closed entry wait again, or take back whose it was said to be; one that waits stays as it is.

    Call `resolve.settle` afterwards. Raises DataError for an unknown number.
    """
    take_turn(connection)
    entry = _entry(connection, numero)
    if entry.teacher:
        take_back(connection, entry.subject)
        said = {"numero": entry.numero, "motif": entry.reason, "enseignant": entry.teacher}
        record(connection, at_us, author, "file.rouvrir", entry.subject, **said)
    elif entry.closed:
        connection.execute(closed_entry.delete().where(closed_entry.c.numero == entry.numero))
        record(connection, at_us, author, "file.rouvrir", entry.subject, numero=entry.numero, motif=entry.reason)
    return entry._replace(closed=False, teacher="")


def _entry(connection: sa.Connection, numero: str) -> Entry:
    for entry in entries(connection, settled=True):
        if entry.numero == numero.strip().lower():
            return entry
    raise DataError(
        _("Aucune entrée de la file ne porte le numéro « {numero} ».", numero=numero),
        remedy=_("Les numéros sont ceux que montre : parcours file --tout."),
    )
