"""The columns that hide names, all of them: to hide what they hold, to see that they do, to forget whom they lost."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from connector.ledger.one_writer import take_turn
from connector.ledger.pseudonyms import PSEUDONYM, SEALED
from connector.ledger.schema import metadata
from xapi.cover import SealedText
from xapi.covering import cover_all, covered_columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.ledger.db import Ledger
    from connector.ledger.pseudonyms import Pseudonyms
    from xapi.cover import Covered

_AT_ONCE = 2000


def hide_all(reading: sa.Connection, writing: sa.Connection, by: Pseudonyms) -> dict[str, int]:
    """Hide the names of a ledger in clear; returns how many rows there were, by table.

    Both connections are to a ledger opened as it is kept. The names are in their file before `writing` is over.
    """
    alone(writing)

    def kept() -> None:
        by.executed("UPDATE", writes=True)
        by.keep()

    return cover_all(metadata.sorted_tables, reading, writing, by, kept)


def rows_to_hide(connection: sa.Connection) -> dict[str, int]:
    """Return how many rows `hide_all` would change, by table."""
    tables = [table for table in metadata.sorted_tables if covered_columns(table)]
    counts = {table.name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0 for table in tables}
    return {name: number for name, number in counts.items() if number}


def forget_names(ledger: Ledger) -> int:
    """Leave no name in the file of names whose pseudonym the ledger no longer has; returns how many went.

    Nobody writes meanwhile, so that no name goes whose pseudonym is on its way. Nothing where the ledger is in clear.
    """
    if ledger.pseudonyms is None or ledger.pseudonyms.names is None:
        return 0
    with ledger.write() as connection:
        alone(connection)
        return ledger.pseudonyms.names.forget_but(
            found for _name, _kind, text in _kept(connection) for found in PSEUDONYM.findall(text)
        )


def alone(connection: sa.Connection) -> None:
    """Let nobody else write until the transaction is over; one that writes on SQLite is alone already.

    The turn comes first: tables are locked one after the other, and a collector may have some of them already.
    """
    take_turn(connection)
    if connection.dialect.name == "postgresql":
        tables = ", ".join(map(connection.dialect.identifier_preparer.format_table, metadata.sorted_tables))
        connection.exec_driver_sql(f"LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE")


def names_in_clear(connection: sa.Connection, by: Pseudonyms) -> dict[str, int]:
    """Return how many values are in clear where pseudonyms should be, by column: none, or a name has leaked."""
    return Counter(name for name, kind, text in _kept(connection) if _shows(kind, text, by))


def _shows(kind: Covered, text: str, by: Pseudonyms) -> bool:
    if isinstance(kind, SealedText):
        return not text.startswith(SEALED.hex())
    kept = json.loads(text) if _is_json(kind) else text
    shows: bool = kind.inward(by)(kept) != kept
    return shows


def _is_json(kind: Covered) -> bool:
    return isinstance(kind.impl_instance, sa.JSON)


def _kept(connection: sa.Connection) -> Iterator[tuple[str, Covered, str]]:
    """Yield each value of each hiding column, once, as the database has it, with the column's name and kind."""
    for table in metadata.sorted_tables:
        for name, kind in covered_columns(table).items():
            column: sa.ColumnElement[Any] = table.c[name]
            said = sa.cast(column, sa.Text) if _is_json(kind) else sa.type_coerce(column, sa.Text)
            query = sa.select(said).where(column.is_not(None)).distinct()
            for value in connection.execute(query.execution_options(yield_per=_AT_ONCE)).scalars():
                yield f"{table.name}.{name}", kind, value
