"""On PostgreSQL, whoever removes takes its turn first, as whoever brings does: nobody waits in a circle."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from connector.errors import DataError
from connector.ledger.db import Ledger
from connector.ledger.hidden import alone
from connector.ledger.keys import forget_key
from connector.ledger.removal import remove_person
from connector.ledger.retention import Limits, remove_old
from connector.ops.privacy.erase import erase_person
from connector.settings import Settings
from tests.ledger.kit import T0
from xapi.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.postgresql
LIMITS = Limits.on(date(2026, 11, 22), years=5, waiting=400, journal=365, notes=1100)
REMOVING: dict[str, Callable[[Ledger, Path], object]] = {
    "a name": lambda ledger, _: _within(ledger, lambda one: forget_key(one, "X", "x", author="x", at_us=T0)),
    "somebody": lambda ledger, _: _within(ledger, lambda one: remove_person(one, "X", author="x", at_us=T0)),
    "somebody, everywhere": lambda ledger, folder: erase_person(Settings.load(folder), ledger, "X", "x"),
    "what is old": lambda ledger, _: _within(ledger, lambda one: remove_old(one, LIMITS)),
    "names of nobody": lambda ledger, _: _within(ledger, alone),
}


def _within(ledger: Ledger, work: Callable[[sa.Connection], object]) -> None:
    with ledger.write() as connection:
        work(connection)


@pytest.mark.parametrize("what", REMOVING)
def test_the_turn_is_taken_before_anything_is_asked(shared_postgresql: sa.Engine, tmp_path: Path, what: str) -> None:
    said: list[str] = []

    def hear(*given: Any) -> None:
        said.append(given[2])

    sa.event.listen(shared_postgresql, "before_cursor_execute", hear)
    try:
        REMOVING[what](Ledger(Database(shared_postgresql)), tmp_path)
    except DataError:
        assert what.startswith(("a name", "somebody"))  # of whom the ledger knows nobody
    finally:
        sa.event.remove(shared_postgresql, "before_cursor_execute", hear)
    assert "pg_advisory_xact_lock" in said[0]
