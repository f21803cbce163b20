"""A person is erased: everything that named them names a pseudonym from now on, and every total stays what it was.

Nothing else changes: the pseudonym has the addresses that the sessions list and the statements bear, so that whatever
is derived comes out the same when it is derived again. The hash of a statement stays that of what was received, which
the LRS or its sender can still show; a session's fingerprint is that of its text, without the name. What is the
person's and counts nowhere (accounts, passwords, links, contested lines) goes.
"""

from __future__ import annotations

import json
import secrets
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from connector.errors import DataError
from connector.language import _
from connector.ledger import actors, schema
from connector.ledger.erased import ACCOUNT, EMAIL, IDENTIFIANT, Erased, digest, erased_people, erasure_key, proof
from connector.ledger.journal import record
from connector.ledger.keys import ROSTER, teacher_named
from connector.ledger.mailboxes import holders
from connector.ledger.pseudonyms import spellings
from connector.ledger.queue import REASONS, Entry
from connector.ledger.roster import email_hashes
from connector.ledger.sessions import project_again
from connector.ledger.unsettled import mark
from scenarios.folding import folded
from scenarios.snapshot import Snapshot
from xapi.names import normalise_email
from xapi.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DOMAIN = "efface.invalid"
"""Where nobody has a mailbox (RFC 2606)."""
NAME = "Personne effacée"
_BY_AUTHOR = (
    (schema.journal, "author"),
    (schema.journal, "subject"),
    (schema.closed_entry, "author"),
    (schema.closed_year, "author"),
    (schema.accompagnement, "auteur"),
    (schema.need, "author"),
    (schema.need, "withdrawn_by"),
    (schema.evidence, "auteur"),
)
_DOORS = (schema.password, schema.entry_link, schema.web_session)
_GAIA = (schema.gaia_stagiaire, schema.gaia_intervenant)


@dataclass(frozen=True)
class Person:
    """Somebody as the ledger knows them: every name, as (kind, value) of actors, their identifiant apart.

    `logins` are the identifiants of `[[acces]]` under which they use the program.
    """

    teacher_id: int
    identifiant: str
    names: frozenset[tuple[str, str]]
    logins: frozenset[str] = frozenset()

    @property
    def emails(self) -> list[str]:
        """Their addresses, in order."""
        return sorted(value for kind, value in self.names if kind == EMAIL)

    @property
    def words(self) -> set[str]:
        """What they may be called where a text names them: their identifiant and the values of their names."""
        return {self.identifiant, *self.logins, *(value for _, value in self.names)}


def person_named(connection: sa.Connection, identifiant: str) -> Person:
    """Return all that names a teacher; raises DataError for an unknown one."""
    teacher_id = teacher_named(connection, identifiant)
    key, actor, account = schema.teacher_key.c, schema.actor.c, schema.moodle_account.c
    said = sa.union(
        sa.select(key.kind, key.value).where(key.teacher_id == teacher_id),
        sa.select(actor.kind, actor.value).where(actor.teacher_id == teacher_id),
    )
    names = {(row.kind, row.value) for row in connection.execute(said)}
    for row in connection.execute(
        sa.select(account.site, account.userid, account.username, account.email).where(held(teacher_id))
    ):
        names |= {(ACCOUNT, f"{row.site}|{row.userid}"), (ACCOUNT, f"{row.site}|{row.username}")}
        names |= {(EMAIL, row.email)} if row.email else set()
    hashes = {("mbox_sha1sum", one) for kind, value in names if kind == EMAIL for one in email_hashes(value)}
    return Person(teacher_id, identifiant, frozenset(names | hashes))


def held(teacher_id: int) -> sa.ColumnElement[bool]:
    """Pick the rows of `moodle_account` that are this teacher's."""
    account, whose = schema.moodle_account.c, holders().subquery("whose").c
    return sa.exists().where(whose.site == account.site, whose.userid == account.userid, whose.teacher_id == teacher_id)


def erase(connection: sa.Connection, person: Person, *, author: str, at_us: int) -> str:
    """Erase a teacher, in the caller's transaction; journal it, and return the pseudonym. Call `resolve.settle` then.

    The ledger must have been opened with the key of erased people. Raises DataError where one of their names is
    somebody else's too: whose it is has to be said first.
    """
    _refuse_shared(connection, person)
    token = secrets.token_hex(4)
    pseudonym = f"EFFACE-{token}"
    stands = _stand_ins(person, token)
    mark(connection)
    known = _remember(connection, {**stands, (IDENTIFIANT, person.identifiant): pseudonym})
    _forget_ways_in(connection, person)
    _rename_evidence(connection, stands)
    _rename_sessions(connection, person, known)
    _rename_texts(connection, person, pseudonym)
    _rename_teacher(connection, person, pseudonym, stands)
    record(connection, at_us, author, "rgpd.effacer", pseudonym)
    return pseudonym


def lift(connection: sa.Connection, names: Iterable[str] | None, *, author: str, at_us: int) -> int:
    """Let these names (identifiants, addresses, accounts) come in again, or all; returns how many were kept out.

    What was kept under a pseudonym stays there. To lift them all takes no key: it may be lost.
    """
    table = schema.erased
    which = sa.true() if names is None else table.c.digest.in_(_digests(erased_people(connection), names))
    gone = connection.execute(table.delete().where(which, table.c.pseudonym != "")).rowcount
    if names is None:
        connection.execute(table.delete())
    if gone:
        record(connection, at_us, author, "rgpd.lever", "tous" if names is None else "une personne", noms=gone)
    return gone


def _digests(known: Erased, names: Iterable[str]) -> set[bytes]:
    """Return the digests that names may have, whatever each one is."""
    kinds = (IDENTIFIANT, EMAIL, ACCOUNT, "mbox_sha1sum")
    spelt = {(kind, value) for name in names for value in (name, normalise_email(name)) for kind in kinds}
    spelt |= {("mbox_sha1sum", one) for _, value in set(spelt) for one in email_hashes(value)}
    return {digest(known.key, *one) for one in spelt}


def _refuse_shared(connection: sa.Connection, person: Person) -> None:
    """Erasing one of two people whom an address names would give what both did to the other."""
    key, account, whose = schema.teacher_key.c, schema.moodle_account.c, holders().subquery("whose").c
    both = sa.exists().where(
        whose.site == account.site, whose.userid == account.userid, whose.teacher_id != person.teacher_id
    )
    shared = {
        row.value
        for row in connection.execute(sa.select(key.kind, key.value).where(key.teacher_id != person.teacher_id))
        if (row.kind, row.value) in person.names and row.kind != "mbox_sha1sum"
    } | set(connection.scalars(sa.select(account.email).where(held(person.teacher_id), both)))
    if shared:
        raise DataError(
            _(
                "{identifiant} ne s'efface pas : {shared} est aussi à quelqu'un d'autre.",
                identifiant=person.identifiant,
                shared=", ".join(sorted(shared)),
            ),
            remedy=_("Dites d'abord à qui : parcours personnels identites, ou un fichier des personnels corrigé."),
        )


def _stand_ins(person: Person, token: str) -> dict[tuple[str, str], str]:
    """Return the address that stands for each name: one for each of theirs, so that lists keep as many rows."""
    main = f"{token}@{DOMAIN}"
    addresses = {email: f"{token}-{rank}@{DOMAIN}" if rank else main for rank, email in enumerate(person.emails)}
    hashes = {("mbox_sha1sum", one): address for email, address in addresses.items() for one in email_hashes(email)}
    return dict.fromkeys(person.names, main) | hashes | {(EMAIL, email): one for email, one in addresses.items()}


def _remember(connection: sa.Connection, stands: Mapping[tuple[str, str], str]) -> Erased:
    key = erasure_key(connection)
    if key is None:
        message = "the ledger was opened without the key of erased people"
        raise ValueError(message)
    erased_people(connection)  # another key than the one of those who were erased before is refused
    said = {digest(key, *name): pseudonym for name, pseudonym in stands.items()} | {proof(key): ""}
    upsert(
        connection,
        schema.erased,
        [{"digest": one, "pseudonym": name} for one, name in said.items()],
        update=["pseudonym"],
    )
    return erased_people(connection)


def _forget_ways_in(connection: sa.Connection, person: Person) -> None:
    """Remove what is of the person and of nothing that is counted."""
    connection.execute(schema.moodle_account.delete().where(held(person.teacher_id)))
    connection.execute(schema.contestation.delete().where(schema.contestation.c.teacher_id == person.teacher_id))
    noted = schema.accompagnement
    connection.execute(noted.update().where(noted.c.teacher_id == person.teacher_id).values(texte="", partage=False))
    for table in _DOORS:
        connection.execute(table.delete().where(table.c.identifiant.in_(person.words)))
    for table in _GAIA:
        connection.execute(table.delete().where(table.c.email.in_(person.emails)))
    numbers = {Entry(reason, word, 0).numero for reason in REASONS for word in person.words}
    connection.execute(schema.closed_entry.delete().where(schema.closed_entry.c.numero.in_(numbers)))


def _rename_evidence(connection: sa.Connection, stands: Mapping[tuple[str, str], str]) -> None:
    evidence, actor = schema.evidence, schema.actor
    sites: dict[str, set[str]] = defaultdict(set)
    for (kind, value), address in stands.items():
        here = sa.and_(actor.c.kind == kind, actor.c.value == value)
        sites[address] |= set(connection.scalars(sa.select(actor.c.site).where(here)))
        connection.execute(actor.delete().where(here))
        named = sa.and_(evidence.c.actor_kind == kind, evidence.c.actor_value == value)
        connection.execute(evidence.update().where(named).values(actor_kind=EMAIL, actor_value=address))
    actors.remember(connection, ((EMAIL, address, site) for address, some in sites.items() for site in some))


def _rename_sessions(connection: sa.Connection, person: Person, known: Erased) -> None:
    """Write the publications that list the person again, then what they say."""
    table = schema.snapshot
    said = sa.func.lower(sa.type_coerce(table.c.body, sa.Text))
    lists = [said.contains(one, autoescape=True) for one in spellings(connection, person.emails)]
    changed = set()
    for row in connection.execute(sa.select(table).where(sa.or_(sa.false(), *lists))).all():
        before = Snapshot.model_validate_json(row.body)
        now = known.snapshot(before)
        if now != before:
            same = (table.c[column.name] == getattr(row, column.name) for column in table.primary_key)
            connection.execute(table.update().where(*same).values(body=now.model_dump_json(), sha256=now.fingerprint()))
            changed.add(row.code)
    for code in sorted(changed):
        project_again(connection, code)


def _rename_texts(connection: sa.Connection, person: Person, pseudonym: str) -> None:
    """Write the pseudonym wherever a text names the person: who did, about whom, in which words."""
    words = person.words
    for table, column in _BY_AUTHOR:
        connection.execute(table.update().where(table.c[column].in_(words)).values({column: pseudonym}))
    journal, year = schema.journal, schema.closed_year
    said = sa.cast(journal.c.detail, sa.Text)
    named = (said.contains(json.dumps(one)[1:-1], autoescape=True) for one in spellings(connection, words))
    for row in connection.execute(sa.select(journal.c.id, journal.c.detail).where(sa.or_(*named))).all():
        detail = {name: pseudonym if value in words else value for name, value in row.detail.items()}
        connection.execute(journal.update().where(journal.c.id == row.id).values(detail=detail))
    for row in connection.execute(sa.select(year.c.annee_scolaire, year.c.local)).all():
        local: dict[str, Any] = json.loads(row.local)
        if person.identifiant in local["derogations"]:
            local["derogations"][pseudonym] = local["derogations"].pop(person.identifiant)
            text = json.dumps(local, sort_keys=True)
            connection.execute(year.update().where(year.c.annee_scolaire == row.annee_scolaire).values(local=text))


def _rename_teacher(
    connection: sa.Connection, person: Person, pseudonym: str, stands: Mapping[tuple[str, str], str]
) -> None:
    teacher, key = schema.teacher, schema.teacher_key
    values = {"identifiant": pseudonym, "nom": NAME, "prenom": pseudonym[-8:]}
    values["recherche"] = folded(f"{NAME} {pseudonym}")
    connection.execute(teacher.update().where(teacher.c.id == person.teacher_id).values(values))
    connection.execute(key.delete().where(key.c.teacher_id == person.teacher_id))
    addresses = sorted(set(stands.values()))
    rows = [
        {"teacher_id": person.teacher_id, "kind": EMAIL, "value": one, "main": rank == 0, "source": ROSTER}
        for rank, one in enumerate(addresses)
    ]
    if rows:
        connection.execute(key.insert(), rows)
