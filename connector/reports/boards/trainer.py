"""The annual activity report of a trainer or a FIP: their sessions, what came of them, what they designed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.language import N_, _
from connector.ledger.schema import mailbox, participant, session, teacher, trainer
from connector.ledger.stage import in_preparation
from connector.reports.boards.model import Board, Figure, Panel
from connector.reports.boards.planned import credited_hours, slot_minutes
from connector.reports.table import Column, table_of, worded
from xapi.names import normalise_email

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from connector.ledger.scope import Scope
    from connector.reports.boards.planned import Hours
    from connector.reports.report import About

_ROLES = {"formateur": N_("formateur"), "tuteur": N_("tuteur"), "concepteur": N_("concepteur")}

SESSIONS = (
    Column("code", N_("Session"), width=16),
    Column("titre", N_("Parcours"), width=34),
    Column("roles", N_("Rôle"), "list", 14),
    Column("circonscription", N_("Circonscription"), width=13),
    Column("debut", N_("Début"), "day", 11),
    Column("fin", N_("Fin"), "day", 11),
    Column("inscrits", N_("Inscrits"), "number", 9),
    Column("credites", N_("Ont des heures"), "number", 9),
    Column("creneaux_min", N_("Créneaux"), "minutes", 10),
    Column("presence_min", N_("Présence créditée"), "minutes", 10),
    Column("distance_min", N_("Distance créditée"), "minutes", 10),
)
DESIGNED = (
    Column("matricule", N_("Matricule"), width=26),
    Column("titre", N_("Parcours"), width=34),
    Column("sessions", N_("Sessions"), "number", 9),
    Column("inscrits", N_("Inscrits"), "number", 9),
)
YEARS = (
    Column("annee_scolaire", N_("Année scolaire"), width=12),
    Column("sessions", N_("Sessions"), "number", 9),
    Column("inscrits", N_("Inscrits"), "number", 9),
    Column("presence_min", N_("Présence créditée"), "minutes", 10),
    Column("distance_min", N_("Distance créditée"), "minutes", 10),
)
FIGURES = (
    Column("sessions", N_("Sessions"), "number"),
    Column("inscrits", N_("Inscriptions"), "number"),
    Column("credite_min", N_("Heures créditées"), "minutes"),
    Column("parcours_concus", N_("Parcours conçus"), "number"),
)


@dataclass(frozen=True)
class Trainer:
    """Whose report it is: an identifiant or an address, a name, and the addresses that sessions may name."""

    code: str
    nom: str
    emails: tuple[str, ...]


@dataclass(frozen=True)
class Led:
    """A session that names the trainer; minutes are those credited to all of its people."""

    code: str
    matricule: str
    titre: str
    roles: tuple[str, ...]
    circonscription: str
    annee_scolaire: str
    debut: date
    fin: date | None
    inscrits: int
    credites: int
    creneaux_min: int
    presence_min: int
    distance_min: int


@dataclass(frozen=True)
class Sums:
    """What several sessions come to: a parcours' (`matricule`, without its version), or a school year's."""

    sessions: int
    inscrits: int
    presence_min: int
    distance_min: int
    matricule: str = ""
    titre: str = ""
    annee_scolaire: str = ""


def find_trainer(connection: sa.Connection, named: str) -> Trainer:
    """Return who is named, by an identifiant or an address of the roster, or the bare address of somebody else."""
    email = normalise_email(named)
    mailed = sa.select(mailbox.c.teacher_id).where(mailbox.c.email == email)
    known = sa.or_(teacher.c.identifiant == named, teacher.c.id.in_(mailed))
    row = connection.execute(sa.select(teacher).where(known).order_by(teacher.c.id)).first()
    if row is None:
        return Trainer(email, email, (email,))
    emails = connection.scalars(sa.select(mailbox.c.email).where(mailbox.c.teacher_id == row.id))
    return Trainer(row.identifiant, f"{row.prenom} {row.nom}", tuple(sorted(emails)))


def read_trainer(connection: sa.Connection, scope: Scope, about: About, who: Trainer) -> Board | None:
    """Return the report of the year of `about` and the sums of the years before; None where the scope shows nothing.

    A trainer or a tutor sees their own; an IEN, of the sessions that they may open, their own teachers' figures.
    """
    every = _led(connection, scope, who, about.annee_scolaire)
    led = [one for one in every if one.annee_scolaire == about.annee_scolaire]
    return _board(about, led, every) if led else None


def _led(connection: sa.Connection, scope: Scope, who: Trainer, until: str) -> list[Led]:
    theirs = sa.and_(trainer.c.email.in_(who.emails), scope.as_trainer())
    codes = sa.select(trainer.c.code).where(theirs, trainer.c.code.not_in(in_preparation(connection)))
    query = (
        sa.select(session)
        .where(session.c.code.in_(codes), scope.sessions(), session.c.annee_scolaire <= until)
        .order_by(session.c.annee_scolaire, session.c.debut, session.c.code)
    )
    found = connection.execute(query).mappings().all()
    roles = {(row.code, row.role) for row in connection.execute(sa.select(*trainer.c["code", "role"]).where(theirs))}
    slots, enrolled = slot_minutes(connection, codes), _enrolled(connection, scope, codes)
    people = _credited(connection, scope, codes, sorted({row["annee_scolaire"] for row in found}))
    return [
        Led(
            **{name: row[name] for name in ("code", "titre", "circonscription", "annee_scolaire", "debut", "fin")},
            matricule=row["parcours_key"],
            roles=tuple(name for name in _ROLES if (row["code"], name) in roles),
            inscrits=enrolled.get(row["code"], 0),
            credites=len(people[row["code"]]),
            creneaux_min=slots.get(row["code"], 0),
            presence_min=sum(hours.presence for hours in people[row["code"]]),
            distance_min=sum(hours.distance for hours in people[row["code"]]),
        )
        for row in found
    ]


def _credited(
    connection: sa.Connection, scope: Scope, codes: sa.Select[tuple[str]], years: Iterable[str]
) -> dict[str, list[Hours]]:
    """Return what was credited in each session, once for each person who has hours of it."""
    people: dict[str, list[Hours]] = defaultdict(list)
    for year in years:
        for (code, _teacher), hours in credited_hours(connection, scope, codes, year).items():
            people[code].append(hours)
    return people


def _enrolled(connection: sa.Connection, scope: Scope, codes: sa.Select[tuple[str]]) -> dict[str, int]:
    """Return how many people are on the list of each session, as far as the scope shows them."""
    query = (
        sa.select(participant.c.code, sa.func.count().label("number"))
        .join(session, session.c.code == participant.c.code)
        .outerjoin(mailbox, mailbox.c.email == participant.c.email)
        .where(participant.c.code.in_(codes), scope.people_of(mailbox.c.teacher_id, session.c.annee_scolaire))
        .group_by(participant.c.code)
    )
    return {row.code: row.number for row in connection.execute(query)}


def _board(about: About, led: Sequence[Led], every: Sequence[Led]) -> Board:
    designed: dict[str, list[Led]] = defaultdict(list)
    years: dict[str, list[Led]] = defaultdict(list)
    for one in led:
        if "concepteur" in one.roles:
            designed[one.matricule].append(one)
    for one in every:
        years[one.annee_scolaire].append(one)
    whole = _sums(led)
    values = (whole.sessions, whole.inscrits, whole.presence_min + whole.distance_min, len(designed))
    made = [_sums(some, matricule=key, titre=some[-1].titre) for key, some in sorted(designed.items())]
    history = [_sums(some, annee_scolaire=year) for year, some in sorted(years.items(), reverse=True)]
    return Board(
        about,
        _("Rapport d'activité de {nom}", nom=about.nom),
        _("Les sessions de l'année scolaire {annee}, et ce qui y a été fait.", annee=about.annee_scolaire),
        tuple(Figure(column, value) for column, value in zip(worded(FIGURES), values, strict=True)),
        (
            Panel(
                "sessions",
                table_of(_("Sessions"), SESSIONS, [replace(one, roles=tuple(map(_role, one.roles))) for one in led]),
                "titre",
                _(
                    "Les créneaux sont tous ceux de la session, quel que soit le formateur qui les a animés ; les"
                    " heures créditées sont celles de tous ses participants."
                ),
            ),
            Panel("parcours_concus", table_of(_("Parcours conçus"), DESIGNED, made), "titre"),
            Panel("annees", table_of(_("Année après année"), YEARS, history), "annee_scolaire"),
        ),
    )


def _role(code: str) -> str:
    return _(_ROLES[code])


def _sums(some: Sequence[Led], *, matricule: str = "", titre: str = "", annee_scolaire: str = "") -> Sums:
    return Sums(
        len(some),
        sum(one.inscrits for one in some),
        sum(one.presence_min for one in some),
        sum(one.distance_min for one in some),
        matricule,
        titre,
        annee_scolaire,
    )
