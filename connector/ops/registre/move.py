"""From one database to another, SQLite or PostgreSQL: every row of every table, then both are compared."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from connector.errors import ConfigError, FatalError
from connector.language import _
from connector.ledger import schema
from connector.ledger.db import open_as_kept
from connector.ledger.partitions import open_years
from connector.ops.registre.check import digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from connector.ledger.db import Ledger

_ROWS = 2000


@dataclass(frozen=True)
class Moved:
    """What was copied: rows by table, those that hold any."""

    rows: Mapping[str, int]

    @property
    def total(self) -> int:
        """All the rows."""
        return sum(self.rows.values())


def move(source_dsn: str, target_dsn: str) -> Moved:
    """Copy a ledger into a database that holds none, in one transaction, and compare them table by table.

    Both are brought to this program's schema, and a pseudonymised one stays so. The source is read at one instant,
    while others use it. Raises ConfigError where the target holds something, FatalError where the copy is not equal:
    nothing is kept of it then.
    """
    with closing(open_as_kept(source_dsn)) as source, closing(_target(target_dsn)) as target:
        if not empty(target):
            raise ConfigError(
                _("La base de destination contient déjà un registre : rien n'a été écrit."),
                remedy=_("Donnez une base vide."),
            )
        with source.read() as reading, target.write() as writing:
            open_years(writing, reading.scalars(sa.select(schema.line.c.annee_scolaire).distinct()))
            open_years(writing, reading.scalars(sa.select(schema.session.c.annee_scolaire).distinct()))
            rows = {table.name: _copy(table, reading, writing) for table in schema.metadata.sorted_tables}
            _set_sequences(writing)
    return Moved({name: number for name, number in rows.items() if number})


def _target(dsn: str) -> Ledger:
    try:
        return open_as_kept(dsn)
    except ConfigError as exc:
        raise ConfigError(
            _("Base de destination : {failure}", failure=exc.message),
            remedy=_("Vérifiez l'adresse que vous donnez ; une base PostgreSQL se crée d'abord, vide."),
        ) from exc


def empty(ledger: Ledger) -> bool:
    """Tell whether nothing was ever put into a ledger."""
    with ledger.read() as connection:
        return not any(
            connection.scalar(sa.select(sa.exists(table.select()))) for table in schema.metadata.sorted_tables
        )


def _inserted(table: sa.Table, reading: sa.Connection, writing: sa.Connection) -> Iterator[sa.Row[Any]]:
    """Insert the rows of one side into the other, and yield them as they go: they are read once."""
    for chunk in reading.execute(table.select()).yield_per(_ROWS).partitions():
        writing.execute(table.insert(), [dict(row._mapping) for row in chunk])  # noqa: SLF001 - public, in spite of its name
        yield from chunk


def _copy(table: sa.Table, reading: sa.Connection, writing: sa.Connection) -> int:
    before = digest(_inserted(table, reading, writing))
    after = digest(writing.execute(table.select()).yield_per(_ROWS))
    if before != after:
        raise FatalError(
            _(
                "La table {name} n'est pas la même après la copie ({before} lignes, puis {after}).",
                name=table.name,
                before=before[0],
                after=after[0],
            ),
            remedy=_("Rien n'a été gardé dans la base de destination. Signalez-le."),
        )
    return before[0]


def _set_sequences(connection: sa.Connection) -> None:
    """Let PostgreSQL number on from the rows that were copied with their numbers."""
    if connection.dialect.name != "postgresql":
        return
    for table in schema.metadata.sorted_tables:
        column = table.autoincrement_column
        if column is not None and len(table.primary_key) == 1:
            sequence = sa.func.pg_get_serial_sequence(table.name, column.name)
            last = sa.select(sa.func.coalesce(sa.func.max(column), 0) + 1).scalar_subquery()
            connection.execute(sa.select(sa.func.setval(sequence, last, sa.false())).where(sequence.is_not(None)))
