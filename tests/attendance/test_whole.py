"""When a presence is whole: one's own slots, or as many minutes at another group's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from connector.attendance.whole import Share
from scenarios.snapshot import PlannedSlot

_MORNING = datetime(2026, 10, 7, 9, tzinfo=UTC)


def slot(name: str, *, group: str | None, day: int, minutes: int = 90) -> PlannedSlot:
    start = _MORNING + timedelta(days=day)
    return PlannedSlot(id=name, debut=start, fin=start + timedelta(minutes=minutes), groupe=group)


A1, A2 = slot("a1", group="A", day=0), slot("a2", group="A", day=7)
B1, B2 = slot("b1", group="B", day=0), slot("b2", group="B", day=8, minutes=80)
OF_A = Share((A1, A2), (B1, B2), 180)
OF_NONE = Share((A1, A2, B1, B2), (A1, A2, B1, B2), 180)
NOWHERE = Share((), (A1, A2), 180)


@pytest.mark.parametrize(
    ("share", "signed", "whole"),
    [
        (OF_A, {"a1", "a2"}, True),
        (OF_A, {"a1"}, False),
        (OF_A, set(), False),
        (OF_A, {"b1", "a2"}, True),  # at the same hour with the other group
        (OF_A, {"a1", "b1"}, False),  # both at once: one counts
        (OF_A, {"a1", "b2"}, False),  # ten minutes short
        (Share((A1, A2), (B1, B2), 170), {"a1", "b2"}, True),
        (Share((A1, A2), (), 90), {"a1"}, False),  # one's own slots are all asked for
        (OF_NONE, {"a1", "a2"}, True),
        (OF_NONE, {"a1"}, False),
        (NOWHERE, {"a1", "a2"}, True),
        (NOWHERE, set(), False),
    ],
)
def test_whole(share: Share, signed: set[str], whole: bool) -> None:
    assert share.whole(signed) is whole
