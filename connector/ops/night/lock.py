"""One night at a time, for a data folder and for a ledger that several machines share."""

from __future__ import annotations

from connector.ledger.turn import Turn

NIGHT = Turn("nuit", "Une nuit est déjà en cours", "Attendez sa fin.")
