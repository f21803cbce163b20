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
    from collections.abc import Iterable, Mapping


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


def read_directory(connection: sa.Connection) -> Directory:
    """Read the roster of the ledger, with the addresses that Moodle showed; an empty one knows nobody."""
    addresses: dict[int, list[tuple[bool, str]]] = defaultdict(list)
    for row in connection.execute(sa.select(mailbox)):
        addresses[row.teacher_id].append((not row.main, row.email))
    latest = sa.func.row_number().over(
        partition_by=service.c.teacher_id, order_by=(sa.func.coalesce(service.c.end_us, MAX_US).desc(), service.c.id)
    )
    ranked = sa.select(service.c.teacher_id, service.c.ecole, latest.label("latest")).subquery()
    query = (
        sa.select(teacher, sa.func.coalesce(ranked.c.ecole, "").label("ecole"))
        .outerjoin(ranked, sa.and_(ranked.c.teacher_id == teacher.c.id, ranked.c.latest == 1))
        .order_by(teacher.c.identifiant)
    )
    people = [
        Known(row.id, row.identifiant, row.nom, row.prenom, row.ecole, tuple(a for _, a in sorted(addresses[row.id])))
        for row in connection.execute(query)
    ]
    named = {known.teacher_id: known.identifiant for known in people}
    shared: dict[str, list[str]] = defaultdict(list)
    for row in connection.execute(shared_addresses()):
        shared[row.email].append(named[row.teacher_id])
    return directory(people, {address: tuple(sorted(names)) for address, names in shared.items()})


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
