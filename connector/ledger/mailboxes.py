"""Which addresses are whose: those of the roster, and those that Moodle says of their accounts. Said here only.

An address belongs to one person or to nobody: one that several people share names none of them, and the roster's word
beats Moodle's. Session lists name people by address; `mailbox` is how credit finds them on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from connector.ledger.keys import keys
from connector.ledger.schema import mailbox, moodle_account, teacher_key
from connector.ledger.touch import touch

if TYPE_CHECKING:
    from collections.abc import Collection

_COLUMNS = ("email", "teacher_id", "main")


def holders() -> sa.CompoundSelect[Any]:
    """Select whose a Moodle account is: site, userid, teacher_id; several rows where that is not sure.

    The roster names the account (`compte_moodle`), or else the account bears, or once bore, an e-mail of the roster.
    """
    account, key = moodle_account.c, keys().subquery("key")
    numeric = account.site + "|" + sa.cast(account.userid, sa.Text)
    names_it = sa.and_(key.c.kind == "account", key.c.value.in_((numeric, account.site + "|" + account.username)))
    held = sa.select(account.site, account.userid, key.c.teacher_id)
    named = held.join_from(moodle_account, key, names_it)
    told = named.subquery("told")
    untold = ~sa.exists().where(told.c.site == account.site, told.c.userid == account.userid)
    bears = sa.and_(key.c.kind == "mbox", key.c.value == account.email)
    return sa.union(named, held.join_from(moodle_account, key, bears).where(untold))


def refresh(connection: sa.Connection) -> None:
    """Work out `mailbox` again; those who lose or gain an address are touched."""
    now = _now().cte("now")
    same = sa.and_(*(now.c[name] == mailbox.c[name] for name in _COLUMNS))
    lost = connection.execute(sa.select(mailbox).where(~sa.exists().where(same))).all()
    won = connection.execute(sa.select(now).where(~sa.exists().where(same))).all()
    if lost:
        gone = [{"of_email": row.email} for row in lost]
        connection.execute(mailbox.delete().where(mailbox.c.email == sa.bindparam("of_email")), gone)
    if won:
        connection.execute(mailbox.insert(), [row._asdict() for row in won])
    touch(connection, (row.teacher_id for row in (*lost, *won)))


def _now() -> sa.CompoundSelect[Any]:
    key = keys().subquery("key").c
    of_roster = sa.select(key.value.label("email"), key.teacher_id, key.main).where(key.kind == "mbox")
    held = holders().subquery("held")
    same = sa.and_(held.c.site == moodle_account.c.site, held.c.userid == moodle_account.c.userid)
    of_moodle = (
        sa.select(moodle_account.c.email, held.c.teacher_id, sa.false().label("main"))
        .join_from(moodle_account, held, same)
        .where(moodle_account.c.email != "", moodle_account.c.email.not_in(_of_somebody()))
    )
    return sa.union_all(*(_of_one(said) for said in (of_roster, of_moodle)))


def _of_somebody() -> sa.Select[tuple[str]]:
    return sa.select(teacher_key.c.value).where(teacher_key.c.kind == "mbox")


def shared_addresses(among: Collection[str] | None = None) -> sa.Select[tuple[str, int]]:
    """Select the addresses that the roster gives to several people, and that name nobody: email, teacher_id of each.

    Only those `among` these (lower case), where they are given: the whole roster is not read for a session's list.
    """
    key, each = keys().subquery("key").c, keys().subquery("each").c
    several = sa.func.min(key.teacher_id) != sa.func.max(key.teacher_id)
    wanted = sa.true() if among is None else key.value.in_(among)
    shared = sa.select(key.value).where(key.kind == "mbox", wanted).group_by(key.value).having(several)
    narrowed = sa.true() if among is None else each.value.in_(among)
    return (
        sa.select(each.value.label("email"), each.teacher_id)
        .distinct()
        .where(each.kind == "mbox", narrowed, each.value.in_(shared))
    )


def _of_one(said: sa.Select[Any]) -> sa.Select[Any]:
    each = said.subquery()
    whose, main = each.c.teacher_id, sa.func.max(sa.case((each.c.main, 1), else_=0)) == 1
    return (
        sa.select(each.c.email, sa.func.min(whose).label("teacher_id"), main.label("main"))
        .group_by(each.c.email)
        .having(sa.func.min(whose) == sa.func.max(whose))
    )
