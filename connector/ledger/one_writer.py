"""One at a time: whoever brings evidence, people or sessions, derives from them or reconciles.

Each of these rests on what the others have just made: what is pending, who is touched. SQLite has one writer anyway;
PostgreSQL has a lock for it, which leaves readers alone, and whoever writes what rests on nothing else: the journal,
sessions of the pages, contestations.
"""

from __future__ import annotations

import sqlalchemy as sa

_TURN = 0x70617263  # any number that nobody else uses as a PostgreSQL advisory lock


def take_turn(connection: sa.Connection) -> None:
    """Wait for whoever else writes in this ledger, and keep the turn to the end of the transaction.

    To be called before anything is written: who waits for a turn must hold nothing that its holder could wait for.
    Taking it twice is taking it once. Several ledgers may share a database, each in a schema of its own.
    """
    if connection.dialect.name == "postgresql":
        of_this_ledger = sa.func.hashtext(sa.func.current_schema())
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_TURN, of_this_ledger)))
