"""Statistics as an académie hands them up: 1D and 2D, public and private, trainee days of six hours.

Source: m@gistère's `local/metaadmin`: planned hours of those enrolled, by school year; a parcours is known without its
version.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from connector.language import N_, _
from connector.ledger.instants import midnight_us
from connector.ledger.schema import mailbox, participant, service, session
from connector.ledger.stage import in_preparation
from connector.reports.boards.model import Board, Figure, Panel
from connector.reports.boards.planned import NONE, Hours, credited_hours, planned_hours
from connector.reports.masking import THRESHOLD, hidden_rows
from connector.reports.table import Column, Table, worded

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from connector.ledger.scope import Scope
    from connector.reports.report import About
    from connector.reports.table import Value

UNKNOWN = N_("hors du registre")
DAY_MIN = 360
"""A trainee day (m@gistère, metaadmin): six hours."""

_FIGURES = (
    Column("stagiaires", N_("Stagiaires"), "number", 10),
    Column("participations", N_("Participations"), "number", 11),
    Column("presence_min", N_("Présence prévue"), "minutes", 11),
    Column("distance_min", N_("Distance prévue"), "minutes", 11),
    Column("journees", N_("Journées-stagiaires"), "tenths", 11),
    Column("credite_presence_min", N_("Présence créditée"), "minutes", 11),
    Column("credite_distance_min", N_("Distance créditée"), "minutes", 11),
)
GROUPS = (
    Column("departement", N_("Département"), width=16),
    Column("degre", N_("Degré"), width=8),
    Column("secteur", N_("Secteur"), width=8),
    *_FIGURES,
)
PARCOURS = (
    Column("matricule", N_("Matricule"), width=26),
    Column("titre", N_("Parcours"), width=34),
    Column("sessions", N_("Sessions"), "number", 9),
    *_FIGURES,
)


@dataclass(frozen=True)
class Session:
    """What is asked of a session: its parcours without a version, its title, and the instant at which it begins."""

    code: str
    matricule: str
    titre: str
    start_us: int


@dataclass(frozen=True)
class Service:
    """Where somebody serves, from an instant to another."""

    departement: str
    degre: str
    uai: str
    start_us: int
    end_us: int


@dataclass(frozen=True)
class Taken:
    """One person in one session; `who` is the teacher's number, or the address that is nobody's."""

    session: Session
    who: int | str
    departement: str
    degre: str
    secteur: str
    planned: Hours
    credited: Hours


@dataclass
class Tally:
    """What some participations add up to."""

    people: set[int | str] = field(default_factory=set)
    sessions: set[str] = field(default_factory=set)
    participations: int = 0
    planned: Hours = NONE
    credited: Hours = NONE

    def add(self, taken: Taken) -> None:
        """Count one participation."""
        self.people.add(taken.who)
        self.sessions.add(taken.session.code)
        self.participations += 1
        self.planned = self.planned.plus(taken.planned)
        self.credited = self.credited.plus(taken.credited)

    def figures(self) -> dict[str, int]:
        """Return the figures by the key of their column; `journees` are tenths of days."""
        return {
            "stagiaires": len(self.people),
            "participations": self.participations,
            "presence_min": self.planned.presence,
            "distance_min": self.planned.distance,
            "journees": days(self.planned.both),
            "credite_presence_min": self.credited.presence,
            "credite_distance_min": self.credited.distance,
        }


def days(minutes: int) -> int:
    """Return trainee days in tenths, rounded half up."""
    return (20 * minutes + DAY_MIN) // (2 * DAY_MIN)


def read_statistics(connection: sa.Connection, scope: Scope, about: About, private: Collection[str]) -> Board | None:
    """Return the statistics of the sessions that the scope opens, `private` schools by UAI; None without anybody."""
    every = list(_taken(connection, scope, about.annee_scolaire, frozenset(private)))
    return board(about, every) if every else None


def board(about: About, every: Sequence[Taken]) -> Board:
    """Return the tables of some participations: groups of few people are masked, with the smallest of the others."""
    groups: dict[tuple[str, str, str], Tally] = defaultdict(Tally)
    courses: dict[tuple[str, str], Tally] = defaultdict(Tally)
    titles = {taken.session.matricule: taken.session.titre for taken in every}
    whole = Tally()
    for taken in every:
        for tally in (
            groups[taken.departement, taken.degre, taken.secteur],
            courses[taken.session.matricule, titles[taken.session.matricule]],
            whole,
        ):
            tally.add(taken)
    figures: dict[str, int | None] = {**whole.figures()}
    if len(whole.people) < THRESHOLD:
        figures = dict.fromkeys(figures)
    return Board(
        about,
        about.nom,
        _("Les participations aux sessions de l'année scolaire {annee}.", annee=about.annee_scolaire),
        tuple(Figure(column, figures[column.key]) for column in worded(_FIGURES[:5])),
        (
            Panel("groupes", _groups(groups, figures), "departement", _counting(), total=True),
            Panel("parcours", _courses(courses), "titre", _("Un parcours est compté toutes versions ensemble.")),
        ),
    )


def _counting() -> str:
    return _(
        "Une participation est une personne inscrite, ou créditée, dans une session. Les heures prévues sont celles des"
        " activités qui comptent ; une journée-stagiaire en vaut six. Le second degré n'a pas d'heures créditées."
        " « n. c. » : non communiqué, un effectif inférieur à cinq ou ce qui permettrait de le retrouver."
    )


def _groups(groups: Mapping[tuple[str, str, str], Tally], whole: Mapping[str, int | None]) -> Table:
    words = [(place or _(UNKNOWN), degre, secteur) for place, degre, secteur in sorted(groups)]
    rows: list[tuple[Value, ...]] = [
        *_masked(words, [groups[key] for key in sorted(groups)]),
        (_("Ensemble"), "", "", *whole.values()),
    ]
    return Table(_("Degrés et secteurs"), worded(GROUPS), tuple(rows))


def _courses(courses: Mapping[tuple[str, str], Tally]) -> Table:
    words = [(*key, len(courses[key].sessions)) for key in sorted(courses)]
    rows = _masked(words, [courses[key] for key in sorted(courses)])
    return Table(_("Parcours suivis"), worded(PARCOURS), tuple(rows))


def _masked(words: Sequence[tuple[Value, ...]], tallies: Sequence[Tally]) -> list[tuple[Value, ...]]:
    hidden = hidden_rows([len(tally.people) for tally in tallies])
    figures = [tally.figures().values() for tally in tallies]
    return [
        (*said, *((None,) * len(values) if rank in hidden else values))
        for rank, (said, values) in enumerate(zip(words, figures, strict=True))
    ]


def _taken(connection: sa.Connection, scope: Scope, year: str, private: frozenset[str]) -> Iterator[Taken]:
    codes = sa.select(session.c.code).where(
        session.c.annee_scolaire == year, session.c.code.not_in(in_preparation(connection)), scope.sessions()
    )
    query = sa.select(*session.c["code", "parcours_key", "titre", "debut", "fuseau"]).where(session.c.code.in_(codes))
    sessions = {
        row.code: Session(row.code, row.parcours_key, row.titre, midnight_us(row.debut, ZoneInfo(row.fuseau)))
        for row in connection.execute(query.order_by(session.c.debut, session.c.code))
    }
    planned, credited = planned_hours(connection, codes), credited_hours(connection, scope, codes, year)
    enrolled = set(_enrolled(connection, scope, codes, year)) | set(credited)
    services = _services(connection, {who for _code, who in enrolled if isinstance(who, int)})
    for code, who in sorted(enrolled, key=str):
        one = sessions[code]
        serves = _serving(services.get(who, ()), one.start_us)
        hours = planned.get(code, NONE), credited.get((code, who), NONE) if isinstance(who, int) else NONE
        if serves is None:
            yield Taken(one, who, "", "", "", *hours)
        else:
            sector = "PR" if serves.uai in private else "PU"
            yield Taken(one, who, serves.departement, serves.degre, sector, *hours)


def _enrolled(
    connection: sa.Connection, scope: Scope, codes: sa.Select[tuple[str]], year: str
) -> Iterator[tuple[str, int | str]]:
    """Yield who is on which list: a teacher's number, or an address that is nobody's."""
    query = (
        sa.select(participant.c.code, participant.c.email, mailbox.c.teacher_id)
        .outerjoin(mailbox, mailbox.c.email == participant.c.email)
        .where(participant.c.code.in_(codes), scope.people_of(mailbox.c.teacher_id, year))
    )
    for row in connection.execute(query):
        yield row.code, row.email if row.teacher_id is None else row.teacher_id


def _services(connection: sa.Connection, who: Collection[int]) -> dict[int | str, list[Service]]:
    columns = service.c["teacher_id", "departement", "degre", "uai", "start_us", "end_us"]
    found: dict[int | str, list[Service]] = defaultdict(list)
    for teacher_id, *rest in connection.execute(sa.select(*columns).order_by(service.c.start_us, service.c.id)):
        if teacher_id in who:
            found[teacher_id].append(Service(*rest))
    return found


def _serving(services: Sequence[Service], at_us: int) -> Service | None:
    """Return where somebody served at an instant, else where they did nearest to it; None for nobody of the roster."""
    return min(services, key=lambda one: max(one.start_us - at_us, at_us + 1 - one.end_us, 0), default=None)
