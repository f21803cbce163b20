"""What the trainer of the demonstration noted of those whom she accompanies, up to its day."""

from __future__ import annotations

import csv
from contextlib import closing
from datetime import date
from importlib import resources
from typing import TYPE_CHECKING

from connector.ledger.db import open_ledger
from connector.ledger.instants import PARIS, midnight_us, today
from connector.ledger.scope import Scope
from connector.settings import Settings
from connector.suivi.log import Author, Meeting, note
from scenarios.durations import parse_duration

if TYPE_CHECKING:
    from pathlib import Path

    from connector.suivi.log import Mode

TRAINER = "anne.martin@ac-exemple.fr"
_MODES: dict[str, Mode] = {"presence": "presence", "distance": "distance"}


def accompany(folder: Path) -> int:
    """Write her follow-up log into the ledger of the demonstration's folder; return how many meetings it holds."""
    settings = Settings.load(folder)
    scope = next(Scope.of(one) for one in settings.acces if one.identifiant == TRAINER)
    text = resources.files("connector.ops.demo").joinpath("data", "carnet.csv").read_text("utf-8")
    rows = [row for row in csv.DictReader(text.splitlines(), delimiter=";") if _day(row) <= today()]
    with closing(open_ledger(settings.dsn, settings.erasure_key())) as ledger, ledger.write() as connection:
        for row in rows:
            minutes = parse_duration(row["duree"])
            met = Meeting(_day(row), _MODES[row["modalite"]], minutes, row["texte"], row["partage"] == "oui")
            author = Author(TRAINER, midnight_us(met.jour, PARIS))
            note(connection, scope, author, row["enseignant"], met)
    return len(rows)


def _day(row: dict[str, str]) -> date:
    return date.fromisoformat(row["jour"])
