"""Who is a beginner, as far as the roster knows, and who is seen first."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.suivi.standing import Accompanied, Meetings, Served, entry_of, first_seen
from scenarios.calendar import SchoolYear

YEAR = SchoolYear(2026)
SEPTEMBER = {year: date(year, 9, 1) for year in range(2019, 2028)}


def served(situation: str = "PE_ADJOINT", debut: date | None = None, fin: date | None = None) -> Served:
    return Served(situation, debut, fin)


@pytest.mark.parametrize(
    ("services", "entry"),
    [
        ([served("PES_50")], "PES"),
        ([served("PES_100", SEPTEMBER[2026])], "PES"),
        ([served("PES_50", SEPTEMBER[2025], date(2026, 8, 31)), served(debut=SEPTEMBER[2026])], "T1"),
        ([served("PES_50", SEPTEMBER[2024], date(2025, 8, 31)), served("T1_T2", SEPTEMBER[2025])], "T2"),
        ([served("PES_50", SEPTEMBER[2023], date(2024, 8, 31)), served(debut=SEPTEMBER[2024])], "T3"),
        ([served("PES_50", SEPTEMBER[2022], date(2023, 8, 31)), served(debut=SEPTEMBER[2023])], None),
        ([served("T1_T2")], "T1_T2"),
        ([served("T1_T2", SEPTEMBER[2025])], "T2"),
        ([served("T1_T2", SEPTEMBER[2024])], "T1_T2"),
        ([served(debut=SEPTEMBER[2026])], "T1"),
        ([served(debut=date(2026, 11, 2))], "T1"),
        ([served(debut=SEPTEMBER[2024])], "T3"),
        ([served(debut=SEPTEMBER[2023])], None),
        ([served()], None),
        ([served(fin=date(2026, 10, 1)), served(debut=date(2026, 10, 2))], None),
        ([served("PES_50", SEPTEMBER[2027])], None),
        ([], None),
    ],
)
def test_the_entry_into_the_trade(services: list[Served], entry: str | None) -> None:
    assert entry_of(services, YEAR) == entry


def test_the_day_on_which_the_roster_begins_makes_nobody_a_beginner() -> None:
    starts = frozenset({SEPTEMBER[2026]})
    assert entry_of([served(debut=SEPTEMBER[2026])], YEAR, starts) is None
    assert entry_of([served(debut=SEPTEMBER[2026]), served(debut=date(2027, 1, 4))], YEAR, starts) is None
    assert entry_of([served("T1_T2", SEPTEMBER[2026])], YEAR, starts) == "T1_T2"
    assert entry_of([served(debut=date(2026, 11, 2))], YEAR, starts) == "T1"


PEOPLE = st.builds(
    Accompanied,
    identifiant=st.text("AB", min_size=1),
    nom=st.sampled_from("XY"),
    prenom=st.just(""),
    ecole=st.just(""),
    circonscription=st.just(""),
    entry=st.sampled_from([None, "PES", "T3"]),
    meetings=st.just(Meetings()),
    minutes=st.just(0),
    seen=st.none() | st.dates(date(2026, 9, 1), date(2026, 9, 4)),
)


@given(st.lists(PEOPLE))
def test_beginners_come_first_then_those_not_seen_for_longest(people: list[Accompanied]) -> None:
    found = first_seen(people)
    assert sorted(map(id, found)) == sorted(map(id, people))
    beginners = [one.entry is not None for one in found]
    assert beginners == sorted(beginners, reverse=True)
    for part in (True, False):
        days = [one.seen or date.min for one in found if (one.entry is not None) is part]
        assert days == sorted(days)
