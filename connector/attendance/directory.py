"""People as the roster knows them, by any of their addresses: names on a sheet, and who is meant by a row of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.ledger.mailboxes import shared_addresses
from connector.ledger.schema import MAX_US, mailbox, service, teacher
from xapi.names import normalise_email

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence


@dataclass(frozen=True)
class Known:
    """Somebody of the roster; `addresses` are lower case, the main one first; `ecole` is that of the latest service."""

    teacher_id: int
    identifiant: str
    nom: str
    prenom: str
    ecole: str
    addresses: tuple[str, ...]


@dataclass(frozen=True)
class Directory:
    """The roster by address and by identifiant; `shared` are the identifiants of those who share an address.

    Such an address names nobody.
    """

    by_address: Mapping[str, Known]
    by_identifiant: Mapping[str, Known]
    shared: Mapping[str, tuple[str, ...]]

    def person(self, address: str) -> Known | None:
        """Return whom an e-mail address names, if it names one person."""
        return self.by_address.get(normalise_email(address))

    def shared_with(self, identifiant: str) -> dict[str, tuple[str, ...]]:
        """Return the addresses that somebody shares, each with the identifiants of all who do."""
        return {address: names for address, names in self.shared.items() if identifiant in names}

    def addresses(self, address: str) -> tuple[str, ...]:
        """Return every address of the person whom `address` names, itself first."""
        known = self.person(address)
        wanted = normalise_email(address)
        return (wanted, *(other for other in known.addresses if other != wanted)) if known else (wanted,)


def read_directory(connection: sa.Connection, addresses: Collection[str] | None = None) -> Directory:
    """Read the roster of the ledger, with the addresses that Moodle showed; an empty one knows nobody.

    With `addresses`, it knows those only whom they name: a session's list needs no whole roster.
    """
    wanted = None if addresses is None else sorted({normalise_email(address) for address in addresses})
    sharers = connection.execute(shared_addresses(wanted)).all()
    among = sa.true() if wanted is None else _named(wanted, [row.teacher_id for row in sharers])
    borne: dict[int, list[tuple[bool, str]]] = defaultdict(list)
    for row in connection.execute(sa.select(mailbox).join(teacher, teacher.c.id == mailbox.c.teacher_id).where(among)):
        borne[row.teacher_id].append((not row.main, row.email))
    latest = sa.func.row_number().over(
        partition_by=service.c.teacher_id, order_by=(sa.func.coalesce(service.c.end_us, MAX_US).desc(), service.c.id)
    )
    served = sa.select(service.c.teacher_id, service.c.ecole, latest.label("latest"))
    ranked = served.join(teacher, teacher.c.id == service.c.teacher_id).where(among).subquery()
    query = (
        sa.select(teacher, sa.func.coalesce(ranked.c.ecole, "").label("ecole"))
        .outerjoin(ranked, sa.and_(ranked.c.teacher_id == teacher.c.id, ranked.c.latest == 1))
        .where(among)
    )
    people = [
        Known(row.id, row.identifiant, row.nom, row.prenom, row.ecole, tuple(a for _, a in sorted(borne[row.id])))
        for row in sorted(connection.execute(query), key=lambda row: str(row.identifiant))
    ]
    named = {known.teacher_id: known.identifiant for known in people}
    shared: dict[str, list[str]] = defaultdict(list)
    for row in sharers:
        shared[row.email].append(named[row.teacher_id])
    return directory(people, {address: tuple(sorted(names)) for address, names in shared.items()})


def _named(addresses: Sequence[str], sharers: Sequence[int]) -> sa.ColumnElement[bool]:
    """Pick the teachers whom these addresses name, or who share one of them."""
    bearing = sa.select(mailbox.c.teacher_id).where(mailbox.c.email.in_(addresses))
    return sa.or_(teacher.c.id.in_(bearing), teacher.c.id.in_(sharers))


def directory(people: Iterable[Known], shared: Mapping[str, tuple[str, ...]] | None = None) -> Directory:
    """Make a directory of people; `shared` are addresses of several of them that none of them bears here."""
    holders: dict[str, list[Known]] = defaultdict(list)
    by_identifiant = {}
    for known in people:
        by_identifiant[known.identifiant] = known
        for address in known.addresses:
            holders[address].append(known)
    return Directory(
        {address: held[0] for address, held in holders.items() if len(held) == 1},
        by_identifiant,
        {
            **(shared or {}),
            **{
                address: tuple(known.identifiant for known in held)
                for address, held in holders.items()
                if len(held) > 1
            },
        },
    )
