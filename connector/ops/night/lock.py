"""One night at a time, for a data folder and for a ledger that several machines share."""

from __future__ import annotations

from connector.language import N_
from connector.ledger.turn import Turn

NIGHT = Turn("nuit", N_("Une nuit est déjà en cours"), N_("Attendez sa fin."))
