"""The reports of a night: a folder for each circonscription, each one on its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.deliver import deliver
from connector.errors import ParcoursError
from connector.ledger.instants import now_us
from connector.ledger.journal import record
from connector.ledger.scope import EVERYTHING
from connector.ops.night.outcome import Done
from connector.reports import questions
from connector.reports.renderings import render
from connector.reports.typography import count

if TYPE_CHECKING:
    from pathlib import Path

    from connector.ledger.db import Ledger
    from connector.settings import Settings
    from connector.settings.sections import Circonscription
    from scenarios.calendar import SchoolYear


def path(folder: Path, year: SchoolYear, uai: str, form: str) -> Path:
    """Return where a circonscription's report of a school year is kept."""
    return folder / str(year) / uai / f"circonscription-{uai}-{year}.{form}"


def write(settings: Settings, ledger: Ledger, folder: Path, year: SchoolYear, author: str) -> Done:
    """Write the reports of every circonscription of the configuration that has balances in the school year."""
    written, failures = 0, []
    for known in settings.circonscriptions:
        try:
            written += _circonscription(settings, ledger, folder, year, known, author)
        except ParcoursError as exc:
            failures.append(f"Circonscription {known.uai} : {exc}")
    return Done(count(written, "rapport écrit", "rapports écrits"), {"rapports": written}, tuple(failures))


def _circonscription(
    settings: Settings, ledger: Ledger, folder: Path, year: SchoolYear, known: Circonscription, author: str
) -> int:
    with ledger.read() as connection:
        report = questions.circonscription(connection, settings, EVERYTHING, year, known.uai, details=True)
    if not report.rows:
        return 0
    for form in settings.nuit.rapports:
        deliver(render(report, form), path(folder, year, known.uai, form))
    with ledger.write() as connection:
        record(connection, now_us(), author, "rapport.circonscription", known.uai, annee=str(year), nuit="oui")
    return len(settings.nuit.rapports)
