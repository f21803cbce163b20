"""The reports of a night: a folder for each circonscription, each one on its own."""

from __future__ import annotations

import hashlib
from itertools import product
from typing import TYPE_CHECKING

from connector.deliver import deliver
from connector.language import _, ngettext, speaking
from connector.ledger.instants import now_us
from connector.ledger.journal import record
from connector.ledger.projection import GRACE
from connector.ledger.scope import EVERYTHING
from connector.ops.night.failures import failure_of
from connector.ops.night.outcome import Done
from connector.reports import questions
from connector.reports.renderings import render, spoken_in
from scenarios.calendar import SchoolYear, school_year_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path

    from structlog.typing import FilteringBoundLogger

    from connector.language import Language
    from connector.ledger.db import Ledger
    from connector.reports.listing import Listing
    from connector.settings import Settings
    from connector.settings.sections import Circonscription


def path(folder: Path, year: SchoolYear, uai: str, form: str) -> Path:
    """Return where a circonscription's report of a school year is kept."""
    return folder / str(year) / uai / f"circonscription-{uai}-{year}.{form}"


def years_of(night: date, previous: date | None) -> tuple[SchoolYear, ...]:
    """Return the school years whose reports a night writes: those of all days that may still bring something. Pure.

    A session's window ends 31 days after it (RULES.md section 3, rule 4), and the nights since `previous` were missed.
    """
    first = min(night, previous or night) - GRACE
    return tuple(SchoolYear(year) for year in range(school_year_of(first).first, school_year_of(night).first + 1))


def said(listing: Listing) -> str:
    """Return a fingerprint of the figures of a report, whatever the instant it was written at. Pure."""
    return hashlib.sha256(repr((listing.rows, listing.applied)).encode()).hexdigest()


def write(
    settings: Settings,
    ledger: Ledger,
    folder: Path,
    years: Iterable[SchoolYear],
    author: str,
    log: FilteringBoundLogger,
) -> tuple[Done, dict[Path, str]]:
    """Write the reports of every circonscription of the configuration that has balances in each school year.

    Returns also the files that were written, of a circonscription all or none, each with what it says (`said`). One
    that fails, whatever the reason, costs no other one its own.
    """
    written: dict[Path, str] = {}
    failures = []
    for year, known in product(years, settings.circonscriptions):
        try:
            written |= _circonscription(settings, ledger, folder, year, known, author)
        except Exception as exc:  # noqa: BLE001 - whatever it is, the others are still to be written
            failures.append(
                _(
                    "Circonscription {uai} : {failure}",
                    uai=known.uai,
                    failure=failure_of(exc, log, circonscription=known.uai),
                )
            )
    count = len(written)
    sentence = ngettext("{n} rapport écrit", "{n} rapports écrits", count)
    return Done(sentence, {"rapports": count}, tuple(failures)), written


def _circonscription(
    settings: Settings, ledger: Ledger, folder: Path, year: SchoolYear, known: Circonscription, author: str
) -> dict[Path, str]:
    files = {}
    reports: dict[Language, Listing] = {}
    for form in settings.nuit.rapports:
        spoken = spoken_in(form)
        if spoken not in reports:
            with speaking(spoken), ledger.read() as connection:
                reports[spoken] = questions.circonscription(
                    connection, settings, EVERYTHING, year, known.uai, details=True
                )
        if not reports[spoken].rows:
            return {}
        with speaking(spoken):
            file = deliver(render(reports[spoken], form), path(folder, year, known.uai, form))
        files[file] = said(reports[spoken])
    with ledger.write() as connection:
        record(connection, now_us(), author, "rapport.circonscription", known.uai, annee=str(year), nuit="oui")
    return files
