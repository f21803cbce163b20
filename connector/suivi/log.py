"""The follow-up log in the ledger: meetings noted, shared, taken back. What is noted is read by few (`_readable`)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

import sqlalchemy as sa

from connector.errors import DataError
from connector.language import N_, _
from connector.ledger.instants import day_of
from connector.ledger.journal import record
from connector.ledger.roster_cells import looks_like_numen
from connector.ledger.schema import accompagnement, teacher
from connector.obligation.wording import day
from scenarios.calendar import SchoolYear, school_year_of

if TYPE_CHECKING:
    from datetime import date

    from connector.ledger.scope import Scope

Mode = Literal["presence", "distance"]
MODES: tuple[Mode, ...] = get_args(Mode)
MODE_WORDS: dict[Mode, str] = {"presence": N_("en présence"), "distance": N_("à distance")}
MOST_CHARACTERS = 1000
MOST_MINUTES = 480
"""A day's work: nothing longer is one meeting."""


class Author(NamedTuple):
    """Who writes and when (microseconds since 1970 UTC): an identifiant of `[[acces]]`, for the log and the journal."""

    identifiant: str
    at_us: int


@dataclass(frozen=True)
class Meeting:
    """What is noted of a meeting: its local day, whole minutes, and a text that is the author's unless `partage`."""

    jour: date
    modalite: Mode
    minutes: int
    texte: str = ""
    partage: bool = False


@dataclass(frozen=True)
class Entry:
    """A meeting as somebody may read it; `texte` is None where it is not theirs to read."""

    numero: int
    identifiant: str
    nom: str
    prenom: str
    jour: date
    modalite: Mode
    minutes: int
    partage: bool
    auteur: str
    texte: str | None
    mine: bool


class _Own(NamedTuple):
    """One of the author's entries."""

    jour: date
    texte: str
    identifiant: str


def entries(
    connection: sa.Connection, scope: Scope, reader: str, year: SchoolYear, identifiant: str | None = None
) -> list[Entry]:
    """Return the meetings of a school year that the scope shows, the newest first: all, or those of one teacher.

    `reader` is who reads: their own texts are theirs.
    """
    noted = accompagnement.c
    query = (
        sa.select(
            noted.id.label("numero"),
            *teacher.c["identifiant", "nom", "prenom"],
            *accompagnement.c["jour", "modalite", "minutes", "partage", "auteur"],
            sa.case((_readable(scope, reader), noted.texte)).label("texte"),
            (noted.auteur == reader).label("mine"),
        )
        .join(teacher, teacher.c.id == noted.teacher_id)
        .where(noted.annee_scolaire == str(year), scope.accompanied(str(year)))
        .order_by(noted.jour.desc(), noted.id.desc())
    )
    if identifiant is not None:
        query = query.where(teacher.c.identifiant == identifiant)
    return [Entry(**row) for row in connection.execute(query).mappings()]


def note(connection: sa.Connection, scope: Scope, author: Author, identifiant: str, meeting: Meeting) -> int:
    """Note a meeting with a teacher whom the author accompanies, journalled without its text; return its number.

    Raises DataError for what cannot be noted, and for somebody whom they do not accompany in the year of that day.
    """
    texte = clean(meeting.texte)
    year = _year_of(meeting.jour, author)
    if not 1 <= meeting.minutes <= MOST_MINUTES:
        raise DataError(_("Une rencontre dure de 1 minute à 8 heures."))
    there = sa.select(teacher.c.id).where(teacher.c.identifiant == identifiant, scope.accompanied(str(year)))
    teacher_id = connection.scalar(there) if scope.role != "ien" else None
    if teacher_id is None:
        raise DataError(
            _("« {qui} » n'est pas de ceux que vous accompagnez en {annee}.", qui=identifiant, annee=year),
            remedy=_("Vos sessions, et « accompagne » de votre accès, disent qui vous accompagnez."),
        )
    shared = meeting.partage and bool(texte)
    values = {"jour": meeting.jour, "modalite": meeting.modalite, "minutes": meeting.minutes, "texte": texte}
    values |= {"partage": shared, "auteur": author.identifiant, "at_us": author.at_us}
    insert = accompagnement.insert().values(teacher_id=teacher_id, annee_scolaire=str(year), **values)
    numero: int = connection.execute(insert.returning(accompagnement.c.id)).scalar_one()
    _record(
        connection, author, "suivi.noter", identifiant, jour=meeting.jour.isoformat(), modalite=meeting.modalite,
        minutes=meeting.minutes, partage=int(shared),
    )  # fmt: skip
    return numero


def share(connection: sa.Connection, author: Author, numero: int, *, shared: bool) -> str:
    """Let the IEN read one of the author's texts, or no longer; return whom it is about.

    Raises DataError where it is not theirs, and for an entry without a text.
    """
    row = _own(connection, author, numero)
    if shared and not row.texte:
        raise DataError(_("Cette rencontre a été notée sans texte : il n'y a rien à partager."))
    connection.execute(accompagnement.update().where(accompagnement.c.id == numero).values(partage=shared))
    _record(connection, author, "suivi.partager" if shared else "suivi.reprendre", row.identifiant, numero=numero)
    return row.identifiant


def take_back(connection: sa.Connection, author: Author, numero: int) -> str:
    """Remove one of the author's entries; return whom it was about. DataError where it is not theirs."""
    row = _own(connection, author, numero)
    connection.execute(accompagnement.delete().where(accompagnement.c.id == numero))
    _record(connection, author, "suivi.retirer", row.identifiant, numero=numero, jour=row.jour.isoformat())
    return row.identifiant


def clean(texte: str) -> str:
    """Return a text as it is kept: lines without control characters. DataError for one too long, or with a NUMEN."""
    lines = "\n".join(line.rstrip() for line in unicodedata.normalize("NFC", texte).splitlines()).strip()
    kept = "".join(one for one in lines if one == "\n" or unicodedata.category(one) not in {"Cc", "Cf"})
    if len(kept) > MOST_CHARACTERS:
        raise DataError(
            _("Ce texte a {nombre} caractères : {limite} au plus.", nombre=len(kept), limite=MOST_CHARACTERS),
            remedy=_("Un carnet de suivi garde l'objet de la rencontre et la suite convenue, rien de plus."),
        )
    if any(looks_like_numen(word) for word in kept.split()):
        raise DataError(_("Un NUMEN est confidentiel et n'a rien à faire ici."), remedy=_("Retirez-le du texte."))
    return kept


def _readable(scope: Scope, reader: str) -> sa.ColumnElement[bool]:
    """Pick the rows whose text may be read: the reader's own, and for an IEN those that are shared."""
    own = accompagnement.c.auteur == reader
    return sa.or_(own, accompagnement.c.partage) if scope.role == "ien" else own


def _year_of(jour: date, author: Author) -> SchoolYear:
    """Return the school year of a day on which a meeting may be noted: of this year or the last, not to come."""
    today = day_of(author.at_us)
    year = school_year_of(jour)
    if jour > today or year.first < school_year_of(today).first - 1:
        raise DataError(
            _("Le {jour} ne se note pas : une rencontre a eu lieu, cette année ou l'an passé.", jour=day(jour))
        )
    return year


def _own(connection: sa.Connection, author: Author, numero: int) -> _Own:
    noted = accompagnement.c
    query = sa.select(noted.jour, noted.texte, teacher.c.identifiant).join(teacher, teacher.c.id == noted.teacher_id)
    row = connection.execute(query.where(noted.id == numero, noted.auteur == author.identifiant)).one_or_none()
    if row is None:
        raise DataError(
            _("La rencontre {numero} n'est pas de votre carnet.", numero=numero),
            remedy=_("Voir ses numéros : parcours suivi lister --enseignant ENSEIGNANT."),
        )
    return _Own(*row)


def _record(connection: sa.Connection, author: Author, action: str, identifiant: str, **detail: str | int) -> None:
    record(connection, author.at_us, author.identifiant, action, identifiant, **detail)
