"""Whom statements name: every actor ever seen, worked out again from the roster and the identities of Moodle.

In this order, and never by a display name:
1. the roster says it: an e-mail, its hash, or `compte_moodle`;
2. Moodle said it: the actor is, or once was, an account of the site (numeric id, user name or e-mail), and the
   account is somebody's (`mailboxes.holders`);
3. the actor's homePage is no site that we know: logstore_xapi lets a site write any (`account_homepage`) with its own
   user names, so the name is looked up at the site of the statement's object.
Two people found in the same way is nobody: it waits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from connector.ledger.keys import keys
from connector.ledger.mailboxes import holders
from connector.ledger.pending import reopen_actors
from connector.ledger.schema import actor, moodle_account
from xapi.names import account_key
from xapi.upsert import insert_new

if TYPE_CHECKING:
    from collections.abc import Iterable

UNKNOWN, AMBIGUOUS = "personne_inconnue", "personne_ambigue"


def remember(connection: sa.Connection, named: Iterable[tuple[str, str, str | None]]) -> None:
    """Add those whom evidence names (kind, value, site of the object) to those that `refresh` works out."""
    seen = {(kind, value, site or "") for kind, value, site in named}
    insert_new(
        connection,
        actor,
        [
            {"kind": kind, "value": value, "site": site, "alias": _alias(kind, value, site)}
            for kind, value, site in seen
        ],
    )


def _alias(kind: str, value: str, site: str) -> str | None:
    if kind != "account" or not site:
        return None
    homepage, _, name = value.rpartition("|")
    return None if homepage == site else account_key(site, name)


def refresh(connection: sa.Connection, *, every: bool) -> int:
    """Work out those who are new, or every actor again; what the changed ones did is reopened. Returns how many."""
    changed = work_out(connection, every=every)
    reopen_actors(connection, changed)
    return len(changed)


def work_out(connection: sa.Connection, *, every: bool) -> list[tuple[str, str, str]]:
    """Work out those who are new, or every actor again; returns the changed ones (kind, value, site).

    Nothing of them is reopened.
    """
    if not every and not connection.scalar(sa.select(sa.exists().where(_new()))):
        return []
    found = _found(sa.true() if every else _new()).subquery("found")
    teacher_id = sa.case(
        (found.c.roster_low.is_not(None), _only(found.c.roster_low, found.c.roster_high)),
        else_=_only(found.c.moodle_low, found.c.moodle_high),
    )
    reason = sa.case((teacher_id.is_not(None), None), (found.c.ways > 0, AMBIGUOUS), else_=UNKNOWN)
    moved = sa.or_(teacher_id.is_distinct_from(actor.c.teacher_id), reason.is_distinct_from(actor.c.reason))
    key = actor.c["kind", "value", "site"]
    on = sa.and_(*(found.c[column.name] == column for column in key))
    changed = connection.execute(
        sa.select(*key, teacher_id.label("now"), reason.label("why")).join_from(actor, found, on).where(moved)
    ).all()
    if changed:
        connection.execute(
            actor.update()
            .where(*(column == sa.bindparam(f"of_{column.name}") for column in key))
            .values(teacher_id=sa.bindparam("now"), reason=sa.bindparam("why")),
            [
                {"of_kind": row.kind, "of_value": row.value, "of_site": row.site, "now": row.now, "why": row.why}
                for row in changed
            ],
        )
    return [(row.kind, row.value, row.site) for row in changed]


def reopen_named(connection: sa.Connection, site: str, userids: Iterable[int]) -> None:
    """Reopen what was done under the names of these accounts by nobody that the roster knows: a trainer, perhaps."""
    names = account_names().subquery("names")
    same = sa.and_(names.c.kind == actor.c.kind, names.c.value == actor.c.value)
    here = sa.and_(names.c.site == site, names.c.userid.in_(list(userids)))
    unknown = (
        sa.select(*_actor_key()).distinct().join_from(actor, names, same).where(here, actor.c.teacher_id.is_(None))
    )
    reopen_actors(connection, [tuple(row) for row in connection.execute(unknown)])


def _new() -> sa.ColumnElement[bool]:
    return sa.and_(actor.c.teacher_id.is_(None), actor.c.reason.is_(None))


def _only(low: sa.ColumnElement[int], high: sa.ColumnElement[int]) -> sa.ColumnElement[int | None]:
    return sa.case((low == high, low))


def account_names() -> sa.CompoundSelect[Any]:
    """Select every way to name an account of a site: kind, value, by_name, site, userid."""
    account = moodle_account.c
    numeric = account.site + "|" + sa.cast(account.userid, sa.Text)
    return sa.union(
        _names("account", numeric, by_name=False),
        _names("account", account.site + "|" + account.username, by_name=True),
        _names("mbox", account.email, by_name=False),
    )


def _names(kind: str, value: sa.ColumnElement[str], *, by_name: bool) -> sa.Select[Any]:
    return sa.select(
        sa.literal(kind).label("kind"),
        value.label("value"),
        sa.literal(by_name).label("by_name"),
        moodle_account.c.site,
        moodle_account.c.userid,
    )


def _found(among: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """One row per actor among these: lowest and highest teacher of the roster, those of Moodle, how many ways."""
    key = keys().subquery("key")
    by_roster = sa.select(*_actor_key(), key.c.teacher_id, sa.literal(1).label("roster")).join_from(
        actor, key, sa.and_(key.c.kind == actor.c.kind, key.c.value == actor.c.value)
    )
    each = sa.union_all(*(way.where(among) for way in (by_roster, *_by_moodle()))).subquery("each")
    roster = sa.case((each.c.roster == 1, each.c.teacher_id))
    moodle = sa.case((each.c.roster == 0, each.c.teacher_id))
    return (
        sa.select(
            *_actor_key(),
            sa.func.min(roster).label("roster_low"),
            sa.func.max(roster).label("roster_high"),
            sa.func.min(moodle).label("moodle_low"),
            sa.func.max(moodle).label("moodle_high"),
            sa.func.count(each.c.teacher_id).label("ways"),
        )
        .select_from(
            actor.outerjoin(each, sa.and_(*(each.c[name] == actor.c[name] for name in ("kind", "value", "site"))))
        )
        .where(among)
        .group_by(*_actor_key())
    )


def _actor_key() -> list[sa.Column[Any]]:
    return [actor.c.kind, actor.c.value, actor.c.site]


def _by_moodle() -> list[sa.Select[Any]]:
    names = account_names().cte("names")
    own = sa.and_(names.c.kind == actor.c.kind, names.c.value == actor.c.value)
    sites = sa.select(moodle_account.c.site).distinct().subquery("sites")
    elsewhere = sa.not_(
        sa.exists().where(sa.func.substr(actor.c.value, 1, sa.func.length(sites.c.site) + 1) == sites.c.site + "|")
    )
    foreign = sa.and_(names.c.kind == "account", names.c.by_name, names.c.value == actor.c.alias, elsewhere)
    held = holders().cte("held")
    same = sa.and_(held.c.site == names.c.site, held.c.userid == names.c.userid)
    return [
        sa.select(*_actor_key(), held.c.teacher_id, sa.literal(0).label("roster")).select_from(
            actor.join(names, on).join(held, same)
        )
        for on in (own, foreign)
    ]
