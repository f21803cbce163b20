"""Reads an LRS page by page from a bookmark, and says with each page which bookmark to keep with it.

A chain of pages may break: the LRS has forgotten the next page, or a page is too large to take. Then another chain is
begun where the last one came, or with smaller pages, as long as that brings the reading forward. And a chain that ends
says nothing of what was to come: what follows the newest statement that it brought is asked for once more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from xapi.bookmark import OVERLAP_US, Bookmark, Kind, Reading, probe_is_due, readings
from xapi.cursor import Cursor
from xapi.errors import ExpiredError, TooLargeError
from xapi.instants import parse_timestamp
from xapi.probe import PAGE, probe, smaller
from xapi.statement import Glance, glance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xapi.bookmark import Policy
    from xapi.client import LRSClient, Page

Seen = tuple[bytes, Glance | None]

_MARGIN_US = 1_000_000  # several statements may share one `stored`
_MOST_RESTARTS = 100


@dataclass(frozen=True)
class Step:
    """One page: each statement as received, in order, and the bookmark to keep in the same transaction.

    What this reading has given just before may be left out. `seen` has each statement with what a glance at it told.
    `url` is where the page was read.
    """

    kind: Kind
    url: str
    seen: tuple[Seen, ...]
    bookmark: Bookmark

    @property
    def items(self) -> tuple[bytes, ...]:
        """Each statement as received."""
        return tuple(raw for raw, _ in self.seen)


def read(
    client: LRSClient,
    bookmark: Bookmark,
    now_us: int,
    policy: Policy = readings,
) -> Iterator[Step]:
    """Yield the pages of everything that is to be read now; `now_us` is our clock, `policy` one of `xapi.bookmark`.

    Raises the errors of `LRSClient.pages`; what was yielded until then can be kept.
    """
    if probe_is_due(bookmark, now_us):
        bookmark = msgspec.structs.replace(bookmark, abilities=probe(client).abilities)
    for reading in policy(bookmark, now_us):
        for step in _Pass(client, reading, bookmark, now_us).steps():
            bookmark = step.bookmark
            yield step


class _GoneBackError(Exception):
    """The clock of the LRS is well before what it had stored: what is stored now would never be asked for."""


class _Pass:
    """One reading under way."""

    def __init__(self, client: LRSClient, reading: Reading, bookmark: Bookmark, now_us: int) -> None:
        self._client = client
        self._reading = reading
        self._bookmark = bookmark
        self._now_us = now_us
        self._cursor = Cursor(bookmark.stored_us)
        self._server_us: int | None = None
        self._given: set[bytes] = set()

    def steps(self) -> Iterator[Step]:
        """Yield the pages of as many chains as it takes."""
        limit, restarts = PAGE, 0
        while True:
            known_us = self._cursor.high_us
            try:
                yield from self._chain(limit, known_us)
            except _GoneBackError:
                self._begin_anew()
            except TooLargeError:
                if limit == 1:
                    raise
                limit = smaller(limit)
            except ExpiredError as exc:
                restarts += 1
                if self._cursor.high_us == known_us or restarts > _MOST_RESTARTS:
                    raise exc.__cause__ or exc from None
            else:
                if self._is_complete(known_us):
                    return
            self._cursor = self._cursor.again()

    def _chain(self, limit: int, known_us: int | None) -> Iterator[Step]:
        for page in self._client.pages(self._since_us(), until_us=self._reading.until_us, limit=limit):
            self._look_at_the_clock(page)
            seen = [(raw, glance(raw)) for raw in page.items]
            stored = [_stored_us(glanced) for _, glanced in seen]
            self._cursor = self._cursor.after([us for us in stored if us is not None], last=page.last)
            self._bookmark = self._moved(chain_ends=page.last, ended=page.last and self._is_complete(known_us))
            yield Step(self._reading.kind, page.url, self._not_given(seen, stored), self._bookmark)

    def _not_given(self, seen: list[Seen], stored: list[int | None]) -> tuple[Seen, ...]:
        """Leave out what the chain before gave already, just before where this one begins."""
        fresh = tuple(one for one in seen if one[0] not in self._given) if self._given else tuple(seen)
        near_us = (self._cursor.high_us or 0) - _MARGIN_US
        self._given = {raw for (raw, _), us in zip(seen, stored, strict=True) if us is None or us >= near_us}
        return fresh

    def _since_us(self) -> int | None:
        """Where a chain begins: where the reading does, or just before where the last chain came."""
        came_us, since_us = self._cursor.high_us if self._goes_on else None, self._reading.since_us
        if came_us is None or since_us is None:
            return since_us if came_us is None else came_us - _MARGIN_US
        return max(came_us - _MARGIN_US, since_us)

    @property
    def _goes_on(self) -> bool:
        """Whether another chain can begin where the last one came."""
        return self._bookmark.resumes and self._cursor.ordered

    def _is_complete(self, known_us: int | None) -> bool:
        """Whether a chain that ended brought nothing newer than what was known when it began."""
        return not self._goes_on or self._cursor.high_us == known_us

    def _look_at_the_clock(self, page: Page) -> None:
        if self._cursor.bound_us is not None:
            return
        said = [us for us in (page.consistent_through_us, page.server_date_us) if us is not None]
        self._server_us = max(said, default=None)
        stored_us = self._bookmark.stored_us if self._reading.kind is not Kind.WHOLE and self._goes_on else None
        if said and stored_us is not None and max(said) < stored_us - OVERLAP_US:
            raise _GoneBackError
        self._cursor = self._cursor.bounded(min(said, default=None))

    def _begin_anew(self) -> None:
        """Read everything, since nobody knows how long the clock was wrong."""
        self._reading = Reading(Kind.WHOLE)
        self._bookmark = msgspec.structs.replace(self._bookmark, stored_us=None, whole_at_us=None)
        self._cursor = Cursor()

    def _moved(self, *, chain_ends: bool, ended: bool) -> Bookmark:
        """Return the bookmark that goes with the page just read."""
        kind, cursor = self._reading.kind, self._cursor
        moved = {} if kind is Kind.ADDED else {"stored_us": cursor.stored_us}
        if cursor.high_us is not None and (cursor.ordered or chain_ends):
            moved["seen_us"] = max(cursor.high_us, self._bookmark.seen_us or cursor.high_us)
        if kind is Kind.WHOLE and self._goes_on:
            moved["whole_at_us"] = cursor.high_us
        if ended and kind is not Kind.ADDED:
            moved["server_us"] = self._server_us
        if ended and kind in (Kind.REREAD, Kind.WHOLE):
            moved["reread_us"] = self._now_us
        if ended and kind is Kind.WHOLE:
            moved |= {"whole_us": self._now_us, "whole_at_us": None}
        return msgspec.structs.replace(self._bookmark, **moved)


def _stored_us(seen: Glance | None) -> int | None:
    """When the LRS stored a statement; None where it does not say, or not so that it can be read."""
    try:
        return None if seen is None or seen.stored is None else parse_timestamp(seen.stored)
    except (ValueError, OverflowError):
        return None
