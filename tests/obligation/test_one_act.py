"""Copies of one act that name two activities: one act is credited once (RULES.md section 2, rules 1 and 3)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal
from uuid import UUID

import pytest
import sqlalchemy as sa

from connector.ledger import schema
from connector.ledger.ingest import ingest
from connector.ledger.reading import Received
from connector.ledger.resolve import settle
from connector.obligation.reconcile import reconcile
from tests.obligation import cases
from tests.obligation.world import LRS, SITE, World
from xapi import emit
from xapi.instants import to_us
from xapi.statement import Actor, decode_statement

if TYPE_CHECKING:
    from connector.ledger.db import Ledger

FOREIGN = 999
"""A module that nobody announced: its idnumber alone says which activity it is."""
MINUTE_US = 60_000_000
INSTANT_US = to_us(datetime(2026, 10, 6, 8, tzinfo=UTC))


@pytest.fixture
def world() -> World:
    world = cases.read(cases.FOLDER / "achevement_simple.yaml").world
    world.facts = []
    return world


def told(world: World, activity: str, state: Literal["done", "undone"], number: int, *, at: int = 0) -> Received:
    """Make what a site says of the module at one instant, `at` minutes later; stored at minute `number`."""
    instant_us = INSTANT_US + at * MINUTE_US
    module = emit.MoodleModule(SITE, 1, "page", FOREIGN, f"S1/{activity}")
    actor = Actor("mbox", world.email("E1"))
    said = emit.completion(actor, module, state=state, timestamp_us=instant_us, revision=number)
    return Received(UUID(said["id"]), decode_statement(said), instant_us + number * MINUTE_US)


def lines(ledger: Ledger, world: World, received: list[Received]) -> dict[str, str]:
    """Reconcile what was received; each activity with its decision or reason."""
    with ledger.write() as connection:
        world.write(connection)
        ingest(connection, LRS, received, seen_us=0)
        settle(connection)
        reconcile(connection, world.local, world.year)
    line = schema.line.c
    with ledger.read() as connection:
        found = connection.execute(
            sa.select(line.activity_id, sa.func.coalesce(line.motif, line.decision).label("said"))
        )
        return {row.activity_id: row.said for row in found}


def test_a_copy_under_another_idnumber_credits_nothing_more(ledger: Ledger, world: World) -> None:
    received = [told(world, "quiz", "done", 1), told(world, "lecture", "done", 2)]
    assert lines(ledger, world, received) == {"quiz": "credite"}


def test_a_replay_under_another_idnumber_says_nothing_of_that_one(ledger: Ledger, world: World) -> None:
    received = [told(world, "quiz", "done", 1), told(world, "lecture", "undone", 2)]
    assert lines(ledger, world, received) == {"quiz": "credite"}


def test_two_acts_of_a_module_whose_idnumber_changed_are_two(ledger: Ledger, world: World) -> None:
    received = [told(world, "quiz", "done", 1), told(world, "lecture", "done", 2, at=5)]
    assert lines(ledger, world, received) == {"quiz": "credite", "lecture": "credite"}


def test_what_else_was_said_of_the_line_decides_with_the_copy(ledger: Ledger, world: World) -> None:
    """The copy that is kept names the quiz; a later act takes the quiz back."""
    received = [
        told(world, "quiz", "done", 1),
        told(world, "lecture", "done", 2),
        told(world, "quiz", "undone", 3, at=9),
    ]
    assert lines(ledger, world, received) == {"quiz": "annule"}


@pytest.mark.parametrize(("first", "second", "expected"), [("done", "undone", "annule"), ("undone", "done", "credite")])
def test_what_comes_later_in_a_file_without_times_decides(
    ledger: Ledger, world: World, first: Literal["done", "undone"], second: Literal["done", "undone"], expected: str
) -> None:
    """One instant, stored at once: only the place in the file is left to tell."""
    received = [told(world, "quiz", state, 1)._replace(rank=rank) for rank, state in enumerate((first, second), 1)]
    assert lines(ledger, world, received) == {"quiz": expected}
