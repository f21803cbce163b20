"""Running the steps of a night: each one on its own, everything written down."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.language import _
from connector.ledger.journal import record
from connector.ledger.schema import journal
from connector.ops.night.failures import failure_of
from connector.ops.night.outcome import Done, Night, Step
from xapi.instants import to_us

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from structlog.typing import FilteringBoundLogger

    from connector.ledger.db import Ledger

FINISHED = "nuit.finie"


def run(
    steps: Mapping[str, Callable[[], Done]],
    ledger: Ledger,
    now: datetime,
    author: str,
    log: FilteringBoundLogger,
) -> Night:
    """Run the steps in their order, and write in the ledger's journal that this night was finished.

    A step that fails stops no other one. A failure that nobody foresaw is logged whole and counted like the others.
    """
    with ledger.read() as connection:
        previous = last_night(connection)
    done = tuple(_step(name, step, log) for name, step in steps.items())
    night = Night(now, previous[0].astimezone(now.tzinfo) if previous else None, done)
    with ledger.write() as connection:
        record(connection, to_us(now), author, FINISHED, now.date().isoformat(), code=night.exit_code, **night.figures)
    return night


def last_night(connection: sa.Connection) -> tuple[datetime, dict[str, int]] | None:
    """Return when the last finished night started (UTC) and its figures, None before the first one."""
    query = (
        sa.select(journal.c.at_us, journal.c.detail)
        .where(journal.c.action == FINISHED)
        .order_by(journal.c.id.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return (datetime.fromtimestamp(row.at_us / 1_000_000, UTC), row.detail) if row else None


def _step(name: str, step: Callable[[], Done], log: FilteringBoundLogger) -> Step:
    started = time.monotonic()
    try:
        done = step()
    except Exception as exc:  # noqa: BLE001 - whatever it is, the other steps are still to be done
        done = Done(_("n'a pas abouti"), failures=(failure_of(exc, log, etape=name),))
    seconds = time.monotonic() - started
    log.info(name, fait=done.sentence, secondes=round(seconds, 3), **done.figures)
    for sentence in done.left:
        log.warning(name, a_faire=sentence)
    for sentence in done.failures:
        log.error(name, echec=sentence)
    return Step(name, done, seconds)
