from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xapi.cursor import OVERLAP_US, Cursor
from xapi.errors import DataError


def after(
    cursor: Cursor, stored: list[int], *, through: int | None = None, date: int | None = None, last: bool = False
) -> Cursor:
    return cursor.after(stored, consistent_through_us=through, server_date_us=date, last=last)


def test_first_reading_asks_for_everything_then_overlaps() -> None:
    assert Cursor().since_us is None
    moved = after(Cursor(), [10, 20], last=True)
    assert moved == Cursor(20)
    assert moved.since_us == 20 - OVERLAP_US


def test_moves_page_by_page_while_the_order_holds() -> None:
    first = after(Cursor(), [10, 20])
    assert first.stored_us == 20
    assert after(first, [20, 30]).stored_us == 30


@pytest.mark.parametrize("second", [[15], [30, 25]])
def test_waits_for_the_end_of_a_chain_in_another_order(second: list[int]) -> None:
    moved = after(after(Cursor(5), [10, 20]), second)
    assert moved.stored_us == 20
    assert after(moved, [40]).stored_us == 20
    assert after(moved, [], last=True).stored_us == max(20, *second)


def test_never_passes_what_the_lrs_said_at_the_beginning_of_the_chain() -> None:
    assert after(Cursor(), [10, 50], through=30, date=40, last=True).stored_us == 30
    assert after(Cursor(), [10, 50], through=None, date=40, last=True).stored_us == 40
    first = after(Cursor(), [10], through=30, date=40)
    assert after(first, [50], through=90, date=90, last=True).stored_us == 30


def test_never_moves_backwards() -> None:
    assert after(Cursor(100), [10, 20], last=True).stored_us == 100
    assert after(Cursor(100), [], through=5, last=True) == Cursor(100)
    assert after(Cursor(), [], last=True) == Cursor()


@given(st.none() | st.integers(-(2**62), 2**62))
def test_bookmark_comes_back_without_the_chain(stored: int | None) -> None:
    assert Cursor.from_json(Cursor(stored, high_us=3, bound_us=4, ordered=False).to_json()) == Cursor(stored)


@pytest.mark.parametrize("text", ["", "{}", '{"stored_us": "x"}', '{"stored_us": 1, "x": 2}'])
def test_refuses_a_bookmark_that_is_none(text: str) -> None:
    with pytest.raises(DataError, match="bookmark"):
        Cursor.from_json(text)


@given(
    st.lists(st.integers(0, 1000), max_size=30, unique=True),
    st.integers(1, 7),
    st.none() | st.integers(0, 1000),
    st.integers(0, 1000),
)
def test_whatever_the_pages_nothing_at_or_before_the_cursor_is_unread(
    stored: list[int], size: int, through: int | None, start: int
) -> None:
    cursor, read = Cursor(start), []
    pages = [stored[at : at + size] for at in range(0, len(stored), size)] or [[]]
    for page in pages:
        read.extend(page)
        moved = after(cursor, page, through=through, last=page is pages[-1])
        assert moved.stored_us is not None
        assert moved.stored_us >= start
        if sorted(stored) == stored:
            assert all(us in read for us in stored if us <= moved.stored_us and us > start)
        cursor = moved
    if through is not None:
        assert cursor.stored_us is not None
        assert cursor.stored_us <= max(start, through)
