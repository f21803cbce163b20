"""The queue: what could not be resolved, why, and what a person can do about it. A closed list of reasons."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from connector.language import N_, _
from connector.ledger.contested import read_contested
from connector.ledger.keys import settled_names
from connector.ledger.schema import closed_entry, conflict, evidence, lost, rejected, resolution
from connector.ledger.states import replays

if TYPE_CHECKING:
    from connector.ledger.contested import Contested


class Reason(NamedTuple):
    """One reason: what it means and what to do; `waits` is false for what was settled by a rule."""

    phrase: str
    remedy: str
    waits: bool = True


REASONS = {
    "cours_absent": Reason(
        N_("La déclaration ne dit pas de quel cours elle vient."),
        N_("Demandez à l'administrateur du site qui l'émet d'y joindre le cours ; sans lui, rien n'est crédité."),
    ),
    "cours_inconnu": Reason(
        N_("Le cours Moodle n'est lié à aucune session."),
        N_("Liez-le s'il tient un parcours : parcours lier SESSION --correspondance FICHIER ; sinon, rien à faire."),
    ),
    "activite_inconnue": Reason(
        N_("Le cours est lié à une session, mais pas cette activité."),
        N_("Complétez la correspondance, puis : parcours lier SESSION --correspondance FICHIER."),
    ),
    "creneau_inconnu": Reason(
        N_("L'émargement est celui d'un créneau qu'aucune session connue ne prévoit."),
        N_("Publiez la session, ou déposez son fichier dans un dossier de [sessions], puis : parcours collecter."),
    ),
    "session_inconnue": Reason(
        N_("L'attestation, ou la décision, est celle d'une session inconnue."),
        N_("Publiez la session, ou déposez son fichier dans un dossier de [sessions], puis : parcours collecter."),
    ),
    "presence_etrangere": Reason(
        N_("La présence vient d'un autre outil que parcours : elle ne nomme pas de créneau."),
        N_("Saisissez l'émargement du créneau."),
    ),
    "personne_inconnue": Reason(
        N_("Personne, dans les personnels, ne porte ce nom, ce courriel ou ce compte."),
        N_("Complétez « autres_courriels » ou « compte_moodle », puis : parcours personnels importer FICHIER."),
    ),
    "personne_ambigue": Reason(
        N_("Ce nom, ce courriel ou ce compte désigne plusieurs personnes."),
        N_("Corrigez le fichier, puis : parcours personnels importer FICHIER --complet ; ou dites de qui il s'agit."),
    ),
    "conflit": Reason(
        N_("Une déclaration déjà connue est revenue avec un autre contenu : la première reste."),
        N_("Demandez à l'administrateur du LRS d'où vient la seconde."),
    ),
    "activite_disparue": Reason(
        N_("L'activité n'est plus dans Moodle, ou n'y est plus suivie : ce qui y était achevé reste crédité."),
        N_("Si c'était une erreur, republiez la session ; sinon, rien à faire."),
    ),
    "achevement_disparu": Reason(
        N_(
            "Moodle n'a plus ces achèvements (règles changées, réinitialisation, travail retiré) : "
            "ils restent crédités."
        ),
        N_("Demandez au formateur ce qui s'est passé."),
    ),
    "ligne_contestee": Reason(
        N_("L'enseignant conteste cette ligne."),
        N_("Son IEN en décide dans le tableau, ou : parcours decider ENSEIGNANT --session CODE --activite ACTIVITE."),
    ),
    "illisible": Reason(
        N_("La ligne n'est pas une déclaration xAPI lisible."),
        N_("Corrigez le fichier à l'endroit indiqué et collectez-le de nouveau."),
    ),
    "emargement_seul": Reason(
        N_("L'activité a des créneaux : elle s'émarge, ce que Moodle en dit ne compte pas."),
        N_("Rien à faire."),
        waits=False,
    ),
    "formateur": Reason(N_("Les formateurs d'une session n'y sont pas crédités."), N_("Rien à faire."), waits=False),
    "rejeu": Reason(
        N_("Moodle a renvoyé d'anciennes réussites comme « non achevées » : elles restent acquises."),
        N_("Demandez à l'administrateur de ne pas rejouer l'historique de logstore_xapi."),
        waits=False,
    ),
}

UNREADABLE = {
    "json": N_("ce n'est pas du JSON"),
    "not_an_object": N_("ce n'est pas un objet JSON"),
    "verb": N_("le verbe manque"),
    "object": N_("l'objet manque"),
    "actor": N_("la personne manque, ou est nommée de deux façons"),
    "timestamp": N_("la date n'est pas une date avec son décalage horaire"),
    "stored": N_("« stored » n'est pas une date avec son décalage horaire"),
    "arrived": N_("« arrived » n'est pas une date avec son décalage horaire"),
    "control": N_("un identifiant contient un caractère de contrôle"),
    "uuid": N_("l'identifiant n'est pas un UUID"),
    "result": N_("le résultat n'est ni vrai ni faux"),
    "trop_longue": N_("la ligne dépasse 4 Mo"),
}

_COURSE = " : cours "


class Entry(NamedTuple):
    """`number` declarations set aside for one reason, about one `subject`: an actor, a course, an object, a place.

    `key` is what makes it this entry, where its subject says where rather than what. `closed` by a person, it no longer
    waits (see `closing`), nor does one about somebody who, as a person said, is the `teacher` of that identifiant.
    """

    reason: str
    subject: str
    number: int
    key: str = ""
    closed: bool = False
    teacher: str = ""

    @property
    def numero(self) -> str:
        """How a person names the entry: 8 hexadecimal digits, the same on every day."""
        return hashlib.sha256(f"{self.reason}\n{self.key or self.subject}".encode()).hexdigest()[:8]

    @property
    def waits(self) -> bool:
        """Somebody has to do something."""
        return REASONS[self.reason].waits and not self.closed


def entries(connection: sa.Connection, *, settled: bool = False) -> list[Entry]:
    """Return what waits for a person, most frequent first; with `settled`, also what a rule or a person has settled."""
    found = [*_unresolved(connection), *_conflicts(connection), *_rejected(connection), *_lost(connection)]
    found += map(_contestation, read_contested(connection))
    found += _replays(connection) if settled else []
    closed = set(connection.scalars(sa.select(closed_entry.c.numero)))
    found = [entry._replace(closed=entry.numero in closed) for entry in found]
    if settled:
        found += _assigned(connection)
    kept = [entry for entry in found if settled or entry.waits]
    return sorted(kept, key=lambda entry: (-entry.number, entry.reason, entry.subject))


def waiting(connection: sa.Connection) -> int:
    """Return how many declarations wait for a person."""
    return sum(entry.number for entry in entries(connection))


def waiting_of(connection: sa.Connection, teachers: sa.Select[tuple[int]]) -> dict[int, int]:
    """Return how many declarations of each of these teachers wait for a person; no entry for who has none."""
    subject = _subject()
    query = (
        sa.select(resolution.c.teacher_id, resolution.c.reason, subject, sa.func.count().label("number"))
        .join(evidence, evidence.c.id == resolution.c.evidence_id)
        .where(resolution.c.status == "waiting", resolution.c.teacher_id.in_(teachers))
        .group_by(resolution.c.teacher_id, resolution.c.reason, subject)
    )
    closed = set(connection.scalars(sa.select(closed_entry.c.numero)))
    found: Counter[int] = Counter()
    for teacher_id, reason, about, number in connection.execute(query):
        if Entry(reason, about, number).numero not in closed:
            found[teacher_id] += number
    return dict(found)


def waiting_contested(connection: sa.Connection, *among: sa.ColumnElement[bool]) -> list[Contested]:
    """Return the contested lines that wait for an answer, oldest first; `among` as in `read_contested`."""
    closed = set(connection.scalars(sa.select(closed_entry.c.numero)))
    return [one for one in read_contested(connection, *among) if _contestation(one).numero not in closed]


def _contestation(one: Contested) -> Entry:
    place = f"{one.code}/{one.activity_id}"
    subject = _("{identifiant} : {place} ({libelle})", identifiant=one.identifiant, place=place, libelle=_(one.libelle))
    return Entry("ligne_contestee", subject, 1, key=one.key)


def _subject() -> sa.ColumnElement[str]:
    """What an unresolved declaration is about: the person, the course or the object that is not known."""
    course = evidence.c.site + _COURSE + sa.cast(evidence.c.course_id, sa.Text)
    about_person = resolution.c.reason.in_(("personne_inconnue", "personne_ambigue", "formateur"))
    subject = sa.case(
        (about_person, evidence.c.actor_value),
        (resolution.c.reason == "cours_inconnu", course),
        else_=evidence.c.object_id,
    )
    return sa.type_coerce(subject, evidence.c.actor_value.type)


def _unresolved(connection: sa.Connection) -> list[Entry]:
    subject = _subject()
    query = (
        sa.select(resolution.c.reason, subject, sa.func.count())
        .join(evidence, evidence.c.id == resolution.c.evidence_id)
        .where(resolution.c.status.in_(("waiting", "set_aside")))  # found by their index, among millions resolved
        .group_by(resolution.c.reason, subject)
    )
    return [_about_a_course(*row) if row[0] == "cours_inconnu" else Entry(*row) for row in connection.execute(query)]


def _about_a_course(reason: str, subject: str, number: int) -> Entry:
    """Return the entry of a course that is not known; it has one number in every language."""
    site, _found, course = subject.rpartition(_COURSE)
    return Entry(reason, _("{site} : cours {cours}", site=site, cours=course), number, key=subject)


def _assigned(connection: sa.Connection) -> list[Entry]:
    """One entry for each name of which a person has said whose it is, under the number that it waited with."""
    settled = {(name.reason, name.value): name.identifiant for name in settled_names(connection)}
    about = evidence.c.actor_value.in_({value for _reason, value in settled})
    numbers = Counter(connection.scalars(sa.select(evidence.c.actor_value).where(about)))
    return [
        Entry(reason, value, numbers[value], closed=True, teacher=identifiant)
        for (reason, value), identifiant in settled.items()
    ]


def _conflicts(connection: sa.Connection) -> list[Entry]:
    return [
        Entry(
            "conflit",
            _("{source} : {statement_id}", source=row.source, statement_id=row.statement_id),
            1,
            key=f"{row.statement_id} {row.sha256.hex()}",
        )
        for row in connection.execute(sa.select(conflict))
    ]


def _rejected(connection: sa.Connection) -> list[Entry]:
    return [
        Entry(
            "illisible",
            _("{place} : {defaut}", place=row.place, defaut=_(UNREADABLE[row.reason])),
            1,
            key=f"{row.source} {row.sha256.hex()}",
        )
        for row in connection.execute(sa.select(rejected))
    ]


def _replays(connection: sa.Connection) -> list[Entry]:
    of = replays().subquery("of")
    query = sa.select(of.c.code, sa.func.count()).group_by(of.c.code)
    return [Entry("rejeu", *row) for row in connection.execute(query)]


def _lost(connection: sa.Connection) -> list[Entry]:
    """One entry for each activity and reason; another one, which waits again, as soon as others are concerned."""
    key = lost.c["reason", "code", "activity_id"]
    people: dict[tuple[str, str, str], list[int]] = {}
    for row in connection.execute(sa.select(*key, lost.c.teacher_id).distinct().order_by(*key, lost.c.teacher_id)):
        people.setdefault((row.reason, row.code, row.activity_id), []).append(row.teacher_id)
    return [
        Entry(reason, f"{code}/{activity_id}", len(ids), key=f"{code}/{activity_id} {ids}")
        for (reason, code, activity_id), ids in people.items()
    ]
