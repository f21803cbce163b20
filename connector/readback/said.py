"""What the ledger already holds of what Moodle says: acts by account and module, ids, modules, whose an account is."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import sqlalchemy as sa

from connector.ledger.actors import account_names
from connector.ledger.mailboxes import holders
from connector.ledger.schema import MAX_US, activity, actor, evidence, module, void

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from uuid import UUID

    from connector.readback.reading import Row

T = TypeVar("T")

_CHUNK = 500
_WEIGHT = {"undone": 0, "failed": 1}


class Act(NamedTuple):
    """What a statement said of somebody's completion of a module: `state` is done, failed or undone."""

    state: str
    timestamp_us: int


Acts = dict[tuple[int, int], list[Act]]
"""The acts of each (userid, cmid), in the order in which the last one decides (RULES.md section 2, rule 2)."""


def acts_about(connection: sa.Connection, site: str, rows: Sequence[Row]) -> Acts:
    """Return what statements, voided ones left out, say of the people and modules of these rows.

    A statement is somebody's under any name that Moodle has shown for the account; `site` is normalised.
    """
    names = account_names().cte("names")
    voided = sa.exists().where(void.c.target_id == evidence.c.statement_id)
    query = (
        sa.select(names.c.userid, *evidence.c["cmid", "state", "timestamp_us", "stored_us", "rank"])
        .join_from(evidence, actor, _names_the_actor())
        .join(
            names,
            sa.and_(names.c.kind == actor.c.kind, names.c.value == sa.func.coalesce(actor.c.alias, actor.c.value)),
        )
        .where(evidence.c.kind == "completion", evidence.c.site == site, names.c.site == site, sa.not_(voided))
        .where(evidence.c.course_id.in_({row.course_id for row in rows}))
    )
    found: dict[tuple[int, int], set[tuple[int, int, int, int, str]]] = defaultdict(set)
    for userids in _chunks({row.userid for row in rows}):
        for row in connection.execute(query.where(names.c.userid.in_(userids))):
            order = (row.timestamp_us, row.stored_us, row.rank, _WEIGHT.get(row.state, 2), row.state)
            found[row.userid, row.cmid].add(order)
    return {key: [Act(state, at_us) for at_us, _, _, _, state in sorted(acts)] for key, acts in found.items()}


def known_ids(connection: sa.Connection, ids: Iterable[UUID]) -> set[UUID]:
    """Return those of these statements that the ledger holds, or knows to be voided: they are not said again."""
    known: set[UUID] = set()
    for some in _chunks(set(ids)):
        for column in (evidence.c.statement_id, void.c.target_id):
            known |= set(connection.scalars(sa.select(column).where(column.in_(some))))
    return known


def ticked_modules(connection: sa.Connection, site: str) -> Mapping[int, str]:
    """Return the modules of a site whose completion counts, with the idnumber that publishing gives each.

    An activity with slots is signed, not ticked; a module that is no activity of a session says nothing to anybody.
    """
    ticked = sa.and_(
        activity.c.code == module.c.code,
        activity.c.activity_id == module.c.activity_id,
        activity.c.until_us == MAX_US,
        sa.not_(activity.c.has_slots),
    )
    query = sa.select(module.c.cmid, module.c.code, module.c.activity_id).join(activity, ticked)
    found = connection.execute(query.where(module.c.site == site))
    return {row.cmid: f"{row.code}/{row.activity_id}" for row in found}


def teachers_of(connection: sa.Connection, site: str) -> Mapping[int, frozenset[int]]:
    """Return the teachers that each account of a site may be: by the roster, and by the statements made under it."""
    names = account_names().cte("names")
    named = (
        sa.select(names.c.userid, actor.c.teacher_id)
        .join(actor, sa.and_(names.c.kind == actor.c.kind, names.c.value == actor.c.value))
        .where(names.c.site == site, actor.c.teacher_id.is_not(None))
    )
    held = holders().subquery("held")
    by_roster = sa.select(held.c.userid, held.c.teacher_id).where(held.c.site == site)
    found: dict[int, set[int]] = defaultdict(set)
    for userid, teacher_id in connection.execute(sa.union(named, by_roster)):
        found[userid].add(teacher_id)
    return {userid: frozenset(ids) for userid, ids in found.items()}


def _names_the_actor() -> sa.ColumnElement[bool]:
    return sa.and_(
        actor.c.kind == evidence.c.actor_kind,
        actor.c.value == evidence.c.actor_value,
        actor.c.site == sa.func.coalesce(evidence.c.site, ""),
    )


def _chunks(values: Collection[T]) -> Iterable[list[T]]:
    listed = list(values)
    return (listed[start : start + _CHUNK] for start in range(0, len(listed), _CHUNK))
