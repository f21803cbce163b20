"""What is seen late, and clocks that are wrong: nothing is lost, and what would be without care is shown."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING
from uuid import UUID

import responses
from hypothesis import given
from hypothesis import strategies as st

from tests.xapi.collector import DAY, HERE, HOUR, SECOND, Collector, decoded, many, said
from tests.xapi.fake_lrs import FakeLrs
from xapi.bookmark import OVERLAP_US, Kind, added, readings
from xapi.statement import decode_statement

if TYPE_CHECKING:
    from xapi.bookmark import Policy


def test_a_late_transaction_is_seen_within_the_overlap(fake_lrs: FakeLrs) -> None:
    fake_lrs.hold(said(1, HERE - HOUR), said(2, HERE - HOUR + SECOND))
    fake_lrs.visible = lambda one: one["id"] != str(UUID(int=1))
    collector = Collector()
    assert collector.collect() == {2}
    fake_lrs.visible = lambda _: True
    assert collector.collect() == {1}
    assert set(collector.kinds()) == {Kind.FOLLOW}


def test_what_was_sent_just_after_a_reading_is_read_alone_and_the_next_one_overlaps_the_first(
    fake_lrs: FakeLrs,
) -> None:
    many(fake_lrs, 9, HERE - 60 * SECOND)
    fake_lrs.visible = lambda one: one["id"] != str(UUID(int=3))
    collector = Collector()
    assert len(collector.collect()) == 8
    fake_lrs.hold(said(10, HERE + SECOND))
    fake_lrs.now_us += 2 * HOUR
    fake_lrs.visible = lambda _: True
    assert collector.collect(added) == {10}
    assert [decoded(item) for step in collector.steps for item in step.items] == [decode_statement(fake_lrs.held[-1])]
    assert collector.collect() == {3}
    assert collector.bookmark.stored_us == HERE + SECOND


def test_what_comes_later_than_the_overlap_is_seen_by_the_night_s_reading(fake_lrs: FakeLrs) -> None:
    fake_lrs.hold(said(1, HERE - 40 * HOUR), said(2, HERE - HOUR))
    fake_lrs.visible = lambda one: one["id"] != str(UUID(int=1))
    collector = Collector()
    assert collector.collect() == {2}
    fake_lrs.visible = lambda _: True
    assert collector.collect() == set()
    collector.now_us += DAY
    assert collector.collect() == {1}
    assert set(collector.kinds()) == {Kind.REREAD}


def test_what_comes_later_than_two_days_is_seen_by_the_month_s_reading(fake_lrs: FakeLrs) -> None:
    fake_lrs.hold(said(1, HERE - 60 * HOUR), said(2, HERE - HOUR))
    fake_lrs.visible = lambda one: one["id"] != str(UUID(int=1))
    collector = Collector()
    collector.collect()
    fake_lrs.visible = lambda _: True
    collector.now_us += DAY
    assert collector.collect() == set()
    collector.now_us += 30 * DAY
    assert collector.collect() == {1}
    assert collector.kinds()[-1] is Kind.WHOLE


def test_a_statement_a_year_late_is_new_like_any_other(fake_lrs: FakeLrs) -> None:
    many(fake_lrs, 3)
    collector = Collector()
    collector.collect()
    fake_lrs.hold(said(9, HERE, happened_us=HERE - 365 * DAY))
    assert collector.collect() == {9}


def test_an_lrs_that_filters_on_timestamp_shows_it_within_the_week(fake_lrs: FakeLrs) -> None:
    everything = many(fake_lrs, 3)
    fake_lrs.filters_on = "timestamp"
    collector = Collector()
    assert collector.collect() == everything
    fake_lrs.hold(said(8, HERE, happened_us=HERE - 80 * DAY), said(9, HERE, happened_us=HERE - 365 * DAY))
    assert collector.collect() == {8}
    assert set(collector.kinds()) == {Kind.WINDOW}
    collector.now_us += 7 * DAY
    assert collector.collect() == {9}
    assert set(collector.kinds()) == {Kind.WHOLE}


def test_going_on_from_stored_at_such_an_lrs_would_lose_it(fake_lrs: FakeLrs) -> None:
    """The negative control: the same LRS, taken for one that filters on `stored`."""
    many(fake_lrs, 3)
    collector = Collector()
    collector.collect()
    fake_lrs.filters_on = "timestamp"
    fake_lrs.hold(said(8, HERE, happened_us=HERE - 80 * DAY))
    assert collector.collect() == set()


def test_a_day_ahead_then_right_again_loses_nothing(fake_lrs: FakeLrs) -> None:
    fake_lrs.now_us = HERE + DAY
    fake_lrs.hold(said(1, HERE + DAY - SECOND))
    collector = Collector()
    collector.collect()
    fake_lrs.now_us = HERE + HOUR
    fake_lrs.hold(said(2, HERE + HOUR))
    assert collector.collect() == {2}
    assert set(collector.kinds()) == {Kind.WHOLE}
    assert collector.bookmark.stored_us == HERE + HOUR
    fake_lrs.now_us += HOUR
    fake_lrs.hold(said(3, HERE + 2 * HOUR))
    assert collector.collect() == {3}
    assert set(collector.kinds()) == {Kind.FOLLOW}


def test_a_minute_back_needs_no_more_than_the_overlap(fake_lrs: FakeLrs) -> None:
    fake_lrs.hold(said(1, HERE))
    collector = Collector()
    collector.collect()
    fake_lrs.now_us = HERE - 60 * SECOND
    fake_lrs.hold(said(2, HERE - 60 * SECOND))
    assert collector.collect() == {2}
    assert set(collector.kinds()) == {Kind.FOLLOW}


def test_stored_in_the_future_does_not_carry_the_cursor_away(fake_lrs: FakeLrs) -> None:
    fake_lrs.hold(said(1, HERE - SECOND), said(2, HERE + DAY))
    collector = Collector()
    assert collector.collect() == {1, 2}
    assert collector.bookmark.stored_us == HERE
    fake_lrs.hold(said(3, HERE + SECOND))
    assert collector.collect() == {3}


@given(
    st.lists(st.tuples(st.integers(0, 3000), st.integers(0, OVERLAP_US // SECOND - 1)), max_size=25),
    st.integers(1, 6),
    st.lists(st.tuples(st.integers(0, 4000), st.sampled_from([readings, added])), max_size=6),
    st.booleans(),
)
def test_whoever_becomes_visible_within_the_overlap_is_never_lost(
    arrivals: list[tuple[int, int]], page: int, looks: list[tuple[int, Policy]], consistent: bool
) -> None:
    """`arrivals`: when each was stored, and how many seconds later it can be seen; `looks`: when we look, and how."""
    start = HERE - DAY
    visible_at = {str(UUID(int=n)): start + (at + late) * SECOND for n, (at, late) in enumerate(arrivals, 1)}
    lrs = FakeLrs([said(n, start + at * SECOND) for n, (at, _) in enumerate(arrivals, 1)], page=page)
    lrs.visible = lambda one: visible_at[one["id"]] <= lrs.now_us
    lrs.consistent = consistent
    collector = Collector()
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        lrs.serve(mock)
        for at, policy in [*sorted(looks, key=itemgetter(0)), (5000, readings)]:
            lrs.now_us = start + at * SECOND
            collector.collect(policy)
    assert collector.ids == set(range(1, len(arrivals) + 1))
