"""Statements on their way to the one LRS that `usage` lets be written to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from connector.errors import ParcoursError
from connector.ledger.lrs_errors import translated
from connector.readback.said import known_ids

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.ledger.db import Ledger
    from xapi.client import LRSClient


@dataclass
class Sender:
    """Sends each statement once; without a `client` it only counts what could not be sent.

    `fault` is what the LRS refused with: nothing more is sent after it, and what was not sent is told again by the
    next reading.
    """

    ledger: Ledger
    client: LRSClient | None
    sent: set[UUID] = field(default_factory=set)
    unsent: set[UUID] = field(default_factory=set)
    fault: ParcoursError | None = None

    @property
    def complete(self) -> bool:
        """All that was to be sent has been."""
        return self.fault is None and not self.unsent

    def send(self, statements: Sequence[dict[str, Any]]) -> None:
        """Send those that neither the ledger nor this run has: their ids are made of what they say."""
        by_id = {UUID(statement["id"]): statement for statement in statements}
        with self.ledger.read() as connection:
            known = known_ids(connection, by_id)
        new = [identifier for identifier in by_id if identifier not in known | self.sent]
        if self.client is None or self.fault is not None:
            self.unsent.update(new)
            return
        try:
            with translated(self.client.endpoint):
                self.client.post([by_id[identifier] for identifier in new])
        except ParcoursError as exc:
            self.fault = exc
            self.unsent.update(new)
        else:
            self.sent.update(new)
