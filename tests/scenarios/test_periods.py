"""P1 to P5 by zone, and how sure their dates are."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from scenarios.calendar import SchoolYear
from scenarios.periods import periods
from scenarios.vocabularies import ACADEMIES

YEARS = [SchoolYear(first) for first in range(2023, 2027)]


@pytest.mark.parametrize(
    ("academie", "starts"),
    [
        ("Lyon", ["2026-09-01", "2026-11-02", "2027-01-04", "2027-03-01", "2027-04-26"]),
        ("Lille", ["2026-09-01", "2026-11-02", "2027-01-04", "2027-03-08", "2027-05-03"]),
        ("Paris", ["2026-09-01", "2026-11-02", "2027-01-04", "2027-02-22", "2027-04-19"]),
    ],
)
def test_each_zone_has_its_periods(academie: str, starts: list[str]) -> None:
    found = periods(SchoolYear(2026), academie)
    assert [period.debut.isoformat() for period in found] == starts
    assert [str(period) for period in found] == ["P1", "P2", "P3", "P4", "P5"]


@pytest.mark.parametrize("year", YEARS, ids=str)
@pytest.mark.parametrize("academie", ["Lyon", "Lille", "Paris"])
def test_every_day_has_one_period(year: SchoolYear, academie: str) -> None:
    found = periods(year, academie)
    assert (found[0].debut, found[-1].fin) == (year.start, year.end)
    assert all(after.debut - before.fin == timedelta(days=1) for before, after in pairwise(found))


@pytest.mark.parametrize(
    ("first", "academie", "certainties"),
    [
        (2023, "Lyon", ["verifie"] * 5),
        (2024, "Lyon", ["verifie", "verifie", "a_verifier", "a_verifier", "a_verifier"]),
        (2024, "Paris", ["verifie"] * 5),
        (2025, "Paris", ["verifie", "verifie", "a_verifier", "a_verifier", "a_verifier"]),
        (2026, "Lyon", ["projet"] * 5),
    ],
)
def test_a_period_is_as_sure_as_its_bounds(first: int, academie: str, certainties: list[str]) -> None:
    found = periods(SchoolYear(first), academie)
    assert [period.certitude for period in found] == certainties
    assert [period.sure for period in found] == [certainty == "verifie" for certainty in certainties]


def test_where_there_is_no_calendar_there_are_no_periods() -> None:
    overseas = [name for name, term in ACADEMIES.items() if term.facts["zone"] is None]
    assert "Guyane" in overseas
    assert all(periods(SchoolYear(2026), name) == () for name in overseas)
    assert periods(SchoolYear(2040), "Lyon") == ()
    with pytest.raises(KeyError):
        periods(SchoolYear(2026), "Atlantide")


def test_the_summer_belongs_to_the_last_period() -> None:
    assert periods(SchoolYear(2026), "Lyon")[-1].fin == date(2027, 8, 31)
