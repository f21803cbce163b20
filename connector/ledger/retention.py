"""What the ledger has kept long enough: whole school years, what never concerned anybody, who did what long ago.

A year goes whole, so that what stays comes out the same when it is derived again: nothing of a year rests on another.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.ledger import schema
from connector.ledger.instants import PARIS, midnight_us
from connector.ledger.one_writer import take_turn
from connector.ledger.unsettled import mark
from scenarios.calendar import SchoolYear, school_year_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

_DAY_US = 86_400_000_000
_LINK_US = 2 * _DAY_US  # a session of the pages is over long before
_PROOFS = ("rgpd.effacer", "rgpd.purger")
"""What shows that the law was kept: it names nobody, and stays."""


@dataclass(frozen=True)
class Limits:
    """The first school year kept, the instants before which the rest goes, and the day for entries of the log."""

    year: SchoolYear
    waiting_us: int
    journal_us: int
    notes: date
    now_us: int

    @classmethod
    def on(cls, today: date, *, years: int, waiting: int, journal: int, notes: int) -> Limits:
        """Return those of a day: `years` whole school years before its own, the others in days."""
        now_us = midnight_us(today, PARIS)
        first = SchoolYear(school_year_of(today).first - years)
        before = today - timedelta(days=notes)
        return cls(first, now_us - waiting * _DAY_US, now_us - journal * _DAY_US, before, now_us)


def remove_old(connection: sa.Connection, limits: Limits) -> dict[str, int]:
    """Remove what is older than its limit, in the caller's transaction; return how many rows went, by what they are."""
    take_turn(connection)
    found: dict[str, int] = {}
    for name, remove in _KINDS.items():
        found[name] = remove(connection, limits)
    if any(found.values()):
        _forget_unnamed(connection, limits)
    return found


def _delete(connection: sa.Connection, table: sa.Table, *which: sa.ColumnElement[bool]) -> int:
    return connection.execute(table.delete().where(*which)).rowcount


def _old_sessions(limits: Limits) -> sa.Select[tuple[str]]:
    return sa.select(schema.session.c.code).where(schema.session.c.annee_scolaire < str(limits.year))


def _none_is_old(connection: sa.Connection, limits: Limits) -> bool:
    """Tell at once what is so on almost every night: what no session has would be looked for in all that there is."""
    return not connection.scalar(sa.select(sa.exists(_old_sessions(limits))))


def _evidence(connection: sa.Connection, limits: Limits) -> int:
    if _none_is_old(connection, limits):
        return 0
    evidence, said, void = schema.evidence.c, schema.resolution.c, schema.void.c
    of_year = sa.select(said.evidence_id).where(said.code.in_(_old_sessions(limits)), said.status == "resolved")
    gone = _delete(connection, schema.evidence, evidence.id.in_(of_year))
    if gone:
        lonely = ~sa.exists().where(evidence.statement_id == void.target_id)
        _delete(connection, schema.void, lonely, void.stored_us < midnight_us(limits.year.start, PARIS))
    return gone


def _waiting(connection: sa.Connection, limits: Limits) -> int:
    evidence, said = schema.evidence.c, schema.resolution.c
    unresolved = sa.select(said.evidence_id).where(said.status.in_(("waiting", "set_aside")))
    gone = _delete(connection, schema.evidence, evidence.id.in_(unresolved), evidence.stored_us < limits.waiting_us)
    for table in (schema.conflict, schema.rejected):
        gone += _delete(connection, table, table.c.seen_us < limits.waiting_us)
    return gone


def _lines(connection: sa.Connection, limits: Limits) -> int:
    """Those of old sessions, and those that a closed year has kept of a session which is of another year since."""
    closed = sa.exists().where(schema.closed_year.c.annee_scolaire < str(limits.year))
    if _none_is_old(connection, limits) and not connection.scalar(sa.select(closed)):
        return 0
    return _by_year(schema.line)(connection, limits)


def _by_year(table: sa.Table) -> Callable[[sa.Connection, Limits], int]:
    return lambda connection, limits: _delete(connection, table, table.c.annee_scolaire < str(limits.year))


def _sessions(connection: sa.Connection, limits: Limits) -> int:
    for table in (schema.contestation, schema.lost, schema.module, schema.course, schema.snapshot):
        _delete(connection, table, table.c.code.in_(_old_sessions(limits)))
    return _delete(connection, schema.session, schema.session.c.annee_scolaire < str(limits.year))


def _people(connection: sa.Connection, limits: Limits) -> int:
    """Whoever left before the first year kept, and of whom nothing that is kept speaks."""
    teacher, service = schema.teacher.c, schema.service.c
    serves = sa.exists().where(
        service.teacher_id == teacher.id, sa.or_(service.fin.is_(None), service.fin >= limits.year.start)
    )
    speaks = (
        sa.exists().where(table.c.teacher_id == teacher.id)
        for table in (
            schema.line,
            schema.balance,
            schema.resolution,
            schema.pacte_mission,
            schema.accompagnement,
            schema.need_person,
        )
    )
    gone = _delete(connection, schema.teacher, ~serves, *(~one for one in speaks))
    if gone:
        mark(connection)
    return gone


def _notes(connection: sa.Connection, limits: Limits) -> int:
    return _delete(connection, schema.accompagnement, schema.accompagnement.c.jour < limits.notes)


def _journal(connection: sa.Connection, limits: Limits) -> int:
    journal = schema.journal.c
    return _delete(connection, schema.journal, journal.at_us < limits.journal_us, journal.action.not_in(_PROOFS))


def _links(connection: sa.Connection, limits: Limits) -> int:
    link, opened = schema.entry_link, schema.web_session
    return _delete(connection, link, link.c.expires_us < limits.now_us) + _delete(
        connection, opened, opened.c.opened_us < limits.now_us - _LINK_US
    )


_KINDS: Mapping[str, Callable[[sa.Connection, Limits], int]] = {
    "preuves": _evidence,
    "lignes": _lines,
    "bilans": _by_year(schema.balance),
    "missions": _by_year(schema.pacte_mission),
    "accompagnements": _notes,
    "besoins": _by_year(schema.need),
    "clotures": _by_year(schema.closed_year),
    "sessions": _sessions,
    "attente": _waiting,
    "personnes": _people,
    "journal": _journal,
    "liens": _links,
}
"""In this order: what refers before what it refers to."""


def _forget_unnamed(connection: sa.Connection, limits: Limits) -> None:
    """Remove the names by which nothing that is kept calls anybody: of actors, and of Moodle's accounts."""
    actor, evidence, account = schema.actor.c, schema.evidence.c, schema.moodle_account.c
    acts = sa.exists().where(evidence.actor_kind == actor.kind, evidence.actor_value == actor.value)
    _delete(connection, schema.actor, ~acts)
    listed = (
        sa.exists().where(column == account.email)
        for column in (schema.participant.c.email, schema.trainer.c.email, schema.teacher_key.c.value)
    )
    numeric = account.site + "|" + sa.cast(account.userid, sa.Text)
    names = (("account", numeric), ("account", account.site + "|" + account.username), ("mbox", account.email))
    called = (sa.exists().where(actor.kind == kind, actor.value == value) for kind, value in names)
    unseen = account.last_seen_us < limits.waiting_us
    if _delete(connection, schema.moodle_account, unseen, *(~one for one in (*called, *listed))):
        mark(connection)
