from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xapi.cursor import Cursor


def after(cursor: Cursor, stored: list[int], *, bound: int | None = None, last: bool = False) -> Cursor:
    return (cursor if cursor.bound_us is not None else cursor.bounded(bound)).after(stored, last=last)


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


def test_another_chain_of_the_same_reading_may_start_a_little_before() -> None:
    first = after(Cursor(), [10, 20])
    assert after(first.again(), [15, 20, 30]).stored_us == 30
    assert after(first, [15, 20, 30]).stored_us == 20  # in one chain, that is disorder


def test_never_passes_what_the_lrs_said_at_the_beginning_of_the_reading() -> None:
    assert after(Cursor(), [10, 50], bound=30, last=True).stored_us == 30
    first = after(Cursor(), [10], bound=30)
    assert after(first.again(), [50], bound=90, last=True).stored_us == 30


def test_never_moves_backwards() -> None:
    assert after(Cursor(100), [10, 20], last=True).stored_us == 100
    assert after(Cursor(100), [], bound=5, last=True).stored_us == 100
    assert after(Cursor(), [], last=True).stored_us is None


@given(
    st.lists(st.integers(0, 1000), max_size=30, unique=True),
    st.integers(1, 7),
    st.none() | st.integers(0, 1000),
    st.integers(0, 1000),
)
def test_whatever_the_pages_nothing_at_or_before_the_cursor_is_unread(
    stored: list[int], size: int, bound: int | None, start: int
) -> None:
    cursor, read = Cursor(start).bounded(bound), []
    pages = [stored[at : at + size] for at in range(0, len(stored), size)] or [[]]
    for page in pages:
        read.extend(page)
        cursor = cursor.after(page, last=page is pages[-1])
        assert cursor.stored_us is not None
        assert cursor.stored_us >= start
        if sorted(stored) == stored:
            assert all(us in read for us in stored if start < us <= cursor.stored_us)
    if bound is not None:
        assert cursor.stored_us is not None
        assert cursor.stored_us <= max(start, bound)
