"""What is applied in class, and by how many of those concerned: recorded, never credited."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.language import N_
from connector.ledger.schema import MAX_US, activity, balance, session, teacher
from connector.ledger.versions import newest
from connector.obligation.classroom import applications
from connector.obligation.explain import local_day
from connector.reports.masking import hidden_cells
from connector.reports.table import Column, share

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from connector.ledger.scope import Scope
    from connector.reports.participant import Activity, Participant
    from connector.reports.people import Wanted

APPLICATIONS = (
    Column("id", N_("Activité en classe"), width=20),
    Column("titre", N_("Intitulé"), width=34),
    Column("faites", N_("L’ont faite"), "number", 10),
    Column("concernes", N_("Concernés"), "number", 10),
    Column("part", N_("Part"), "percent", 9),
)
PLACES = (
    Column("uai", N_("UAI"), width=10),
    Column("nom", N_("Circonscription"), width=28),
    Column("faites", N_("Ont mis en œuvre"), "number", 11),
    Column("pas_encore", N_("Pas encore"), "number", 11),
    Column("concernes", N_("Concernés"), "number", 11),
    Column("part", N_("Part"), "percent", 9),
)


@dataclass(frozen=True)
class Application:
    """One classroom activity of a session: who did it, of those concerned."""

    id: str
    titre: str
    done: tuple[Participant, ...]
    concernes: int

    @classmethod
    def of(cls, one: Activity, people: Sequence[Participant]) -> Application:
        """Return what some people of a session made of one of its classroom activities."""
        concerned = [person for person in people if one.id in person.applied]
        done = tuple(person for person in concerned if person.applied[one.id] is not None)
        return cls(one.id, one.titre, done, len(concerned))

    @property
    def faites(self) -> int:
        """How many did it."""
        return len(self.done)

    @property
    def part(self) -> int:
        """Their share of those concerned, in thousandths of a percent, rounded to a percent."""
        return share(self.faites, self.concernes)


@dataclass(frozen=True)
class Applied:
    """Teachers of a place who have something to apply in class, and those who applied something; None is masked."""

    uai: str
    nom: str
    faites: int | None
    pas_encore: int | None
    concernes: int | None

    @property
    def part(self) -> int | None:
        """The share of those concerned, in thousandths of a percent, rounded to a percent."""
        return None if self.faites is None or self.concernes is None else share(self.faites, self.concernes)


def read_in_class(connection: sa.Connection, code: str) -> list[tuple[str, str, str, int]]:
    """Return id, title, modality and planned minutes of a session's classroom activities, in order."""
    columns = activity.c["activity_id", "titre", "modalite", "duree_min"]
    here = (activity.c.code == code, activity.c.modalite == "en_classe", newest(activity), activity.c.gone_us == MAX_US)
    query = sa.select(*columns).where(*here).order_by(activity.c.position, activity.c.activity_id)
    return [(row.activity_id, row.titre, row.modalite, row.duree_min) for row in connection.execute(query)]


def read_applied(connection: sa.Connection, code: str, fuseau: str) -> dict[int, dict[str, date | None]]:
    """Return, by teacher concerned, the local day on which each classroom activity of a session was done, or None."""
    found: dict[int, dict[str, date | None]] = defaultdict(dict)
    for row in connection.execute(applications(sa.select(sa.literal(code)))):
        found[row.teacher_id][row.activity_id] = local_day(row.done_us, fuseau)
    return found


def count_applied(
    connection: sa.Connection, scope: Scope, wanted: Wanted, *owing: sa.ColumnElement[bool]
) -> dict[str, tuple[int, int]]:
    """Return, by circonscription, how many of the teachers wanted applied something in class, and how many had to.

    `owing` narrows them by conditions on `balance`.
    """
    codes = sa.select(session.c.code).where(session.c.annee_scolaire == wanted.annee_scolaire)
    every = applications(codes).subquery("application")
    each = sa.select(every.c.teacher_id, sa.func.count(every.c.done_us).label("done")).group_by(every.c.teacher_id)
    person = each.subquery("person")
    done = sa.func.sum(sa.case((person.c.done > 0, 1), else_=0))
    query = (
        sa.select(balance.c.circonscription, done.label("done"), sa.func.count().label("concerned"))
        .select_from(balance.join(teacher, teacher.c.id == balance.c.teacher_id))
        .join(person, person.c.teacher_id == balance.c.teacher_id)
        .where(wanted.condition(scope), *owing)
        .group_by(balance.c.circonscription)
    )
    return {row.circonscription: (int(row.done), int(row.concerned)) for row in connection.execute(query)}


def masked_applied(
    counts: Sequence[tuple[str, int, int]], names: Mapping[str, str], unsized: Collection[str]
) -> tuple[Applied, ...]:
    """Return a row a circonscription (UAI, done, concerned), the whole last, few people masked.

    `unsized` are the circonscriptions, and "" for the whole, whose number of teachers is masked beside: what is
    concerned of them says how many they are at least.
    """
    every = [*counts, ("", sum(done for _, done, _ in counts), sum(whole for _, _, whole in counts))]
    already = {(rank, column) for rank, (uai, _, _) in enumerate(every) if uai in unsized for column in range(3)}
    hidden = hidden_cells([[done, whole - done, whole] for _, done, whole in every], already=already)
    rows = []
    for rank, (uai, done, whole) in enumerate(every):
        shown = (None if (rank, c) in hidden else one for c, one in enumerate((done, whole - done, whole)))
        rows.append(Applied(uai, names.get(uai, uai), *shown))
    return tuple(rows)


def added(rows: Sequence[Applied]) -> dict[str, int | None]:
    """Return the sums of some rows, by column: masked where one of them is."""
    columns = ("faites", "pas_encore", "concernes")
    figures = {name: [getattr(row, name) for row in rows] for name in columns}
    return {name: None if None in values else sum(values) for name, values in figures.items()}
