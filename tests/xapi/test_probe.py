"""The probe tells what an LRS filters on, or that nothing tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.xapi.collector import DAY, HERE, HOUR, SECOND, Collector, many, said

if TYPE_CHECKING:
    from tests.xapi.fake_lrs import FakeLrs


@pytest.mark.parametrize("filters_on", ["stored", "timestamp", None])
@pytest.mark.parametrize("apart_us", [5 * SECOND, 400 * DAY, 40_000])
def test_the_probe_tells_what_the_lrs_filters_on(fake_lrs: FakeLrs, filters_on: Any, apart_us: int) -> None:
    fake_lrs.filters_on = filters_on
    fake_lrs.hold(said(1, HERE, happened_us=HERE), said(2, HERE - HOUR, happened_us=HERE - HOUR - apart_us))
    collector = Collector()
    collector.collect()
    assert collector.bookmark.abilities is not None
    assert collector.bookmark.abilities.filters_on == filters_on


@pytest.mark.parametrize("statements", [[], [said(1, HERE, happened_us=HERE)], [{"verb": 3}]])
def test_what_no_statement_tells_is_asked_again(fake_lrs: FakeLrs, statements: list[Any]) -> None:
    fake_lrs.hold(*statements)
    collector = Collector()
    collector.collect()
    assert not collector.bookmark.resumes
    fake_lrs.hold(said(7, HERE))
    assert collector.collect() == {7}
    assert collector.bookmark.resumes


def test_a_probe_that_is_refused_is_not_known(fake_lrs: FakeLrs) -> None:
    everything = many(fake_lrs, 3)
    fake_lrs.spoil = lambda request, reply: (400, {}, b"until?") if "until=" in str(request.url) else reply
    collector = Collector()
    assert collector.collect() == everything
    assert not collector.bookmark.resumes


def test_what_else_the_probe_finds(fake_lrs: FakeLrs) -> None:
    many(fake_lrs, 12)
    fake_lrs.page, fake_lrs.consistent = 5, True
    collector = Collector()
    collector.collect()
    found = collector.bookmark.abilities
    assert found is not None
    assert (found.version, found.consistent_through, found.page_limit) == ("1.0.3", True, 5)
