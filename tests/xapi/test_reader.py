"""Reading an LRS that behaves otherwise than it should: each fault with its negative control beside it."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st

from tests.xapi.fake_lrs import NOW, FakeLrs, client, unspoilt
from xapi.bookmark import OVERLAP_US, Bookmark, Kind
from xapi.errors import FatalError, NotFoundError, RetriableError, StatementError, TooLargeError
from xapi.instants import format_us, parse_timestamp
from xapi.reader import read
from xapi.statement import decode_statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from requests import PreparedRequest

    from tests.xapi.fake_lrs import Reply
    from xapi.reader import Step
    from xapi.statement import Statement

HERE = parse_timestamp(NOW)
SECOND, HOUR, DAY = 1_000_000, 3_600_000_000, 86_400_000_000


@pytest.fixture
def lrs() -> Iterator[FakeLrs]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        served = FakeLrs()
        served.serve(mock)
        yield served


def said(number: int, stored_us: int, *, happened_us: int | None = None, **more: Any) -> dict[str, Any]:
    """A statement delivered a minute after what it says, unless told otherwise."""
    return {
        "id": str(UUID(int=number)),
        "actor": {"mbox": "mailto:lea.martin@ac-exemple.fr"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
        "object": {"id": "https://moodle.exemple.fr/mod/page/view.php?id=12"},
        "timestamp": format_us(stored_us - 60 * SECOND if happened_us is None else happened_us),
        "stored": format_us(stored_us),
    } | more


def decoded(raw: bytes) -> Statement | None:
    try:
        return decode_statement(raw)
    except StatementError:
        return None


class Collector:
    """Keeps what it reads and the bookmark, as the ledger does."""

    def __init__(self, now_us: int = HERE, **route: Any) -> None:
        self.bookmark = Bookmark()
        self.now_us = now_us
        self.route = route
        self.ids: set[int] = set()
        self.steps: list[Step] = []

    def collect(self) -> set[int]:
        """Return what is new."""
        before = set(self.ids)
        self.steps = []
        with closing(client(**self.route)) as opened:
            for step in read(opened, self.bookmark, self.now_us):
                self.ids |= {found.id.int for found in map(decoded, step.items) if found and found.id}
                self.bookmark = step.bookmark
                self.steps.append(step)
        return self.ids - before

    def kinds(self) -> list[Kind]:
        return [step.kind for step in self.steps]


def many(lrs: FakeLrs, number: int, start_us: int = HERE - DAY) -> set[int]:
    lrs.hold(*(said(n, start_us + n * SECOND) for n in range(1, number + 1)))
    return set(range(1, number + 1))


def test_a_chain_that_expires_is_begun_again_where_it_came(lrs: FakeLrs) -> None:
    everything = many(lrs, 12)
    lrs.page, lrs.keeps_chains = 3, False
    collector = Collector()
    assert collector.collect() == everything
    assert collector.bookmark.stored_us == HERE - DAY + 12 * SECOND
    assert collector.bookmark.whole_us == HERE


@pytest.mark.parametrize("status", [400, 404, 410, 500])
def test_whatever_the_lrs_says_of_a_page_that_it_forgot(lrs: FakeLrs, status: int) -> None:
    everything = many(lrs, 12)
    lrs.page, forgotten = 5, []

    def forget(request: PreparedRequest, reply: Reply) -> Reply:
        if "more=" not in str(request.url) or forgotten:
            return reply
        forgotten.append(request.url)
        return status, {}, b"forgotten"

    lrs.spoil = forget
    assert Collector().collect() == everything
    assert forgotten


def test_a_chain_that_expires_before_it_brings_anything_ends_with_the_lrs_s_own_answer(lrs: FakeLrs) -> None:
    lrs.hold(*(said(n, HERE - DAY) for n in range(1, 9)))  # all of one instant: nothing to begin again from
    lrs.page, lrs.keeps_chains = 3, False
    with pytest.raises(NotFoundError):
        Collector().collect()


def test_an_lrs_that_is_not_there_is_not_taken_for_an_expired_chain(lrs: FakeLrs) -> None:
    many(lrs, 12)
    lrs.page = 5
    lrs.spoil = lambda request, reply: (503, {}, b"") if "more=" in str(request.url) else reply
    with pytest.raises(RetriableError):
        Collector().collect()


def test_more_that_ends_too_early_is_asked_for_again(lrs: FakeLrs) -> None:
    everything = many(lrs, 30)
    lrs.page, lrs.ends_after = 4, 2
    collector = Collector()
    assert collector.collect() == everything
    assert len(lrs.readings()) > 2
    assert collector.collect() == set()


def test_a_chain_that_ends_too_early_just_where_the_last_reading_came_is_gone_on_from(lrs: FakeLrs) -> None:
    many(lrs, 4)
    lrs.page, lrs.ends_after = 4, 1
    collector = Collector()
    assert collector.collect() == {1, 2, 3, 4}
    lrs.hold(*(said(n, HERE - DAY + n * SECOND) for n in range(5, 9)))
    assert collector.collect() == {5, 6, 7, 8}


def test_the_same_page_twice_changes_nothing(lrs: FakeLrs) -> None:
    everything = many(lrs, 10)
    lrs.hold(*lrs.held)
    lrs.page = 3
    assert Collector().collect() == everything


def test_a_late_transaction_is_seen_within_the_overlap(lrs: FakeLrs) -> None:
    lrs.hold(said(1, HERE - HOUR), said(2, HERE - HOUR + SECOND))
    lrs.visible = lambda one: one["id"] != str(UUID(int=1))
    collector = Collector()
    assert collector.collect() == {2}
    lrs.visible = lambda _: True
    assert collector.collect() == {1}
    assert set(collector.kinds()) == {Kind.FOLLOW}


def test_what_comes_later_than_the_overlap_is_seen_by_the_night_s_reading(lrs: FakeLrs) -> None:
    lrs.hold(said(1, HERE - 40 * HOUR), said(2, HERE - HOUR))
    lrs.visible = lambda one: one["id"] != str(UUID(int=1))
    collector = Collector()
    assert collector.collect() == {2}
    lrs.visible = lambda _: True
    assert collector.collect() == set()
    collector.now_us += DAY
    assert collector.collect() == {1}
    assert set(collector.kinds()) == {Kind.REREAD}


def test_what_comes_later_than_two_days_is_seen_by_the_month_s_reading(lrs: FakeLrs) -> None:
    lrs.hold(said(1, HERE - 60 * HOUR), said(2, HERE - HOUR))
    lrs.visible = lambda one: one["id"] != str(UUID(int=1))
    collector = Collector()
    collector.collect()
    lrs.visible = lambda _: True
    collector.now_us += DAY
    assert collector.collect() == set()
    collector.now_us += 30 * DAY
    assert collector.collect() == {1}
    assert collector.kinds()[-1] is Kind.WHOLE


def test_a_statement_a_year_late_is_new_like_any_other(lrs: FakeLrs) -> None:
    many(lrs, 3)
    collector = Collector()
    collector.collect()
    lrs.hold(said(9, HERE, happened_us=HERE - 365 * DAY))
    assert collector.collect() == {9}


def test_an_lrs_that_filters_on_timestamp_shows_it_within_the_week(lrs: FakeLrs) -> None:
    everything = many(lrs, 3)
    lrs.filters_on = "timestamp"
    collector = Collector()
    assert collector.collect() == everything
    lrs.hold(said(8, HERE, happened_us=HERE - 80 * DAY), said(9, HERE, happened_us=HERE - 365 * DAY))
    assert collector.collect() == {8}
    assert set(collector.kinds()) == {Kind.WINDOW}
    collector.now_us += 7 * DAY
    assert collector.collect() == {9}
    assert set(collector.kinds()) == {Kind.WHOLE}


def test_going_on_from_stored_at_such_an_lrs_would_lose_it(lrs: FakeLrs) -> None:
    """The negative control: the same LRS, taken for one that filters on `stored`."""
    many(lrs, 3)
    collector = Collector()
    collector.collect()
    lrs.filters_on = "timestamp"
    lrs.hold(said(8, HERE, happened_us=HERE - 80 * DAY))
    assert collector.collect() == set()


@pytest.mark.parametrize("filters_on", ["stored", "timestamp", None])
@pytest.mark.parametrize("apart_us", [5 * SECOND, 400 * DAY, 40_000])
def test_the_probe_tells_what_the_lrs_filters_on(lrs: FakeLrs, filters_on: Any, apart_us: int) -> None:
    lrs.filters_on = filters_on
    lrs.hold(said(1, HERE, happened_us=HERE), said(2, HERE - HOUR, happened_us=HERE - HOUR - apart_us))
    collector = Collector()
    collector.collect()
    assert collector.bookmark.abilities is not None
    assert collector.bookmark.abilities.filters_on == filters_on


@pytest.mark.parametrize("statements", [[], [said(1, HERE, happened_us=HERE)], [{"verb": 3}]])
def test_what_no_statement_tells_is_asked_again(lrs: FakeLrs, statements: list[Any]) -> None:
    lrs.hold(*statements)
    collector = Collector()
    collector.collect()
    assert not collector.bookmark.resumes
    lrs.hold(said(7, HERE))
    assert collector.collect() == {7}
    assert collector.bookmark.resumes


def test_a_probe_that_is_refused_is_not_known(lrs: FakeLrs) -> None:
    everything = many(lrs, 3)
    lrs.spoil = lambda request, reply: (400, {}, b"until?") if "until=" in str(request.url) else reply
    collector = Collector()
    assert collector.collect() == everything
    assert not collector.bookmark.resumes


def test_what_else_the_probe_finds(lrs: FakeLrs) -> None:
    many(lrs, 12)
    lrs.page, lrs.consistent = 5, True
    collector = Collector()
    collector.collect()
    found = collector.bookmark.abilities
    assert found is not None
    assert (found.version, found.consistent_through, found.page_limit) == ("1.0.3", True, 5)


def test_a_day_ahead_then_right_again_loses_nothing(lrs: FakeLrs) -> None:
    lrs.now_us = HERE + DAY
    lrs.hold(said(1, HERE + DAY - SECOND))
    collector = Collector()
    collector.collect()
    lrs.now_us = HERE + HOUR
    lrs.hold(said(2, HERE + HOUR))
    assert collector.collect() == {2}
    assert set(collector.kinds()) == {Kind.WHOLE}
    assert collector.bookmark.stored_us == HERE + HOUR
    lrs.now_us += HOUR
    lrs.hold(said(3, HERE + 2 * HOUR))
    assert collector.collect() == {3}
    assert set(collector.kinds()) == {Kind.FOLLOW}


def test_a_minute_back_needs_no_more_than_the_overlap(lrs: FakeLrs) -> None:
    lrs.hold(said(1, HERE))
    collector = Collector()
    collector.collect()
    lrs.now_us = HERE - 60 * SECOND
    lrs.hold(said(2, HERE - 60 * SECOND))
    assert collector.collect() == {2}
    assert set(collector.kinds()) == {Kind.FOLLOW}


def test_stored_in_the_future_does_not_carry_the_cursor_away(lrs: FakeLrs) -> None:
    lrs.hold(said(1, HERE - SECOND), said(2, HERE + DAY))
    collector = Collector()
    assert collector.collect() == {1, 2}
    assert collector.bookmark.stored_us == HERE
    lrs.hold(said(3, HERE + SECOND))
    assert collector.collect() == {3}


def test_pages_too_large_are_asked_for_smaller(lrs: FakeLrs) -> None:
    big = {"result": {"response": "x" * 300_000}}
    lrs.hold(*(said(n, HERE - DAY + n * SECOND, **big) for n in range(1, 31)))
    collector = Collector(max_bytes=4_000_000)
    lrs.page = 500
    assert collector.collect() == set(range(1, 31))
    assert min(int(one["limit"]) for one in lrs.asked if "limit" in one) < 20


def test_a_single_statement_too_large_is_told(lrs: FakeLrs) -> None:
    lrs.hold(said(1, HERE - DAY, result={"response": "x" * 500_000}))
    with pytest.raises(TooLargeError):
        Collector(max_bytes=400_000).collect()


def test_a_statement_of_ten_megabytes_is_one_like_another(lrs: FakeLrs) -> None:
    everything = many(lrs, 3)
    lrs.hold(said(9, HERE - HOUR, result={"response": "x" * 10_000_000}))
    assert Collector().collect() == everything | {9}


def test_invalid_utf8_costs_its_statement_only(lrs: FakeLrs) -> None:
    everything = many(lrs, 3)
    lrs.hold(said(9, HERE - HOUR, result={"response": "UTF8"}))
    collector = Collector()
    lrs.spoil = lambda _, reply: (*reply[:2], reply[2].replace(b"UTF8", b"\xff\xfe"))
    assert collector.collect() == everything
    assert [decoded(raw) for step in collector.steps for raw in step.items].count(None) == 1
    lrs.spoil = unspoilt
    assert collector.collect() == {9}


@pytest.mark.parametrize(
    ("body", "error"), [(b"<html>Connexion</html>", FatalError), (b'{"statements": [', RetriableError)]
)
def test_a_page_that_is_none_keeps_what_came_before(lrs: FakeLrs, body: bytes, error: type[Exception]) -> None:
    everything = many(lrs, 9)
    lrs.page = 4
    lrs.spoil = lambda request, reply: (200, {}, body) if "more=" in str(request.url) else reply
    collector = Collector()
    with pytest.raises(error):
        collector.collect()
    assert collector.ids == {1, 2, 3, 4}
    lrs.spoil = unspoilt
    collector.collect()
    assert collector.ids == everything


@given(
    st.lists(st.tuples(st.integers(0, 3000), st.integers(0, OVERLAP_US // SECOND - 1)), max_size=25),
    st.integers(1, 6),
    st.lists(st.integers(0, 4000), max_size=6),
    st.booleans(),
)
def test_whoever_becomes_visible_within_the_overlap_is_never_lost(
    arrivals: list[tuple[int, int]], page: int, readings: list[int], consistent: bool
) -> None:
    """`arrivals`: when each was stored, and how many seconds later it can be seen; `readings`: when we look."""
    start = HERE - DAY
    visible_at = {str(UUID(int=n)): start + (at + late) * SECOND for n, (at, late) in enumerate(arrivals, 1)}
    lrs = FakeLrs([said(n, start + at * SECOND) for n, (at, _) in enumerate(arrivals, 1)], page=page)
    lrs.visible = lambda one: visible_at[one["id"]] <= lrs.now_us
    lrs.consistent = consistent
    collector = Collector()
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        lrs.serve(mock)
        for at in [*sorted(readings), 5000]:
            lrs.now_us = start + at * SECOND
            collector.collect()
    assert collector.ids == set(range(1, len(arrivals) + 1))


def test_a_quiet_day_asks_two_questions(lrs: FakeLrs) -> None:
    many(lrs, 3)
    collector = Collector()
    collector.collect()
    lrs.asked.clear()
    collector.collect()
    newest = HERE - DAY + 3 * SECOND
    assert [one["since"] for one in lrs.asked] == [format_us(newest - OVERLAP_US), format_us(newest - SECOND)]
    assert all(set(one) == {"since", "limit", "ascending"} and one["limit"] == "500" for one in lrs.asked)
