"""Reading back after a collection: every Moodle site, then what was added, collected like any other statement."""

from __future__ import annotations

from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.language import _
from connector.ledger.gather import gather_again
from connector.ledger.lrs_client import lrs_client
from connector.ledger.schema import lost
from connector.readback.sender import Sender
from connector.readback.site import SiteReadBack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.ledger.db import Ledger
    from connector.ledger.gather import Gathered
    from connector.settings import Settings
    from connector.settings.sections import Lrs
    from xapi.client import LRSClient


@dataclass(frozen=True)
class Lost:
    """Completions of one activity that Moodle no longer has; `reason` is a code of the queue's."""

    code: str
    activity_id: str
    reason: str
    people: int


@dataclass
class ReadBack:
    """What reading back did: statements added, those that no LRS could be given, what Moodle no longer has."""

    added: int = 0
    unsent: int = 0
    lost: list[Lost] = field(default_factory=list)


def read_back(ledger: Ledger, settings: Settings, gathered: Gathered, *, whole: bool) -> ReadBack:
    """Add to the LRS what Moodle's completions say and no statement does, and collect that; tell what is gone.

    Call it after `gather`, whose result it completes: what fails is in its `failures` and stops nothing else. `whole`
    reads the open sessions whole although that was done this night already.
    """
    lrs = next((lrs for lrs in settings.lrs if lrs.writes), None)
    with _client(settings, lrs, gathered) as client:
        sender, readings = Sender(ledger, client), list[SiteReadBack]()
        for site in gathered.answering(settings).moodle:
            with gathered.noting():
                readings.append(SiteReadBack(ledger, gathered.sites.transport(site), sender))
                readings[-1].run(whole=whole)
    for reading in readings:
        gathered.failures += reading.failures
    if sender.fault is not None:
        gathered.failures.append(sender.fault)
    if lrs is None and sender.unsent:
        gathered.notes.append(_nowhere(len(sender.unsent)))
    written = lrs if lrs and lrs.reads and sender.sent else None
    gather_again(ledger, settings, written, gathered)
    return ReadBack(len(sender.sent), len(sender.unsent), lost_completions(ledger))


@contextmanager
def _client(settings: Settings, lrs: Lrs | None, gathered: Gathered) -> Iterator[LRSClient | None]:
    """Yield a client of the LRS to write to; None where there is none, or its secret cannot be read."""
    client = None
    with gathered.noting():
        client = lrs_client(settings, lrs) if lrs else None
    with closing(client) if client else nullcontext():
        yield client


def lost_completions(ledger: Ledger) -> list[Lost]:
    """Return what Moodle no longer had when it was last read whole, by activity."""
    key = lost.c["code", "activity_id", "reason"]
    query = sa.select(*key, sa.func.count(lost.c.teacher_id.distinct())).group_by(*key).order_by(*key)
    with ledger.read() as connection:
        return [Lost(*row[:4]) for row in connection.execute(query)]


def _nowhere(number: int) -> str:
    return _(
        "Des achèvements lus dans Moodle ({number}) n'ont pas de déclaration, et aucun LRS n'est "
        "ouvert en écriture pour les recevoir. Dans un bloc [[lrs]], mettez usage = "
        '"lecture-ecriture" ; sans LRS à vous : parcours lrs servir.',
        number=number,
    )
