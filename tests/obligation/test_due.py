"""What is owed: the published part-time values, and every step that `expliquer` shows."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from connector.errors import DataError
from connector.ledger.roster import Interval
from connector.obligation.due import due, half_up, quotites, reported_quotite, reporting_interval
from connector.obligation.policy import Derogation, LocalRules, Policy
from connector.settings import Settings
from scenarios.calendar import SchoolYear

YEAR = SchoolYear(2026)
MODULE = Policy("module_3h_sup")


def service(quotite: int = 100_000, **changes: Any) -> Interval:
    values = {
        "uai": "0690001B",
        "ecole": "École Jean-Macé",
        "circonscription": "0693456G",
        "departement": "069",
        "academie": "Lyon",
        "degre": "1D",
        "situation": "PE_ADJOINT",
        "quotite": quotite,
        "debut": None,
        "fin": None,
        "imputation_min": 0,
    }
    return Interval(**(values | changes))


@pytest.mark.parametrize(
    ("quotite", "exact", "published_hours"),
    [
        (50_000, 540, 9),
        (62_500, 675, 12),
        (65_630, 709, 12),
        (75_000, 810, 15),
        (78_130, 844, 15),
        (80_000, 864, 15),
        (100_000, 1080, 18),
    ],
)
def test_the_seven_published_part_time_values(quotite: int, exact: int, published_hours: int) -> None:
    assert due([service(quotite)], YEAR).minutes == exact
    assert due([service(quotite)], YEAR, MODULE).minutes == published_hours * 60


def test_a_change_in_the_year_shows_both_parts() -> None:
    found = due(
        [service(100_000, debut=date(2027, 3, 1)), service(80_000, debut=date(2020, 9, 1), fin=date(2027, 2, 28))], YEAR
    )
    assert [(part.first, part.last, part.days) for part in found.parts] == [
        (date(2026, 9, 1), date(2027, 2, 28), 181),
        (date(2027, 3, 1), date(2027, 8, 31), 184),
    ]
    assert found.exact == Fraction(1080 * (80 * 181 + 100 * 184), 100 * 365)
    assert found.minutes == 973


def test_a_leap_year_has_366_days() -> None:
    found = due([service(fin=date(2028, 2, 29))], SchoolYear(2027))
    assert found.exact == Fraction(1080 * 182, 366)


def test_halves_are_rounded_up_once() -> None:
    assert [half_up(Fraction(n, 2)) for n in range(5)] == [0, 1, 1, 2, 2]
    thirds = [service(33_333, uai="1"), service(33_333, uai="2"), service(33_334, uai="3")]
    assert due(thirds, YEAR).minutes == 1080


def test_the_minute_is_rounded_before_the_module() -> None:
    """50.02 % is 540.2 minutes, 9:00 to the minute: the module stays at 9 h."""
    assert due([service(50_020)], YEAR, MODULE).minutes == 540


def test_a_lump_counts_each_day_once_and_pro_rata() -> None:
    half = service(50_000, situation="PES_50")
    assert due([half, half], YEAR).minutes == 360
    left = due([service(50_000, situation="PES_50", fin=date(2027, 2, 28))], YEAR)
    assert left.exact == Fraction(360 * 181, 365)


@pytest.mark.parametrize("changes", [{"degre": "2D"}, {"situation": "2D"}, {"situation": "SERVICE_21H"}])
def test_some_owe_nothing(changes: dict[str, str]) -> None:
    found = due([service(**changes)], YEAR)
    assert (found.minutes, found.parts[0].mode) == (0, "aucun")


def test_an_imputation_lowers_the_due_up_to_its_ceiling_and_never_below_zero() -> None:
    found = due([service(imputation_min=300, fin=date(2026, 12, 31)), service(imputation_min=300)], YEAR)
    assert (found.imputation_asked, found.imputation) == (600, 540)
    small = due([service(25_000, imputation_min=540)], YEAR)
    assert (small.before_imputation, small.minutes) == (270, 0)


def test_a_derogation_replaces_the_rounded_due() -> None:
    found = due([service(75_000, imputation_min=60)], YEAR, MODULE, Derogation(720, "decision_ien"))
    assert (found.before_imputation, found.minutes, found.exact) == (720, 660, 810)


def test_outside_the_year_nothing_is_owed() -> None:
    past = service(fin=date(2026, 8, 31))
    found = due([past], YEAR)
    assert (found.minutes, found.parts, found.peak_quotite) == (0, (), 0)
    assert reporting_interval([past], YEAR) is None


def test_the_last_interval_reports_the_teacher() -> None:
    first = service(debut=date(2020, 9, 1), fin=date(2027, 1, 31), uai="1")
    last = service(debut=date(2027, 2, 1), uai="2")
    both = service(50_000, debut=date(2027, 3, 1), uai="3")
    assert reporting_interval([last, first], YEAR) == last
    assert reporting_interval([last, both, first], YEAR) == both


def test_the_quotite_of_a_report_is_that_of_all_schools_at_the_end() -> None:
    before = service(80_000, fin=date(2027, 1, 31))
    two = [service(50_000, debut=date(2027, 2, 1), uai="1"), service(30_000, debut=date(2027, 2, 1), uai="2")]
    assert reported_quotite([before, *two], two[0], YEAR) == 80_000
    left = service(50_000, debut=date(2027, 2, 1), fin=date(2027, 5, 31))
    later = service(100_000, debut=date(2027, 9, 1))
    assert reported_quotite([before, left, later], left, YEAR) == 50_000
    assert reported_quotite([later], later, YEAR) == 100_000, "who is only credited in the year"


def test_the_quotites_of_the_year_come_with_their_days() -> None:
    half = [service(50_000, uai="1"), service(50_000, uai="2")]
    assert quotites(due(half, YEAR)) == ((date(2026, 9, 1), 100_000),)
    rows = [service(80_000, fin=date(2027, 1, 31)), service(100_000, debut=date(2027, 3, 1))]
    assert quotites(due(rows, YEAR)) == ((date(2026, 9, 1), 80_000), (date(2027, 3, 1), 100_000))
    assert quotites(due([], YEAR)) == ()


def test_the_peak_is_the_highest_day() -> None:
    rows = [service(80_000), service(30_000, debut=date(2027, 5, 1)), service(20_000, fin=date(2027, 1, 1))]
    assert due(rows, YEAR).peak_quotite == 110_000


def test_an_unknown_situation_is_refused() -> None:
    with pytest.raises(DataError, match="situation"):
        due([service(situation="XX")], YEAR)


def test_local_rules_come_from_the_configuration() -> None:
    settings = Settings.model_validate(
        {
            "politique": [
                {
                    "circonscription": "0693456G",
                    "annee_scolaire": "2026-2027",
                    "arrondi": "module_3h_sup",
                    "distance_min": "9h",
                    "themes_min": {"francais": "6h"},
                    "decide_par": "IEN",
                    "decide_le": date(2026, 9, 15),
                }
            ],
            "derogation": [
                {"identifiant": "E0042", "annee_scolaire": "2026-2027", "du": "12h", "motif": "decision_ien"}
            ],
        }
    )
    local = LocalRules.of(settings)
    assert local.policy("0693456G", "2026-2027") == Policy(
        "module_3h_sup", 540, {"francais": 360}, "IEN", date(2026, 9, 15)
    )
    assert local.policy("0693456G", "2025-2026") == Policy()
    assert local.derogation("E0042", "2026-2027") == Derogation(720, "decision_ien")
    assert local.derogation("E0042", "2025-2026") is None
