from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.durations import MAX_MINUTES, format_duration, format_hours, parse_duration


@pytest.mark.parametrize(
    ("written", "minutes"),
    [("45min", 45), ("1h30", 90), ("3h", 180), ("1h05", 65), ("90", 90), (90, 90), (0, 0), ("0min", 0), ("75min", 75)],
)
def test_reads(written: str | int, minutes: int) -> None:
    assert parse_duration(written) == minutes


@pytest.mark.parametrize(
    "written",
    ["", "1h5", "1h60", "-1", -1, True, False, 1.5, None, "1.5h", "1 h 30", "1H30", "h30", "30m", "١٢", [], "1h30min"],
)
def test_refuses_in_french(written: Any) -> None:
    with pytest.raises(ValueError, match="incomprise\u00a0: écrivez «\u00a045min\u00a0»"):
        parse_duration(written)


def test_refuses_what_is_too_long() -> None:
    with pytest.raises(ValueError, match=r"durée trop longue\u00a0: 999h, au plus 166h39"):
        parse_duration("999h")


@given(st.integers(0, MAX_MINUTES))
def test_reads_back_what_it_writes(minutes: int) -> None:
    assert parse_duration(format_duration(minutes)) == minutes


@given(st.text())
def test_never_raises_anything_else(text: str) -> None:
    try:
        minutes = parse_duration(text)
    except ValueError:
        minutes = 0
    assert 0 <= minutes <= MAX_MINUTES


@pytest.mark.parametrize(
    ("minutes", "shown"), [(0, "0:00"), (90, "1:30"), (1080, "18:00"), (-90, "-1:30"), (-5, "-0:05")]
)
def test_hours(minutes: int, shown: str) -> None:
    assert format_hours(minutes) == shown
