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
    """The roster by address and by identifiant; `shared` are the addresses of several people, which name nobody."""

    by_address: Mapping[str, Known]
    by_identifiant: Mapping[str, Known]
    shared: frozenset[str]

    def person(self, address: str) -> Known | None:
        """Return whom an e-mail address names, if it names one person."""
        return self.by_address.get(normalise_email(address))

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
    return directory(people, frozenset(connection.scalars(shared_addresses())))


def directory(people: Iterable[Known], shared: frozenset[str] = frozenset()) -> Directory:
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
        shared | {address for address, held in holders.items() if len(held) > 1},
    )
