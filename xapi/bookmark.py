"""What is remembered of an LRS between two readings, and what the next reading is. Pure.

A statement can become visible after another that was stored later (a slow transaction, a cluster), be delivered with
an old `timestamp`, or be stored while the clock of the LRS was wrong. So no reading starts exactly where the last one
ended, and from time to time more is read again than seems to be needed; what comes twice is recognised by its id.

Where to read from is reckoned on the clock of the LRS alone; our own only says how long ago something was done.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

import msgspec

from xapi.errors import DataError
from xapi.probe import Abilities  # noqa: TC001 - msgspec reads the annotations

_MINUTE_US = 60 * 1_000_000
_HOUR_US = 60 * _MINUTE_US
_DAY_US = 24 * _HOUR_US

OVERLAP_US = 15 * _MINUTE_US
REREAD_US, REREAD_EVERY_US = 48 * _HOUR_US, 20 * _HOUR_US
WINDOW_US = 90 * _DAY_US
WHOLE_EVERY_US, WHOLE_EVERY_WITHOUT_STORED_US = 30 * _DAY_US, 7 * _DAY_US


class Kind(StrEnum):
    """Why a reading is made: `FOLLOW` goes on, `REREAD` reads again what was stored in the 48 hours before the last
    reading that was finished, `WINDOW` the last 90 days of what happened, `WHOLE` everything, `ADDED` what was stored
    since the last reading, which it leaves where it came.
    """

    FOLLOW = "suite"
    REREAD = "relecture"
    WINDOW = "fenetre"
    WHOLE = "complete"
    ADDED = "ajouts"


class Reading(NamedTuple):
    """A reading to make: after `since_us`, until `until_us` (None: no bound)."""

    kind: Kind
    since_us: int | None = None
    until_us: int | None = None


class Bookmark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of one LRS; instants are microseconds UTC.

    On its clock: everything up to `stored_us` has been read, `seen_us` is the newest `stored` met, `whole_at_us` how
    far a whole reading under way has come, `server_us` what it was when the last reading began that was finished.
    On ours: `reread_us` and `whole_us` are when the last 48 hours, and everything, were last read to the end.
    """

    stored_us: int | None = None
    seen_us: int | None = None
    whole_at_us: int | None = None
    server_us: int | None = None
    reread_us: int | None = None
    whole_us: int | None = None
    abilities: Abilities | None = None

    @property
    def resumes(self) -> bool:
        """The LRS is known to filter on `stored`: what was read need not be read again, but for the margins."""
        return self.abilities is not None and self.abilities.filters_on == "stored"

    def to_json(self) -> str:
        """The text to keep."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def from_json(cls, text: str) -> Bookmark:
        """Read a text that was kept. Raises DataError when it is none of ours."""
        try:
            return msgspec.json.decode(text, type=cls)
        except msgspec.DecodeError as exc:
            raise DataError(f"unreadable bookmark: {exc}") from None


Policy = Callable[[Bookmark, int], tuple[Reading, ...]]
"""What to read now, from what is known of an LRS and our clock: `readings`, `added`."""


def readings(bookmark: Bookmark, now_us: int) -> tuple[Reading, ...]:
    """Return what to read now, in this order; `now_us` is our clock.

    What is new always comes first, so that reading everything again, which may take long, keeps nothing waiting.
    """
    if not bookmark.resumes:
        whole = bookmark.server_us is None or _is_due(bookmark.whole_us, WHOLE_EVERY_WITHOUT_STORED_US, now_us)
        return (Reading(Kind.WHOLE) if whole else Reading(Kind.WINDOW, (bookmark.server_us or 0) - WINDOW_US),)
    if bookmark.stored_us is None:
        return (Reading(Kind.WHOLE),)
    if bookmark.whole_at_us is not None and bookmark.whole_at_us >= bookmark.stored_us:
        return (
            Reading(Kind.WHOLE, bookmark.stored_us - OVERLAP_US),
        )  # the first reading, cut: it is simply gone on with
    if _is_due(bookmark.reread_us, REREAD_EVERY_US, now_us):
        # Of an LRS that has been quiet, the newest statements have been read again by the nights since.
        come_us = max(bookmark.stored_us, bookmark.server_us or bookmark.stored_us)
        first = Reading(Kind.REREAD, min(come_us - REREAD_US, bookmark.stored_us - OVERLAP_US))
    else:
        first = Reading(Kind.FOLLOW, bookmark.stored_us - OVERLAP_US)
    if not _is_due(bookmark.whole_us, WHOLE_EVERY_US, now_us):
        return (first,)
    resumed = None if bookmark.whole_at_us is None else bookmark.whole_at_us - OVERLAP_US
    return first, Reading(Kind.WHOLE, resumed, bookmark.stored_us)


def added(bookmark: Bookmark, now_us: int) -> tuple[Reading, ...]:
    """Return what to read just after a reading, to have what was sent to the LRS meanwhile.

    Without any overlap, since the next reading begins where this one found the bookmark: after the newest statement
    met, which the bookmark stays before where the LRS told its clock a little late: a `Date` is in whole seconds, and
    servers keep it a while. An LRS that is not known to filter on `stored`, or whose first reading is not over, is
    read as always.
    """
    if not bookmark.resumes or bookmark.stored_us is None or bookmark.whole_us is None:
        return readings(bookmark, now_us)
    ahead_us = 0 if bookmark.seen_us is None else bookmark.seen_us - bookmark.stored_us
    # What is far ahead was stored while a clock was wrong: what was sent just now comes before it.
    return (Reading(Kind.ADDED, bookmark.stored_us + (ahead_us if 0 < ahead_us <= OVERLAP_US else 0)),)


def probe_is_due(bookmark: Bookmark, now_us: int) -> bool:
    """Tell whether to ask again what the LRS can do: never known, or everything is to be read again anyway."""
    unknown = bookmark.abilities is None or bookmark.abilities.filters_on is None
    return unknown or _is_due(bookmark.whole_us, WHOLE_EVERY_US, now_us)


def _is_due(last_us: int | None, every_us: int, now_us: int) -> bool:
    """A last time in the future was written by a clock that was wrong since: it says nothing."""
    return last_us is None or not last_us <= now_us < last_us + every_us
