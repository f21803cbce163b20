"""Does evidence still say what its statement says? To be asked where the raw statements are ours, and still there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from connector.language import _, ngettext
from connector.ledger import schema
from connector.ledger.erased import erased_people
from connector.ledger.evidence import EvidenceRow, classify
from connector.ledger.moved_sites import moved_sites
from connector.ops.raw_store import kept, raw_store
from connector.ops.registre.check import ABOUT, RESTORE
from xapi.errors import StatementError
from xapi.statement import decode_statement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from connector.ledger.db import Ledger
    from connector.ops.doctor.finding import Finding
    from xapi.store import Store

_AT_ONCE = 2_000
_SHOWN = 3
_SAID = ("sha256", "state", "timestamp_us", "actor_kind", "actor_value")
"""What credit rests on. The other columns may be older than what fills them today."""


def agree(ledger: Ledger, dsn: str) -> list[Finding]:
    """Compare evidence with the embedded LRS's statements (`dsn`); no finding where there is none of both.

    A statement that came with two contents is left out: the queue tells of it.
    """
    if not kept(dsn):
        return []
    compared, different = 0, []
    with raw_store(dsn, ledger.pseudonyms) as store, ledger.read() as connection:
        for statement_id, same in _compared(connection, store):
            compared += 1
            if not same:
                different.append(statement_id)
    if different:
        said = ngettext("{n} preuve ne dit plus", "{n} preuves ne disent plus", len(different))
        named = ", ".join(map(str, different[:_SHOWN])) + (", …" if len(different) > _SHOWN else "")
        return [
            ABOUT.mend(
                "integrite.preuves",
                _("{said} ce que dit la déclaration brute ({named}).", said=said, named=named),
                RESTORE,
            )
        ]
    return [ABOUT.ok("integrite.preuves", f"{_same(compared)}.")] if compared else []


def _compared(connection: sa.Connection, store: Store) -> Iterator[tuple[UUID, bool]]:
    evidence, conflict = schema.evidence.c, schema.conflict.c
    moved, erased = moved_sites(connection), erased_people(connection)
    query = (
        sa.select(evidence.statement_id, *(evidence[name] for name in _SAID))
        .where(evidence.statement_id.not_in(sa.select(conflict.statement_id)))
        .order_by(evidence.id)
    )
    for rows in connection.execute(query.execution_options(yield_per=_AT_ONCE)).partitions():
        bodies = store.bodies(row.statement_id for row in rows)
        for row in rows:
            if row.statement_id in bodies:
                said = _said(bodies[row.statement_id], lambda judged: erased.row(moved.row(judged)))
                yield row.statement_id, said == tuple(row)[1:]


def _said(body: bytes, renamed: Callable[[EvidenceRow], EvidenceRow]) -> tuple[Any, ...] | None:
    """Return what evidence made from these bytes would say; None where there would be none."""
    try:
        statement = decode_statement(body)
    except StatementError:
        return None
    judged = classify(statement)
    if not isinstance(judged, EvidenceRow):
        return None
    row = renamed(judged)
    return (statement.sha256, *(getattr(row, name) for name in _SAID[1:]))


def _same(number: int) -> str:
    return ngettext(
        "{n} preuve dit ce que dit sa déclaration", "{n} preuves disent ce que disent leurs déclarations", number
    )
