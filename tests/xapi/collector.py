"""A collector without a ledger: what it has read, and the bookmark that it keeps; statements to read."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tests.xapi.fake_lrs import NOW, FakeLrs, client
from xapi.bookmark import Bookmark, Kind, readings
from xapi.errors import StatementError
from xapi.instants import format_us, parse_timestamp
from xapi.reader import read
from xapi.statement import decode_statement

if TYPE_CHECKING:
    from xapi.bookmark import Policy
    from xapi.reader import Step
    from xapi.statement import Statement

HERE = parse_timestamp(NOW)
SECOND, HOUR, DAY = 1_000_000, 3_600_000_000, 86_400_000_000


def said(number: int, stored_us: int, *, happened_us: int | None = None, **more: Any) -> dict[str, Any]:
    """A statement delivered a minute after what it says, unless told otherwise."""
    return {
        "id": str(UUID(int=number)),
        "actor": {"mbox": "mailto:lea.martin@ac-exemple.fr"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
        "object": {"id": "https://moodle.exemple.fr/mod/page/view.php?id=12"},
        "timestamp": format_us(stored_us - 60 * SECOND if happened_us is None else happened_us),
        "stored": format_us(stored_us),
    } | more


def decoded(raw: bytes) -> Statement | None:
    try:
        return decode_statement(raw)
    except StatementError:
        return None


class Collector:
    """Keeps what it reads and the bookmark, as the ledger does."""

    def __init__(self, now_us: int = HERE, **route: Any) -> None:
        self.bookmark = Bookmark()
        self.now_us = now_us
        self.route = route
        self.ids: set[int] = set()
        self.steps: list[Step] = []

    def collect(self, policy: Policy = readings) -> set[int]:
        """Return what is new."""
        before = set(self.ids)
        self.steps = []
        with closing(client(**self.route)) as opened:
            for step in read(opened, self.bookmark, self.now_us, policy):
                self.ids |= {found.id.int for found in map(decoded, step.items) if found and found.id}
                self.bookmark = step.bookmark
                self.steps.append(step)
        return self.ids - before

    def kinds(self) -> list[Kind]:
        return [step.kind for step in self.steps]


def many(fake_lrs: FakeLrs, number: int, start_us: int = HERE - DAY) -> set[int]:
    fake_lrs.hold(*(said(n, start_us + n * SECOND) for n in range(1, number + 1)))
    return set(range(1, number + 1))
