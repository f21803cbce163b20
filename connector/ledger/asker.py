"""Who asks, in which scope, and what the journal keeps of it: the same for a command and for a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.ledger.instants import now_us
from connector.ledger.journal import record

if TYPE_CHECKING:
    from connector.ledger.db import Ledger
    from connector.ledger.scope import Scope


@dataclass(frozen=True)
class Asker:
    """Who asks and what they may see; `author` goes to the journal, `as_whom` is the access asked for."""

    author: str
    scope: Scope
    as_whom: str | None = None

    def note(self, ledger: Ledger, action: str, subject: str, **detail: str | int | None) -> None:
        """Add an entry to the journal; the access asked for is named in it, and the circonscriptions of an IEN."""
        with ledger.write() as connection:
            if self.as_whom:
                detail["en_tant_que"] = self.as_whom
            if self.scope.role == "ien":
                detail["perimetre"] = " ".join(self.scope.names)
            record(connection, now_us(), self.author, action, subject, **detail)

    def refuse(self, ledger: Ledger, subject: str, **detail: str | int | None) -> None:
        """Journal that something was asked for and not found in the scope; an operator's scope has no outside."""
        if not self.scope.everything:
            self.note(ledger, "acces.hors_perimetre", subject, **detail)
