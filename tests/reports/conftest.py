"""The invented circonscription in a ledger of each test, and one report of each kind, made once."""

from __future__ import annotations

import shutil
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

import pytest
import time_machine

from connector.ledger.db import open_ledger
from connector.ledger.scope import EVERYTHING
from connector.reports import questions
from connector.settings import Settings
from scenarios.calendar import SchoolYear
from tests.reports import academy
from tests.reports.kit import CODE, CONFIGURATION, UAI, write_world

if TYPE_CHECKING:
    from pathlib import Path

    from connector.ledger.db import Ledger
    from connector.reports.listing import Listing
    from connector.reports.releve import Releve
    from connector.reports.report import Report
    from connector.reports.session_model import SessionReport

NOVEMBER = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
"""The second period is under way."""


@pytest.fixture
def world(ledger: Ledger) -> Ledger:
    """The ledger with everybody in it, on each database."""
    with ledger.write() as connection:
        write_world(connection)
    return ledger


@pytest.fixture(scope="session")
def reports(sqlite_ledger: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    """One report of each kind, as an operator sees them."""
    return read_reports(sqlite_ledger, tmp_path_factory.mktemp("donnees"))


def read_reports(sqlite_ledger: Path, folder: Path) -> dict[str, Report]:
    """Return one report of each kind, read in the language being spoken."""
    (folder / "parcours.toml").write_text(CONFIGURATION, encoding="utf-8")
    shutil.copy(sqlite_ledger, folder / "registre.db")
    settings, year = Settings.load(folder), SchoolYear(2026)
    with closing(open_ledger(settings.dsn)) as ledger, time_machine.travel(NOVEMBER, tick=False):
        with ledger.write() as connection:
            write_world(connection)
        with ledger.read() as connection:
            session = questions.session(connection, EVERYTHING, CODE)
            academie = questions.academie(connection, settings, EVERYTHING, year, "Lyon")
            assert session is not None
            assert academie is not None
            return {
                "circonscription": questions.circonscription(connection, settings, EVERYTHING, year, UAI, details=True),
                "ecole": questions.ecole(connection, settings, EVERYTHING, year, "0690001A", details=True),
                "tous": questions.everybody(connection, settings, EVERYTHING, year, details=True),
                "enseignant": questions.enseignant(connection, settings, EVERYTHING, year, "E0005"),
                "session": session,
                "academie": academie,
                **read_boards(sqlite_ledger, folder / "academie"),
            }


def read_boards(sqlite_ledger: Path, folder: Path) -> dict[str, Report]:
    """Return one dashboard of each kind, of a larger world."""
    folder.mkdir()
    (folder / "parcours.toml").write_text(academy.CONFIGURATION, encoding="utf-8")
    shutil.copy(sqlite_ledger, folder / "registre.db")
    settings, year = Settings.load(folder), SchoolYear(2026)
    with closing(open_ledger(settings.dsn)) as ledger:
        with ledger.write() as connection:
            academy.write_academy(connection)
            academy.write_needs(connection)
            academy.write_classroom(connection)
        with ledger.read() as connection:
            found = {
                "departement": questions.departement(connection, settings, EVERYTHING, year, "069"),
                "formateur": questions.formateur(connection, EVERYTHING, year, academy.FIP),
                "reseau": questions.reseau(connection, settings, EVERYTHING, year, "REP Jean-Moulin"),
                "numerique": questions.numerique(connection, settings, EVERYTHING, year, None),
                "statistiques": questions.statistiques(connection, settings, EVERYTHING, year),
                "besoins": questions.besoins(connection, settings, EVERYTHING, year, None, academy.answering),
                "conception": questions.conception(connection, EVERYTHING, "MATHS"),
                "en_classe": questions.session(connection, EVERYTHING, "MATHS"),
            }
    return {kind: report for kind, report in found.items() if report is not None}


@pytest.fixture
def listing(reports: dict[str, Report]) -> Listing:
    return cast("Listing", reports["circonscription"])


@pytest.fixture
def releve(reports: dict[str, Report]) -> Releve:
    return cast("Releve", reports["enseignant"])


@pytest.fixture
def session(reports: dict[str, Report]) -> SessionReport:
    return cast("SessionReport", reports["session"])
