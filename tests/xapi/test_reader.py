"""Chains of pages that break, end too early or hold what cannot be taken: each with its negative control."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.xapi.collector import DAY, HERE, HOUR, SECOND, Collector, decoded, many, said
from tests.xapi.fake_lrs import FakeLrs, unspoilt
from xapi.bookmark import OVERLAP_US
from xapi.errors import FatalError, NotFoundError, RetriableError, TooLargeError
from xapi.instants import format_us

if TYPE_CHECKING:
    from requests import PreparedRequest

    from tests.xapi.fake_lrs import Reply


def test_a_chain_that_expires_is_begun_again_where_it_came(fake_lrs: FakeLrs) -> None:
    everything = many(fake_lrs, 12)
    fake_lrs.page, fake_lrs.keeps_chains = 3, False
    collector = Collector()
    assert collector.collect() == everything
    assert collector.bookmark.stored_us == HERE - DAY + 12 * SECOND
    assert collector.bookmark.whole_us == HERE


@pytest.mark.parametrize("status", [400, 404, 410, 500])
def test_whatever_the_lrs_says_of_a_page_that_it_forgot(fake_lrs: FakeLrs, status: int) -> None:
    everything = many(fake_lrs, 12)
    fake_lrs.page, forgotten = 5, []

    def forget(request: PreparedRequest, reply: Reply) -> Reply:
        if "more=" not in str(request.url) or forgotten:
            return reply
        forgotten.append(request.url)
        return status, {}, b"forgotten"

    fake_lrs.spoil = forget
    assert Collector().collect() == everything
    assert forgotten


def test_a_chain_that_expires_before_it_brings_anything_ends_with_the_lrs_s_own_answer(fake_lrs: FakeLrs) -> None:
    fake_lrs.hold(*(said(n, HERE - DAY) for n in range(1, 9)))  # all of one instant: nothing to begin again from
    fake_lrs.page, fake_lrs.keeps_chains = 3, False
    with pytest.raises(NotFoundError):
        Collector().collect()


def test_an_lrs_that_is_not_there_is_not_taken_for_an_expired_chain(fake_lrs: FakeLrs) -> None:
    many(fake_lrs, 12)
    fake_lrs.page = 5
    fake_lrs.spoil = lambda request, reply: (503, {}, b"") if "more=" in str(request.url) else reply
    with pytest.raises(RetriableError):
        Collector().collect()


def test_more_that_ends_too_early_is_asked_for_again(fake_lrs: FakeLrs) -> None:
    everything = many(fake_lrs, 30)
    fake_lrs.page, fake_lrs.ends_after = 4, 2
    collector = Collector()
    assert collector.collect() == everything
    assert len(fake_lrs.readings()) > 2
    assert collector.collect() == set()


def test_a_chain_that_ends_too_early_just_where_the_last_reading_came_is_gone_on_from(fake_lrs: FakeLrs) -> None:
    many(fake_lrs, 4)
    fake_lrs.page, fake_lrs.ends_after = 4, 1
    collector = Collector()
    assert collector.collect() == {1, 2, 3, 4}
    fake_lrs.hold(*(said(n, HERE - DAY + n * SECOND) for n in range(5, 9)))
    assert collector.collect() == {5, 6, 7, 8}


def test_the_same_page_twice_changes_nothing(fake_lrs: FakeLrs) -> None:
    everything = many(fake_lrs, 10)
    fake_lrs.hold(*fake_lrs.held)
    fake_lrs.page = 3
    assert Collector().collect() == everything


def test_pages_too_large_are_asked_for_smaller(fake_lrs: FakeLrs) -> None:
    big = {"result": {"response": "x" * 300_000}}
    fake_lrs.hold(*(said(n, HERE - DAY + n * SECOND, **big) for n in range(1, 31)))
    collector = Collector(max_bytes=4_000_000)
    fake_lrs.page = 500
    assert collector.collect() == set(range(1, 31))
    assert min(int(one["limit"]) for one in fake_lrs.asked if "limit" in one) < 20


def test_a_single_statement_too_large_is_told(fake_lrs: FakeLrs) -> None:
    fake_lrs.hold(said(1, HERE - DAY, result={"response": "x" * 500_000}))
    with pytest.raises(TooLargeError):
        Collector(max_bytes=400_000).collect()


def test_a_statement_of_ten_megabytes_is_one_like_another(fake_lrs: FakeLrs) -> None:
    everything = many(fake_lrs, 3)
    fake_lrs.hold(said(9, HERE - HOUR, result={"response": "x" * 10_000_000}))
    assert Collector().collect() == everything | {9}


def test_invalid_utf8_costs_its_statement_only(fake_lrs: FakeLrs) -> None:
    everything = many(fake_lrs, 3)
    fake_lrs.hold(said(9, HERE - HOUR, result={"response": "UTF8"}))
    collector = Collector()
    fake_lrs.spoil = lambda _, reply: (*reply[:2], reply[2].replace(b"UTF8", b"\xff\xfe"))
    assert collector.collect() == everything
    assert [decoded(raw) for step in collector.steps for raw in step.items].count(None) == 1
    fake_lrs.spoil = unspoilt
    assert collector.collect() == {9}


@pytest.mark.parametrize(
    ("body", "error"), [(b"<html>Connexion</html>", FatalError), (b'{"statements": [', RetriableError)]
)
def test_a_page_that_is_none_keeps_what_came_before(fake_lrs: FakeLrs, body: bytes, error: type[Exception]) -> None:
    everything = many(fake_lrs, 9)
    fake_lrs.page = 4
    fake_lrs.spoil = lambda request, reply: (200, {}, body) if "more=" in str(request.url) else reply
    collector = Collector()
    with pytest.raises(error):
        collector.collect()
    assert collector.ids == {1, 2, 3, 4}
    fake_lrs.spoil = unspoilt
    collector.collect()
    assert collector.ids == everything


def test_a_quiet_day_asks_two_questions(fake_lrs: FakeLrs) -> None:
    many(fake_lrs, 3)
    collector = Collector()
    collector.collect()
    fake_lrs.asked.clear()
    collector.collect()
    newest = HERE - DAY + 3 * SECOND
    assert [one["since"] for one in fake_lrs.asked] == [format_us(newest - OVERLAP_US), format_us(newest - SECOND)]
    assert all(set(one) == {"since", "limit", "ascending"} and one["limit"] == "500" for one in fake_lrs.asked)
