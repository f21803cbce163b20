"""What thousands of rows need: Python's search for cycles is put off, and put back."""

from __future__ import annotations

import gc

import pytest

from connector.ledger.bulk import without_cycles


def fail_without_cycles(seen: list[bool]) -> None:
    with without_cycles():
        seen.append(gc.isenabled())
        raise LookupError


@pytest.mark.parametrize("looked", [True, False])
def test_the_search_for_cycles_is_put_back_as_it_was_whatever_happens(*, looked: bool) -> None:
    seen: list[bool] = []
    (gc.enable if looked else gc.disable)()
    try:
        with pytest.raises(LookupError):
            fail_without_cycles(seen)
        assert (seen, gc.isenabled()) == ([False], looked)
    finally:
        gc.enable()
