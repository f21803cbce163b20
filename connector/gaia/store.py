"""The ledger's copy of GAIA: replaced whole for each académie, purged by the two-year rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from connector.errors import DataError
from connector.language import N_, _
from connector.ledger.erased import EMAIL, erased_people
from connector.ledger.journal import record
from connector.ledger.schema import gaia_formation, gaia_intervenant, gaia_stagiaire
from xapi.upsert import insert_unless_there

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from connector.gaia.files import Export
    from connector.gaia.rows import Formation, Intervenant, Stagiaire

_CHUNK = 5000
_NAMES = {gaia_formation: "sessions", gaia_intervenant: N_("intervenants"), gaia_stagiaire: N_("stagiaires")}


@dataclass(frozen=True)
class Taken:
    """What an import changed: rows by kind (`sessions`, `intervenants`, `stagiaires`), added and removed.

    A row that changed is removed and added. `old` counts the sessions that the two-year rule left out.
    """

    added: Mapping[str, int]
    removed: Mapping[str, int]
    old: int

    @property
    def nothing(self) -> bool:
        """The ledger already said the same."""
        return not any(self.added.values()) and not any(self.removed.values())


def oldest(today: date) -> datetime:
    """Return the instant before which a session is no longer kept: 1 January of the civil year before this one."""
    return datetime(today.year - 1, 1, 1)  # noqa: DTZ001 - GAIA's times are local


def take_in(connection: sa.Connection, export: Export, today: date, *, author: str, at_us: int) -> Taken:
    """Make the ledger say of an académie what its export says; DataError, and nothing changed, where it looks emptied.

    What the two-year rule purges is left out, sessions and who is of them alone: importing brings nobody back.
    A session of a national dispositif that another académie's export brought stays that one's.
    """
    formations = [row for row in export.formations if row.debut >= oldest(today)]
    modules = {(row.table_name, row.module) for row in formations}
    sessions = {(row.table_name, row.session) for row in formations}
    trainers = [row for row in export.intervenants if (row.table_name, row.module) in modules]
    trainees = [row for row in export.stagiaires if (row.table_name, row.session) in sessions]
    erased = erased_people(connection)
    added, removed = {}, {}
    for table, rows in (
        (gaia_formation, formations),
        (gaia_intervenant, [row for row in trainers if not erased.pseudonym(EMAIL, row.email)]),
        (gaia_stagiaire, [row for row in trainees if not erased.pseudonym(EMAIL, row.email)]),
    ):
        name = _NAMES[table]
        added[name], removed[name] = _replace(connection, table, rows, export)
    taken = Taken(added, removed, len(export.formations) - len(formations))
    if not taken.nothing:
        record(connection, at_us, author, "gaia.import", export.code, jour=export.day, rejets=len(export.rejects))
    return taken


def _replace(
    connection: sa.Connection,
    table: sa.Table,
    rows: Iterable[Formation | Intervenant | Stagiaire],
    export: Export,
) -> tuple[int, int]:
    """Add what is new, remove what is gone; return how many of each."""
    names = [column.name for column in table.columns]
    source = {"source": export.code}
    wanted = {tuple(map((vars(row) | source).__getitem__, names)) for row in rows}
    found = {tuple(row) for row in connection.execute(table.select().where(table.c.source == export.code))}
    if found and not wanted:
        raise DataError(
            _(
                "L'export de {code} n'a plus aucune ligne lisible de « {names} », le registre en a {nombre}.",
                code=export.code,
                names=_(_NAMES[table]),
                nombre=len(found),
            ),
            remedy=_("Rien n'a été changé. Vérifiez le dépôt de GAIA ; les rejets disent ce qui ne va pas."),
        )
    keys = [column.name for column in table.primary_key]
    gone = [dict(zip(names, row, strict=True)) for row in found - wanted]
    match = sa.and_(*(table.c[key] == sa.bindparam(f"of_{key}") for key in keys))
    for chunk in _chunks(gone):
        connection.execute(table.delete().where(match), [{f"of_{key}": row[key] for key in keys} for row in chunk])
    before = _count(connection, table)
    for chunk in _chunks([dict(zip(names, row, strict=True)) for row in wanted - found]):
        connection.execute(insert_unless_there(connection, table), chunk)
    return _count(connection, table) - before, len(gone)


def _chunks(rows: list[dict[str, Any]]) -> Iterable[list[dict[str, Any]]]:
    return (rows[start : start + _CHUNK] for start in range(0, len(rows), _CHUNK))


def _count(connection: sa.Connection, table: sa.Table) -> int:
    return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def purge(connection: sa.Connection, today: date, *, author: str, at_us: int, dry: bool = False) -> dict[str, int]:
    """Remove the sessions older than the two-year rule, then whom no session has any more; return the counts.

    With `dry` the counts are the same and nothing is removed.
    """
    formation, trainer, trainee = gaia_formation, gaia_intervenant, gaia_stagiaire
    kept = formation.c.debut >= oldest(today)
    module_kept = sa.exists().where(
        formation.c.table_name == trainer.c.table_name, formation.c.module == trainer.c.module, kept
    )
    session_kept = sa.exists().where(
        formation.c.table_name == trainee.c.table_name, formation.c.session == trainee.c.session, kept
    )
    counts = {}
    for table, condition in ((trainer, ~module_kept), (trainee, ~session_kept), (formation, ~kept)):
        query = sa.select(sa.func.count()).select_from(table).where(condition)
        counts[_NAMES[table]] = connection.execute(query).scalar_one()
        if not dry:
            connection.execute(table.delete().where(condition))
    if not dry and any(counts.values()):
        record(connection, at_us, author, "gaia.purge", oldest(today).date().isoformat(), **counts)
    return counts
