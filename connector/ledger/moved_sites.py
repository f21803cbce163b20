"""A site that changed its address is one site: whatever comes under an old one is kept under today's.

Addresses are in what statements say of people (`homePage`), pages and courses. They are written under today's address
as they come in, so that nobody downstream has to know; what was there already is written again, once, when an old
address is declared (`anciennes_adresses`). It is the only change ever made to evidence: the hash stays that of what was
received. What is remembered of a site (`bookmark`: how far it was read, what was published there and what its rolls
said) and what a person has closed of its queue move with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.ledger import schema
from connector.ledger.journal import record
from connector.ledger.one_writer import take_turn
from connector.ledger.queue import Entry, entries
from xapi.names import normalise_homepage
from xapi.upsert import insert_new

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.ledger.evidence import EvidenceRow

_BY_SITE = (
    (schema.course, "site"),
    (schema.module, "site"),
    (schema.moodle_account, "site"),
    (schema.snapshot, "source"),
    (schema.lost, "site"),
)
_REMEMBERED = ("moodle:", "relecture:")
"""Before the address of a site, the sources of `bookmark` that are all of it; those of its parts are `address#part`."""


@dataclass(frozen=True)
class MovedSites:
    """Today's address by old address, both normalised."""

    today: Mapping[str, str]

    def site(self, address: str) -> str:
        """Return today's address of a site, normalised."""
        known = normalise_homepage(address)
        return self.today.get(known, known)

    def account(self, key: str) -> str:
        """Return `homePage|name` under today's address."""
        homepage, bar, name = key.rpartition("|")
        return f"{self.today.get(homepage, homepage)}{bar}{name}"

    def row(self, said: EvidenceRow) -> EvidenceRow:
        """Return evidence under today's addresses."""
        if not self.today:
            return said
        if said.actor_kind == "account":
            said = said._replace(actor_value=self.account(said.actor_value))
        if said.site is None or said.site not in self.today:
            return said
        site = self.today[said.site]
        return said._replace(site=site, object_id=site + said.object_id[len(said.site) :])


def moved_sites(connection: sa.Connection) -> MovedSites:
    """Read which sites have moved."""
    return MovedSites({row.address: row.site for row in connection.execute(sa.select(schema.site_alias))})


def declare_moved(connection: sa.Connection, old: str, site: str, *, author: str, at_us: int) -> bool:
    """Take `old` as an address that `site` had; returns whether that is new. Call `rebuild.rebuild` then."""
    take_turn(connection)
    address, today = normalise_homepage(old), moved_sites(connection).site(site)
    if address == today or moved_sites(connection).today.get(address) == today:
        return False
    alias = schema.site_alias
    connection.execute(alias.delete().where(alias.c.address.in_((address, today))))
    connection.execute(alias.update().where(alias.c.site == address).values(site=today))
    connection.execute(alias.insert().values(address=address, site=today))
    _move(connection, address, today)
    record(connection, at_us, author, "site.adresse", today, ancienne=address)
    return True


def _move(connection: sa.Connection, old: str, new: str) -> None:
    _move_closed(connection, old, new)
    _move_facts(connection, old, new)
    source = schema.bookmark.c.source
    parts = {"source": _moved(source, old, new)}
    _merge(connection, schema.bookmark, _under(source, f"{old}#"), parts)
    for prefix in _REMEMBERED:
        _merge(connection, schema.bookmark, source == prefix + old, {"source": sa.literal(prefix + new)})


def _move_closed(connection: sa.Connection, old: str, new: str) -> None:
    """Give the entries that a person has closed the numbers that they will have: those of subjects of the site."""
    table = schema.closed_entry
    for entry in entries(connection, settled=True):
        said = entry.key or entry.subject
        about_site = entry.reason != "illisible" and said.startswith((f"{old}|", f"{old}/", f"{old} "))
        if about_site and entry.closed and not entry.teacher:
            numero = Entry(entry.reason, new + said[len(old) :], 0).numero
            _merge(connection, table, table.c.numero == entry.numero, {"numero": sa.literal(numero)})


def _move_facts(connection: sa.Connection, old: str, new: str) -> None:
    evidence, key = schema.evidence, schema.teacher_key
    accounts = sa.and_(evidence.c.actor_kind == "account", _under(evidence.c.actor_value, f"{old}|"))
    connection.execute(evidence.update().where(accounts).values(actor_value=_moved(evidence.c.actor_value, old, new)))
    pages = evidence.c.site == old
    moved = {"site": new, "object_id": _moved(evidence.c.object_id, old, new)}
    connection.execute(evidence.update().where(pages).values(moved))
    for table, column in _BY_SITE:
        _merge(connection, table, table.c[column] == old, {column: sa.literal(new)})
    _merge(
        connection,
        key,
        sa.and_(key.c.kind == "account", _under(key.c.value, f"{old}|")),
        {"value": _moved(key.c.value, old, new)},
    )


def _merge(
    connection: sa.Connection,
    table: sa.Table,
    of_old: sa.ColumnElement[bool],
    moved: Mapping[str, sa.ColumnElement[str]],
) -> None:
    """Give the rows of the old address their new one; a row that is there already is today's, and stays."""
    columns = [moved.get(column.name, column).label(column.name) for column in table.c]
    rows = connection.execute(sa.select(*columns).where(of_old)).mappings().all()
    connection.execute(table.delete().where(of_old))
    insert_new(connection, table, [dict(row) for row in rows])


def _under(column: sa.Column[str], prefix: str) -> sa.ColumnElement[bool]:
    return sa.func.substr(column, 1, len(prefix)) == prefix


def _moved(column: sa.Column[str], old: str, new: str) -> sa.ColumnElement[str]:
    return sa.literal(new) + sa.func.substr(column, len(old) + 1)
