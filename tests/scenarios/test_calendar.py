from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from scenarios.calendar import RelativeDay, SchoolYear, end_of_day, school_year_of, timezone_of
from scenarios.vocabularies import ACADEMIES


def test_school_year_bounds() -> None:
    year = SchoolYear.parse("2026-2027")
    assert (year.start, year.end, year.days, str(year)) == (date(2026, 9, 1), date(2027, 8, 31), 365, "2026-2027")
    assert SchoolYear(2027).days == 366


@pytest.mark.parametrize("text", ["2026", "2026-2028", "2027-2026", "26-27", "2026/2027", " 2026-2027"])
def test_refuses_other_years(text: str) -> None:
    with pytest.raises(ValueError, match="deux années qui se suivent"):
        SchoolYear.parse(text)


@pytest.mark.parametrize(
    ("day", "year"),
    [(date(2026, 8, 31), "2025-2026"), (date(2026, 9, 1), "2026-2027"), (date(2027, 1, 1), "2026-2027")],
)
def test_school_year_of_a_day(day: date, year: str) -> None:
    assert str(school_year_of(day)) == year


def test_relative_day() -> None:
    day = RelativeDay.parse("J+21")
    assert day is not None
    assert (str(day), day.after(date(2026, 10, 5))) == ("J+21", date(2026, 10, 26))
    assert RelativeDay.parse("J-1") is RelativeDay.parse("J+1000") is None


def test_deadline_ends_the_local_day() -> None:
    until = end_of_day(date(2026, 10, 26), ZoneInfo("Indian/Reunion"))
    assert until == datetime.fromisoformat("2026-10-26T23:59+04:00")


def test_every_academie_has_a_time_zone() -> None:
    assert {str(timezone_of(name)) for name in ACADEMIES} >= {"Europe/Paris", "America/Cayenne", "Pacific/Noumea"}
    assert timezone_of("La Réunion").key == "Indian/Reunion"
