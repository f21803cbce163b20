"""Who looked at whom: the reads that the journal holds, and which of them showed one person.

A read of a list is a read of everybody on it: the list of a circonscription or a school shows those who were in it in
that school year, a session's those who were on its list or did something there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from connector.language import N_, _
from connector.ledger import schema
from connector.ops.privacy.person import local_instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from connector.ledger.erasure import Person

REFUSED = "acces.hors_perimetre"
OF_PEOPLE: Mapping[str, str] = {
    "rapport.enseignant": N_("le relevé"),
    "rapport.formateur": N_("le rapport d'activité de formateur"),
    "personnes.expliquer": N_("l'explication de chaque ligne"),
    "suivi.enseignant": N_("les rencontres avec ses formateurs"),
    "personnes.identites": N_("les courriels et comptes"),
    "rgpd.exporter": N_("l'export de ses données"),
    "rgpd.journal": N_("qui l'a consultée"),
    REFUSED: N_("demandé hors de son périmètre, et refusé"),
}
OF_LISTS: Mapping[str, str] = {
    "rapport.circonscription": N_("la liste de la circonscription"),
    "rapport.ecole": N_("la liste de l'école"),
    "rapport.tous": N_("la liste de tout un périmètre"),
    "tableau.enseignants": N_("une liste du tableau"),
    "rapport.besoins": N_("les besoins de formation, et qui y répond"),
    "tableau.besoin": N_("un besoin de formation de l'école"),
    "suivi.lister": N_("une liste d'enseignants à accompagner"),
}
OF_SESSIONS: Mapping[str, str] = {
    "rapport.session": N_("le suivi de la session"),
    "emargement.imprimer": N_("les feuilles d'émargement"),
    "tableau.emargements": N_("les feuilles d'émargement"),
    "tableau.emargement": N_("une feuille d'émargement"),
    "suivi.session": N_("une liste d'enseignants à accompagner"),
    "gaia.inscrire": N_("les inscrits de GAIA"),
    "gaia.comptes": N_("les inscrits de GAIA sans compte"),
}
OF_ALL: Mapping[str, str] = {
    "pacte.lister": N_("le registre du pacte"),
    "file.lire": N_("la file des déclarations en attente"),
}
WORDS = {**OF_PEOPLE, **OF_LISTS, **OF_SESSIONS, **OF_ALL}
EVERYBODY = "tous"


class Read(NamedTuple):
    """One read: when (ISO 8601 in Paris), by whom, what was shown, of what (identifiant, UAI, session).

    What the night writes on its own is not a person who looked: `par` says so.
    """

    quand: str
    par: str
    action: str
    sujet: str
    en_tant_que: str
    annee: str


@dataclass(frozen=True)
class Places:
    """Where somebody could be seen: circonscriptions and schools by school year, and sessions."""

    words: frozenset[str]
    by_year: Mapping[str, frozenset[str]]
    sessions: frozenset[str]

    def shown(self, row: sa.RowMapping) -> bool:
        """Tell whether this entry of the journal showed them."""
        subject, detail = row["subject"], row["detail"]
        if row["action"] in OF_PEOPLE:
            return subject in self.words
        if row["action"] in OF_SESSIONS:
            return subject in self.sessions
        if row["action"] not in OF_LISTS:
            return False
        there = self.by_year.get(str(detail.get("annee")), frozenset())
        if subject != EVERYBODY:
            return subject in there
        scope = detail.get("perimetre")
        return bool(there) if scope is None else not there.isdisjoint(scope.split())


def reads(connection: sa.Connection, *, author: str | None = None, since_us: int | None = None) -> Iterator[Read]:
    """Yield the reads of everybody, oldest first: all, or those of one author, from an instant on."""
    return map(_read, _entries(connection, author, since_us))


def reads_of(
    connection: sa.Connection, person: Person, *, author: str | None = None, since_us: int | None = None
) -> Iterator[Read]:
    """Yield the reads that showed one person, oldest first."""
    places = places_of(connection, person)
    return (_read(row) for row in _entries(connection, author, since_us) if places.shown(row))


def places_of(connection: sa.Connection, person: Person) -> Places:
    """Return where a person could be seen."""
    balance, line, listed = schema.balance.c, schema.line.c, schema.participant.c
    by_year: dict[str, frozenset[str]] = {}
    held = sa.select(balance.annee_scolaire, balance.circonscription, balance.uai)
    for row in connection.execute(held.where(balance.teacher_id == person.teacher_id)):
        by_year[row.annee_scolaire] = frozenset({row.circonscription, row.uai})
    codes = sa.union(
        sa.select(line.code).where(line.teacher_id == person.teacher_id),
        sa.select(listed.code).where(listed.email.in_(person.emails)),
    )
    return Places(frozenset(person.words), by_year, frozenset(connection.scalars(codes)))


def _entries(connection: sa.Connection, author: str | None, since_us: int | None) -> Iterator[sa.RowMapping]:
    journal = schema.journal
    query = journal.select().where(journal.c.action.in_(WORDS)).order_by(journal.c.id)
    if author is not None:
        query = query.where(journal.c.author == author)
    if since_us is not None:
        query = query.where(journal.c.at_us >= since_us)
    yield from connection.execute(query).mappings()


def _read(row: sa.RowMapping) -> Read:
    detail: Mapping[str, Any] = row["detail"]
    whom = str(detail.get("en_tant_que") or "")
    year = str(detail.get("annee") or "")
    who = _("{auteur} (la nuit)", auteur=row["author"]) if detail.get("nuit") else row["author"]
    at = local_instant(row["at_us"])
    return Read(at.isoformat() if at else "", who, row["action"], row["subject"], whom, year)
