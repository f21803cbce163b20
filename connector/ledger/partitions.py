"""The parts of `line` on PostgreSQL, one a school year: made when the first session of a year comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.ledger import schema
from connector.ledger.one_writer import take_turn
from scenarios.calendar import SchoolYear

if TYPE_CHECKING:
    from collections.abc import Iterable


def open_years(connection: sa.Connection, years: Iterable[str]) -> None:
    """Have a part of `line` for each of these school years, in the caller's transaction; nothing to do on SQLite.

    A line of a year without a part is refused by PostgreSQL: whoever brings a session opens its year first.
    """
    if connection.dialect.name != "postgresql":
        return
    for year in years:
        part = part_of(year)
        if _there(connection, part):
            continue
        take_turn(connection)
        if not _there(connection, part):  # nobody made it while we waited
            connection.exec_driver_sql(make_part(schema.line.name, year))


def make_part(table: str, year: str) -> str:
    """Return the statement that makes the part of a school year."""
    return f"CREATE TABLE {part_of(year)} PARTITION OF {table} FOR VALUES IN ('{SchoolYear.parse(year)}')"


def part_of(year: str) -> str:
    """Return the name of the part of a school year, such as `line_2026_2027`."""
    return f"{schema.line.name}_{str(SchoolYear.parse(year)).replace('-', '_')}"


def _there(connection: sa.Connection, part: str) -> bool:
    return connection.scalar(sa.select(sa.func.to_regclass(part))) is not None
