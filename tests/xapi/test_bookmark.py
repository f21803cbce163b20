"""What is read when: the policy, on our clock for how often and on the LRS's for from where."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from xapi.bookmark import (
    OVERLAP_US,
    REREAD_US,
    WINDOW_US,
    Bookmark,
    Kind,
    Reading,
    added,
    probe_is_due,
    readings,
)
from xapi.errors import DataError
from xapi.instants import to_us
from xapi.probe import Abilities
from xapi.store import system_clock

START = datetime(2026, 10, 7, 3, 0, tzinfo=UTC)
THERE = 5_000_000_000_000_000
"""An instant of the LRS's clock, nowhere near ours."""

STORED = Abilities(version="1.0.3", consistent_through=True, filters_on="stored", page_limit=None)
RALPH = Abilities(version=None, consistent_through=False, filters_on="timestamp", page_limit=100)
UNTOLD = Abilities(version=None, consistent_through=False, filters_on=None, page_limit=None)


def kinds(bookmark: Bookmark, at: datetime) -> list[str]:
    with time_machine.travel(at, tick=False):
        return [one.kind.value for one in readings(bookmark, system_clock())]


def read_at(at: datetime, abilities: Abilities = STORED) -> Bookmark:
    us = to_us(at)
    return Bookmark(THERE, THERE, None, THERE, us, us, abilities)


@pytest.mark.parametrize("abilities", [STORED, RALPH, UNTOLD, None])
def test_at_first_everything_is_read(abilities: Abilities | None) -> None:
    assert readings(Bookmark(abilities=abilities), to_us(START)) == (Reading(Kind.WHOLE),)


def test_an_hour_later_it_goes_on_from_a_quarter_of_an_hour_before() -> None:
    now = to_us(START + timedelta(hours=1))
    assert readings(read_at(START), now) == (Reading(Kind.FOLLOW, THERE - OVERLAP_US),)


@pytest.mark.parametrize(("hours", "kind"), [(19, "suite"), (20, "relecture"), (24, "relecture")])
def test_each_night_two_days_are_read_again(hours: int, kind: str) -> None:
    bookmark = read_at(START)
    assert kinds(bookmark, START + timedelta(hours=hours)) == [kind]
    with time_machine.travel(START + timedelta(hours=24), tick=False):
        assert readings(bookmark, system_clock())[0].since_us == THERE - REREAD_US


@pytest.mark.parametrize(
    ("quiet_us", "before_us"),
    [
        (-1, REREAD_US),
        (0, REREAD_US),
        (REREAD_US // 2, REREAD_US // 2),
        (REREAD_US - OVERLAP_US, OVERLAP_US),
        (REREAD_US * 30, OVERLAP_US),
    ],
)
def test_what_is_old_for_the_lrs_s_clock_is_not_read_again_night_after_night(quiet_us: int, before_us: int) -> None:
    """`quiet_us` after the newest statement the last reading began; what is read again never starts after a quarter
    of an hour before that statement, whatever the clock that the LRS tells.
    """
    bookmark = msgspec.structs.replace(read_at(START), server_us=THERE + quiet_us)
    now = to_us(START + timedelta(hours=24))
    assert readings(bookmark, now) == (Reading(Kind.REREAD, THERE - before_us),)


def test_a_month_of_nights_reads_everything_again_once_and_what_is_new_first() -> None:
    bookmark, made = read_at(START), []
    for night in range(1, 46):
        at = START + timedelta(days=night)
        found = kinds(bookmark, at)
        made.append(found)
        whole_us = to_us(at) if "complete" in found else bookmark.whole_us
        bookmark = Bookmark(THERE, THERE, None, THERE, to_us(at), whole_us, STORED)
    assert made == [["relecture"]] * 29 + [["relecture", "complete"]] + [["relecture"]] * 15


def test_a_whole_reading_that_was_cut_goes_on_and_stops_where_the_cursor_is() -> None:
    old = to_us(START - timedelta(days=40))
    cut = Bookmark(THERE, THERE, THERE - 7, THERE, to_us(START), old, STORED)
    assert readings(cut, to_us(START))[1] == Reading(Kind.WHOLE, THERE - 7 - OVERLAP_US, THERE)


def test_a_first_reading_that_was_cut_is_gone_on_with() -> None:
    cut = Bookmark(stored_us=THERE - 1, whole_at_us=THERE, abilities=STORED)
    assert readings(cut, to_us(START)) == (Reading(Kind.WHOLE, THERE - 1 - OVERLAP_US),)


def test_what_was_sent_just_after_a_reading_is_read_without_an_overlap() -> None:
    now = to_us(START)
    assert added(read_at(START), now) == (Reading(Kind.ADDED, THERE),)


@pytest.mark.parametrize(
    ("met", "begins"), [(-1, 0), (0, 0), (700_000, 700_000), (OVERLAP_US, OVERLAP_US), (OVERLAP_US + 1, 0)]
)
def test_what_was_met_after_the_bookmark_is_not_read_again(met: int, begins: int) -> None:
    """A `Date` has no fraction, so that the bookmark is before what was met; far after it, a clock was wrong."""
    bookmark = msgspec.structs.replace(read_at(START), seen_us=THERE + met)
    assert added(bookmark, to_us(START)) == (Reading(Kind.ADDED, THERE + begins),)


@pytest.mark.parametrize(
    "bookmark",
    [
        Bookmark(),
        Bookmark(abilities=STORED),
        Bookmark(stored_us=THERE - 1, whole_at_us=THERE, abilities=STORED),
        read_at(START, RALPH),
    ],
)
def test_where_nothing_says_what_is_new_what_was_sent_is_read_like_the_rest(bookmark: Bookmark) -> None:
    assert added(bookmark, to_us(START)) == readings(bookmark, to_us(START))


@pytest.mark.parametrize("abilities", [RALPH, UNTOLD])
@pytest.mark.parametrize(("days", "kind"), [(0, "fenetre"), (6, "fenetre"), (7, "complete")])
def test_an_lrs_that_does_not_filter_on_stored_gives_its_last_90_days_and_each_week_everything(
    abilities: Abilities, days: int, kind: str
) -> None:
    bookmark = read_at(START, abilities)
    assert kinds(bookmark, START + timedelta(days=days)) == [kind]
    assert readings(bookmark, to_us(START))[0].since_us == THERE - WINDOW_US


def test_without_the_clock_of_such_an_lrs_everything_is_read() -> None:
    us = to_us(START)
    assert readings(Bookmark(THERE, THERE, None, None, us, us, RALPH), us) == (Reading(Kind.WHOLE),)


def test_a_clock_of_ours_that_was_ahead_puts_nothing_off() -> None:
    assert kinds(read_at(START + timedelta(days=400)), START) == ["relecture", "complete"]


def test_what_the_lrs_can_do_is_asked_until_it_is_known_then_each_month() -> None:
    now = to_us(START)
    assert probe_is_due(Bookmark(), now)
    assert probe_is_due(read_at(START, UNTOLD), now)
    assert not probe_is_due(read_at(START), now)
    assert not probe_is_due(read_at(START, RALPH), now)
    assert probe_is_due(read_at(START - timedelta(days=30)), now)


@given(st.none() | st.integers(-(2**62), 2**62), st.sampled_from([None, STORED, RALPH]))
def test_a_bookmark_comes_back_as_it_was(stored: int | None, abilities: Abilities | None) -> None:
    bookmark = Bookmark(stored_us=stored, whole_at_us=stored, abilities=abilities)
    assert Bookmark.from_json(bookmark.to_json()) == bookmark


def test_a_bookmark_of_the_first_version_is_read() -> None:
    assert Bookmark.from_json('{"stored_us": 20}') == Bookmark(20)


@pytest.mark.parametrize("text", ["", "[]", '{"stored_us": "x"}', '{"stored_us": 1, "x": 2}'])
def test_refuses_a_bookmark_that_is_none(text: str) -> None:
    with pytest.raises(DataError, match="bookmark"):
        Bookmark.from_json(text)
