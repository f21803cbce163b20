"""The roster in the ledger: what an import changes, closes, touches and journals."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from connector.errors import DataError
from connector.ledger.people import Imported
from connector.ledger.removal import remove_person
from connector.ledger.schema import MAX_US, MIN_US, balance, journal, pacte_mission, service, teacher, touched
from connector.obligation.policy import LocalRules
from connector.obligation.reconcile import reconcile
from scenarios.calendar import SchoolYear
from tests.ledger.kit import T0, bring, row
from xapi.instants import to_us

if TYPE_CHECKING:
    from connector.ledger.db import Ledger


def services(ledger: Ledger) -> list[tuple[str, int, date | None, date | None]]:
    query = (
        sa.select(teacher.c.identifiant, service.c.quotite, service.c.debut, service.c.fin)
        .join(service)
        .order_by(teacher.c.identifiant, service.c.quotite)
    )
    with ledger.read() as connection:
        return [(row.identifiant, row.quotite, row.debut, row.fin) for row in connection.execute(query)]


def touched_names(ledger: Ledger) -> set[str]:
    with ledger.read() as connection:
        return set(connection.scalars(sa.select(teacher.c.identifiant).join(touched)))


def test_a_first_import_creates_touches_and_journals(ledger: Ledger) -> None:
    with ledger.write() as connection:
        assert bring(connection, row("E1"), row("E2")) == Imported(("E1", "E2"), (), (), 0)
    assert touched_names(ledger) == {"E1", "E2"}
    with ledger.read() as connection:
        query = sa.select(journal.c.action, journal.c.subject, journal.c.author).order_by(journal.c.id)
        entries = connection.execute(query).all()
    assert [tuple(entry) for entry in entries] == [
        ("personnels.cree", "E1", "essai"),
        ("personnels.cree", "E2", "essai"),
    ]


def test_a_second_import_changes_nothing_at_all(ledger: Ledger) -> None:
    rows = (row("E1", quotite="50", fin="2027-02-28"), row("E1", debut="2027-03-01"), row("E2"))
    with ledger.write() as connection:
        bring(connection, *rows)
        connection.execute(touched.delete())
    with ledger.write() as connection:
        done = bring(connection, *reversed(rows))
        assert (done.nothing, done.unchanged) == (True, 2)
    assert touched_names(ledger) == set()


def test_an_import_replaces_those_it_lists_and_leaves_the_others(ledger: Ledger) -> None:
    with ledger.write() as connection:
        bring(connection, row("E1"), row("E2"))
        connection.execute(touched.delete())
        assert bring(connection, row("E2", quotite="75", nom="Durand")) == Imported((), ("E2",), (), 0)
    assert services(ledger) == [("E1", 100_000, None, None), ("E2", 75_000, None, None)]
    assert touched_names(ledger) == {"E2"}
    with ledger.read() as connection:
        assert connection.scalar(sa.select(teacher.c.nom).where(teacher.c.identifiant == "E2")) == "Durand"


def test_complet_closes_those_it_does_not_list_the_day_before(ledger: Ledger) -> None:
    with ledger.write() as connection:
        bring(
            connection,
            row("E1"),
            row("E2", quotite="10", fin="2026-08-31"),
            row("E2", quotite="20", debut="2026-09-01"),
            row("E2", quotite="30", debut="2027-01-01"),
        )
        done = bring(connection, row("E1"), complete=True, today=date(2026, 10, 1))
        assert done == Imported((), (), ("E2",), 1)
    assert services(ledger) == [
        ("E1", 100_000, None, None),
        ("E2", 10_000, None, date(2026, 8, 31)),
        ("E2", 20_000, date(2026, 9, 1), date(2026, 9, 30)),
    ]
    with ledger.write() as connection:
        assert bring(connection, row("E1"), complete=True, today=date(2026, 10, 2)).nothing


def test_somebody_whose_every_service_is_to_come_is_left_with_none(ledger: Ledger) -> None:
    with ledger.write() as connection:
        bring(connection, row("E1"), row("E2", debut="2027-01-01"))
        bring(connection, row("E1"), complete=True)
    assert [name for name, *_ in services(ledger)] == ["E1"]


@pytest.mark.parametrize(("academie", "zone"), [("Lyon", "Europe/Paris"), ("La Réunion", "Indian/Reunion")])
def test_a_day_of_service_begins_at_the_academie_s_midnight(ledger: Ledger, academie: str, zone: str) -> None:
    with ledger.write() as connection:
        bring(connection, row("E1", academie=academie, debut="2026-09-01", fin="2027-08-31"))
        bounds = connection.execute(sa.select(service.c.start_us, service.c.end_us)).one()
    expected = [to_us(datetime(year, 9, 1, tzinfo=ZoneInfo(zone))) for year in (2026, 2027)]
    assert list(bounds) == expected


def test_an_open_bound_meets_no_null(ledger: Ledger) -> None:
    with ledger.write() as connection:
        bring(connection, row("E1"))
        assert connection.execute(sa.select(service.c.start_us, service.c.end_us)).one() == (MIN_US, MAX_US)


def test_somebody_entered_by_mistake_owes_nothing_once_removed(ledger: Ledger) -> None:
    with ledger.write() as connection:
        bring(connection, row("E1"), row("X4"))
        reconcile(connection, LocalRules(), SchoolYear(2026))
        bring(connection, row("E1"), complete=True)
        reconcile(connection, LocalRules(), SchoolYear(2026))
        owed = sa.select(balance.c.due_min > 0).join(teacher).where(teacher.c.identifiant == "X4")
        assert connection.scalars(owed).all() == [True]  # a month of service, as far as anybody knows
        remove_person(connection, "X4", author="essai", at_us=T0)
        reconcile(connection, LocalRules(), SchoolYear(2026))
        assert connection.scalars(owed).all() == []
        last = sa.select(journal.c.action, journal.c.subject, journal.c.author).order_by(journal.c.id.desc())
        assert tuple(connection.execute(last).first() or ()) == ("personnels.retire", "X4", "essai")


def test_who_has_a_mission_of_the_pacte_is_not_removed(ledger: Ledger) -> None:
    with ledger.write() as connection:
        bring(connection, row("E1"))
        teacher_id = connection.scalar(sa.select(teacher.c.id))
        mission = {"teacher_id": teacher_id, "annee_scolaire": "2026-2027", "mission": "x", "demi_part": False}
        connection.execute(pacte_mission.insert().values(mission))
        with pytest.raises(DataError, match="des missions du pacte"):
            remove_person(connection, "E1", author="essai", at_us=T0)
