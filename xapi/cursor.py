"""Where to resume reading an LRS so that nothing is lost. Pure.

A statement can become visible after another that was stored later (a slow transaction), so reading resumes
`OVERLAP_US` before the newest one seen and what comes twice is recognised by its id. Only the LRS's own clock is
used (`stored`, `X-Experience-API-Consistent-Through`, `Date`), never ours, and the cursor never moves backwards.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec

from xapi.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

OVERLAP_US = 15 * 60 * 1_000_000


@dataclass(frozen=True)
class Cursor:
    """Everything stored up to `stored_us` (microseconds UTC) has been read; None before the first reading.

    The other fields describe the chain of pages being read and are not kept: an interrupted chain starts again.
    """

    stored_us: int | None = None
    high_us: int | None = None
    bound_us: int | None = None
    ordered: bool = True

    @property
    def since_us(self) -> int | None:
        """What to ask the LRS for: `since`, exclusive; None asks for everything."""
        return None if self.stored_us is None else self.stored_us - OVERLAP_US

    def after(
        self,
        stored_us: Sequence[int],
        *,
        consistent_through_us: int | None,
        server_date_us: int | None,
        last: bool,
    ) -> Cursor:
        """Return the cursor once a page is kept, in the same transaction.

        `stored_us` are the `stored` of the page's statements in the order received. As long as they ascend the
        cursor moves page by page; otherwise only at the end of the chain. It never passes what the LRS said at the
        beginning of the chain: what it promised then is what its first pages were read from.
        """
        bound = self.bound_us
        if bound is None:
            bound = min((us for us in (consistent_through_us, server_date_us) if us is not None), default=2**62)
        run = [*([] if self.high_us is None else [self.high_us]), *stored_us]
        ordered = self.ordered and all(a <= b for a, b in itertools.pairwise(run))
        high = max(run, default=None)
        moved = self.stored_us
        if high is not None and (ordered or last):
            moved = max(min(high, bound), self.stored_us if self.stored_us is not None else -(2**62))
        if last:
            return Cursor(moved)
        return replace(self, stored_us=moved, high_us=high, bound_us=bound, ordered=ordered)

    def to_json(self) -> str:
        """The bookmark to keep."""
        return msgspec.json.encode({"stored_us": self.stored_us}).decode()

    @classmethod
    def from_json(cls, text: str) -> Cursor:
        """Read a bookmark. Raises DataError when it is none of ours."""
        try:
            return cls(msgspec.json.decode(text, type=_Bookmark).stored_us)
        except msgspec.DecodeError as exc:
            raise DataError(f"unreadable bookmark: {exc}") from None


class _Bookmark(msgspec.Struct, forbid_unknown_fields=True):
    stored_us: int | None
