"""Whether who is who has to be worked out again: marked by whatever changes a name, taken by `resolve.settle`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.ledger.one_writer import take_turn
from connector.ledger.schema import unsettled
from xapi.upsert import insert_new

if TYPE_CHECKING:
    import sqlalchemy as sa


def mark(connection: sa.Connection) -> None:
    """Say that a name by which somebody is known, or an account of Moodle, came, went or changed hands."""
    take_turn(connection)
    insert_new(connection, unsettled, [{"what": "noms"}])


def taken(connection: sa.Connection) -> bool:
    """Return whether it was marked since this was last asked, and take the mark."""
    take_turn(connection)
    return connection.execute(unsettled.delete()).rowcount > 0
