"""Retention: what was kept long enough goes, from the ledger, from the embedded LRS and from the data folder."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.gaia import store as gaia
from connector.language import N_
from connector.ledger.hidden import forget_names
from connector.ledger.instants import now_us
from connector.ledger.journal import record
from connector.ledger.retention import Limits, remove_old
from connector.ops.raw_store import kept, raw_store
from connector.reports.typography import count
from xapi.retention import Removed, remove_before

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from connector.ledger.db import Ledger
    from connector.settings import Settings

_YEAR = re.compile(r"\d{4}-\d{4}(?=\.|$)")
_REJECTS = re.compile(r"gaia-rejets-.+-(\d{8})\.csv")
REPORTS = "rapports"
"""The folder of reports, in the data folder: the night's, a folder a school year, and those that people ask for."""

WORDS: Mapping[str, tuple[str, str]] = {
    "preuves": (N_("preuve d'une ancienne année"), N_("preuves d'anciennes années")),
    "lignes": (N_("ligne de crédit"), N_("lignes de crédit")),
    "bilans": ("bilan", "bilans"),
    "missions": (N_("mission du pacte"), N_("missions du pacte")),
    "accompagnements": (N_("accompagnement noté"), N_("accompagnements notés")),
    "besoins": (N_("besoin de formation"), N_("besoins de formation")),
    "clotures": (N_("année close"), N_("années closes")),
    "sessions": ("session", "sessions"),
    "attente": (N_("déclaration qui n'a concerné personne"), N_("déclarations qui n'ont concerné personne")),
    "personnes": (N_("personne partie"), N_("personnes parties")),
    "journal": (N_("entrée du journal"), N_("entrées du journal")),
    "liens": (N_("lien ou connexion périmés"), N_("liens ou connexions périmés")),
    "gaia": (N_("ligne de GAIA"), N_("lignes de GAIA")),
    "brutes": (N_("déclaration brute du LRS intégré"), N_("déclarations brutes du LRS intégré")),
    "documents": (N_("document du LRS intégré"), N_("documents du LRS intégré")),
    "fichiers": (N_("rapport ou liste de rejets"), N_("rapports ou listes de rejets")),
}


@dataclass(frozen=True)
class Purged:
    """How much went, by what it is (a name of WORDS)."""

    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """All of it."""
        return sum(self.counts.values())

    def sentences(self) -> Iterator[str]:
        """Yield what went, in words."""
        return (count(number, *WORDS[name]) for name, number in self.counts.items() if number)


def purge(settings: Settings, ledger: Ledger, today: date, author: str, *, dry: bool) -> Purged:
    """Remove what is older than `[conservation]` says on that day; with `dry`, remove nothing and count the same."""
    counts = _from_ledger(settings, ledger, today, author, dry=dry)
    raw = _from_raw_store(settings, ledger, today, dry=dry)
    files = list(_old_files(settings, today))
    if not dry:
        if any(counts.values()):
            forget_names(ledger)
        for path in files:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    return Purged({**counts, "brutes": raw.statements, "documents": raw.documents, "fichiers": len(files)})


def _limits(settings: Settings, today: date) -> Limits:
    said = settings.conservation
    return Limits.on(today, years=said.annees, waiting=said.attente, journal=said.journal, notes=said.suivi)


def _from_ledger(settings: Settings, ledger: Ledger, today: date, author: str, *, dry: bool) -> dict[str, int]:
    """Remove in one transaction, in which a dry run is rolled back: it counts what would go, and nothing else."""
    with ledger.write() as connection:
        undone = connection.begin_nested()
        counts = remove_old(connection, _limits(settings, today))
        counts["gaia"] = sum(gaia.purge(connection, today, author=author, at_us=now_us()).values())
        if dry:
            undone.rollback()
        elif any(counts.values()):
            said = {name: number for name, number in counts.items() if number}
            record(connection, now_us(), author, "rgpd.purger", today.isoformat(), **said)
    return counts


def _from_raw_store(settings: Settings, ledger: Ledger, today: date, *, dry: bool) -> Removed:
    if not kept(settings.dsn_brut):
        return Removed()
    with raw_store(settings.dsn_brut, ledger.pseudonyms) as store:
        limits = Limits.on(today, years=0, waiting=settings.base.conservation_brut, journal=0, notes=0)
        return remove_before(store.database, limits.waiting_us, dry=dry)


def _old_files(settings: Settings, today: date) -> Iterator[Path]:
    """Yield the reports of years that are no longer kept, and what GAIA's exports had wrong, after its two years."""
    first = str(_limits(settings, today).year)
    folder = settings.folder / REPORTS
    if folder.is_dir():
        for path in sorted(folder.iterdir()):
            found = _YEAR.search(path.name)
            if found is not None and found[0] < first:
                yield path
    oldest = f"{gaia.oldest(today):%Y%m%d}"
    for path in sorted(settings.folder.glob("gaia-rejets-*.csv")):
        found = _REJECTS.fullmatch(path.name)
        if found is not None and found[1] < oldest:
            yield path
