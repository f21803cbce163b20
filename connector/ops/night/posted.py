"""Reports that were sent: a night that is run again the same day sends again only what says something new."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.ledger.instants import PARIS, midnight_us, now_us
from connector.ledger.journal import record
from connector.ledger.schema import journal

if TYPE_CHECKING:
    from datetime import date

    from connector.ledger.db import Ledger

SENT = "courrier.rapport"


@dataclass(frozen=True)
class Posted:
    """What was sent on `day` (local date of the mainland), as the ledger's journal has it."""

    ledger: Ledger
    day: date
    author: str

    def already(self, uai: str, said: str) -> bool:
        """Tell whether the last report sent that day to a circonscription said the same (`reports.said`)."""
        query = (
            sa.select(journal.c.detail)
            .where(journal.c.subject == uai, journal.c.action == SENT)
            .where(journal.c.at_us >= midnight_us(self.day, PARIS))
            .order_by(journal.c.id.desc())
            .limit(1)
        )
        with self.ledger.read() as connection:
            last = connection.scalar(query)
        return last is not None and last["empreinte"] == said

    def note(self, uai: str, said: str) -> None:
        """Write down that it was sent: a process killed in between sends that one again."""
        with self.ledger.write() as connection:
            record(connection, now_us(), self.author, SENT, uai, empreinte=said)
