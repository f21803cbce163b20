"""What an LRS can do, found out by asking it: the specification says one thing, the stores in use do several.

The one that decides how to read is whether `since` and `until` filter on `stored`, as the specification says, or on
`timestamp`, as Ralph does: then a statement delivered late is never shown to whoever goes on from where they stopped.
It is asked about a statement of which the two differ: it is looked for around the one, then around the other.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from xapi.errors import DataError, FatalError, RetriableError, StatementError, TooLargeError
from xapi.statement import decode_statement

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from xapi.client import LRSClient, Page

PAGE = 500
"""Statements asked for at once."""

_WIDEST_US = 1_000_000
_MOST_PAGES = 10


class Abilities(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of an LRS: the xAPI that it says it speaks, and how it reads.

    `filters_on` is None where no statement could tell: it has none, or all were stored when they happened.
    `page_limit` is the most statements that it gives at once, where that is less than `PAGE`.
    """

    version: str | None
    consistent_through: bool
    filters_on: Literal["stored", "timestamp"] | None
    page_limit: int | None


class Probe(NamedTuple):
    """What a probe found, and the page of the newest statements that it read."""

    abilities: Abilities
    page: Page


class _Witness(NamedTuple):
    """A statement that happened and was stored at different instants."""

    id: UUID
    stored_us: int
    timestamp_us: int

    @property
    def apart_us(self) -> int:
        return abs(self.stored_us - self.timestamp_us)


def probe(client: LRSClient) -> Probe:
    """Ask an LRS for its newest statements, then what it takes `since` and `until` for. Writes nothing.

    Raises what `LRSClient.pages` does for the newest statements; what it refuses of the rest is only not known.
    """
    page, limit = _newest(client, PAGE)
    witness = max(_witnesses(page), key=lambda one: one.apart_us, default=None)
    abilities = Abilities(
        version=page.version,
        consistent_through=page.consistent_through_us is not None,
        filters_on=None if witness is None else _filters_on(client, witness),
        page_limit=None if page.last or len(page.items) >= limit else len(page.items),
    )
    return Probe(abilities, page)


def _newest(client: LRSClient, limit: int) -> tuple[Page, int]:
    """Read the newest page, of so few statements that it can be taken, and say how many were asked for."""
    try:
        return next(client.pages(limit=limit, ascending=False)), limit
    except TooLargeError:
        if limit == 1:
            raise
    return _newest(client, smaller(limit))


def smaller(limit: int) -> int:
    """How many statements to ask for where `limit` of them were too large to take."""
    return max(1, limit // 5)


def _witnesses(page: Page) -> Iterator[_Witness]:
    for raw in page.items:
        try:
            said = decode_statement(raw)
        except StatementError:
            continue
        if said.id is not None and said.stored_us is not None and said.stored_us != said.timestamp_us:
            yield _Witness(said.id, said.stored_us, said.timestamp_us)


def _filters_on(client: LRSClient, witness: _Witness) -> Literal["stored", "timestamp"] | None:
    """Look for the witness around both instants; what finds it in both, or in neither, tells nothing."""
    try:
        by_stored = _is_shown(client, witness, witness.stored_us)
        by_timestamp = _is_shown(client, witness, witness.timestamp_us)
    except (DataError, FatalError, RetriableError):
        return None
    if by_stored is by_timestamp:
        return None
    return "stored" if by_stored else "timestamp"


def _is_shown(client: LRSClient, witness: _Witness, at_us: int) -> bool:
    around_us = max(1, min(_WIDEST_US, witness.apart_us // 4))
    pages = client.pages(at_us - around_us, until_us=at_us + around_us, limit=PAGE)
    return any(witness.id in _ids(page) for page in islice(pages, _MOST_PAGES))


def _ids(page: Page) -> set[UUID]:
    found = set()
    for raw in page.items:
        try:
            found.add(decode_statement(raw).id)
        except StatementError:
            continue
    return {one for one in found if one is not None}
