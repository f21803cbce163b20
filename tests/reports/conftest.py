"""A circonscription of invented people with difficult names, written straight into the ledger."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from connector.ledger import schema
from connector.ledger.schema import MAX_US, MIN_US
from connector.reports.circonscription import CirconscriptionReport, read

if TYPE_CHECKING:
    import sqlalchemy as sa

    from connector.ledger.db import Ledger

UAI, OTHER = "0693456G", "0383412C"
YEAR = "2026-2027"

FIGURES = {
    "quotite": 100_000,
    "due_min": 1080,
    "presence_min": 180,
    "distance_min": 360,
    "formation_continue_min": 540,
    "animation_min": 0,
    "fc_requis_min": 540,
    "retenu_min": 540,
    "reste_min": 540,
    "etat": "incomplet",
    "manques": [],
    "alertes": [],
}
PEOPLE: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("E0001", '=HYPERLINK("http://x")', "Anaïs", {}),
    ("E0002", "O'Brien", "<script>alert(1)</script>", {"etat": "atteint", "due_min": 540, "reste_min": 0}),
    ("E0003", "Échevarría-" + "Longnom" * 12, "Zoé", {"retenu_min": 0, "presence_min": 0, "distance_min": 0,
     "formation_continue_min": 0, "reste_min": 1080, "manques": ["formation continue 0:00/9:00"]}),
    ("E0004", "حداد", "ليلى", {"etat": "dispense", "due_min": 0, "fc_requis_min": 0, "reste_min": 0}),
    ("E0005", "Arnaud", "Camille", {"quotite": 62_500, "due_min": 675, "reste_min": 135,
     "alertes": ["Crédité dans la session X sans figurer sur sa liste (hors_liste)."]}),
)  # fmt: skip


def write_people(connection: sa.Connection) -> None:
    connection.execute(
        schema.session.insert().values(
            code="CM-1", matricule="26_ACA10_CALCMENTAL_1.0", parcours_key="26_ACA10_CALCMENTAL",
            titre="Enseigner le calcul mental", nature="formation_continue", theme="mathematiques",
            collection="action", circonscription=UAI, annee_scolaire=YEAR, cadre="animation",
            validation="achevement", debut=date(2026, 10, 5), fin=date(2026, 12, 18), fuseau="Europe/Paris",
            window_start_us=0, window_end_us=MAX_US, revision=1,
        )
    )  # fmt: skip
    connection.execute(
        schema.activity.insert().values(
            code="CM-1", activity_id="accueil", since_us=MIN_US, until_us=MAX_US, position=1, type="page",
            titre="Bienvenue", modalite="distance_asynchrone", credite=True, duree_min=15, locale=False,
            has_slots=False, gone_us=MAX_US,
        )
    )  # fmt: skip
    for number, (identifiant, nom, prenom, figures) in enumerate(PEOPLE, 1):
        write_teacher(connection, number, identifiant, nom, prenom, UAI, figures)
    write_teacher(connection, 99, "E0099", "Ailleurs", "Paul", OTHER, {})


def write_teacher(
    connection: sa.Connection, number: int, identifiant: str, nom: str, prenom: str, uai: str, figures: dict[str, Any]
) -> None:
    connection.execute(schema.teacher.insert().values(id=number, identifiant=identifiant, nom=nom, prenom=prenom))
    school = {"uai": f"069000{number % 2}A", "ecole": f"École {number % 2}"}
    values = {"teacher_id": number, "annee_scolaire": YEAR, "circonscription": uai, **school, **FIGURES, **figures}
    connection.execute(schema.balance.insert().values(values))
    # 31 August 2026, 22:30 UTC is 1 September in Paris.
    instant = int(datetime(2026, 8, 31, 22, 30, tzinfo=UTC).timestamp() * 1_000_000)
    connection.execute(
        schema.line.insert().values(
            teacher_id=number, code="CM-1", activity_id="accueil", annee_scolaire=YEAR, minutes=15,
            minutes_prevues=15, modalite="distance_asynchrone", nature="formation_continue", theme=None,
            decision="credite" if number % 2 else "refuse", motif=None if number % 2 else "annule",
            instant_us=instant, hors_liste=False, chevauchement=False,
        )
    )  # fmt: skip


@pytest.fixture
def report(ledger: Ledger) -> CirconscriptionReport:
    with ledger.write() as connection:
        write_people(connection)
    with ledger.read() as connection:
        rows = read(connection, UAI, YEAR)
    return CirconscriptionReport(UAI, "Lyon 4", YEAR, datetime(2026, 11, 22, 8, 30, tzinfo=UTC), rows)
