"""How far a chain of pages lets us say « everything stored until here has been read ». Pure.

Only the clock of the LRS is used: `stored`, `X-Experience-API-Consistent-Through`, `Date`.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_NO_BOUND = 2**62


@dataclass(frozen=True)
class Cursor:
    """Everything stored up to `stored_us` (microseconds UTC) has been read; None where nothing is sure.

    The rest is about the reading under way: `high_us` is the newest `stored` that it met, `bound_us` what the LRS said
    at its beginning, None before; `ordered` as long as every chain of pages came in the order of `stored`, `last_us`
    being where the present one is.
    """

    stored_us: int | None = None
    high_us: int | None = None
    bound_us: int | None = None
    ordered: bool = True
    last_us: int | None = None

    def bounded(self, bound_us: int | None) -> Cursor:
        """Return the cursor once the first page has said until when the LRS is complete, None where it does not.

        The cursor never passes that: what was promised then is what the pages are read from.
        """
        return replace(self, bound_us=_NO_BOUND if bound_us is None else bound_us)

    def again(self) -> Cursor:
        """Return the cursor at the beginning of another chain of the same reading, which may start a little before."""
        return replace(self, last_us=None)

    def after(self, stored_us: Sequence[int], *, last: bool) -> Cursor:
        """Return the cursor once a page is kept, in the same transaction.

        `stored_us` are the `stored` of its statements in the order received. As long as they ascend the cursor moves
        page by page; otherwise only with the `last` one. It never moves backwards.
        """
        run = [*([] if self.last_us is None else [self.last_us]), *stored_us]
        ordered = self.ordered and all(a <= b for a, b in itertools.pairwise(run))
        high = max([*run, *([] if self.high_us is None else [self.high_us])], default=None)
        moved = self.stored_us
        if high is not None and (ordered or last):
            reached = min(high, _NO_BOUND if self.bound_us is None else self.bound_us)
            moved = reached if moved is None else max(moved, reached)
        return replace(self, stored_us=moved, high_us=high, ordered=ordered, last_us=run[-1] if run else None)
