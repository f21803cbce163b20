"""What a designer may know of a session: what it plans, and sums of what came of it; nobody in particular."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.language import N_, _
from connector.ledger.schema import MAX_US, activity, line, mailbox, participant
from connector.ledger.versions import newest
from connector.reports.boards.model import Board, Figure, Panel
from connector.reports.boards.planned import NONE, planned_hours
from connector.reports.drawing import MODALITES
from connector.reports.masking import of_a_whole
from connector.reports.table import Column, table_of, worded

if TYPE_CHECKING:
    from connector.reports.report import About

ACTIVITIES = (
    Column("id", N_("Identifiant"), width=16),
    Column("titre", N_("Activité"), width=34),
    Column("modalite", N_("Modalité"), width=22),
    Column("compte", N_("Compte"), width=8),
    Column("duree_min", N_("Durée prévue"), "minutes", 10),
    Column("crediteurs", N_("Ont ses heures"), "number", 10),
)
FIGURES = (
    Column("inscrits", N_("Inscrits"), "number"),
    Column("credites", N_("Ont des heures créditées"), "number"),
    Column("presence_min", N_("Présence prévue"), "minutes"),
    Column("distance_min", N_("Distance prévue"), "minutes"),
)


@dataclass(frozen=True)
class Planned:
    """An activity as it is planned, and how many of those enrolled have its hours; None is masked."""

    id: str
    titre: str
    modalite: str
    duree_min: int
    compte: str
    crediteurs: int | None


def read_design(connection: sa.Connection, about: About) -> Board:
    """Return the board of the session that `about` names: few people are masked, whoever asks."""
    code = about.code
    enrolled = _count(connection, sa.select(participant.c.email).where(participant.c.code == code))
    credited = _count(connection, _credited(code).distinct())
    whole, some = of_a_whole(enrolled, credited)
    hours = planned_hours(connection, sa.select(sa.literal(code)))
    plan = hours.get(code, NONE)
    values = (whole, some, plan.presence, plan.distance)
    return Board(
        about,
        about.nom,
        _("Ce que prévoit la session {code}, et ce qui en est sorti : des totaux, personne en particulier.", code=code),
        tuple(Figure(column, value) for column, value in zip(worded(FIGURES), values, strict=True)),
        (
            Panel(
                "activites",
                table_of(_("Activités"), ACTIVITIES, _activities(connection, code, enrolled)),
                "titre",
                _("« n. c. » : non communiqué, un effectif inférieur à cinq ou ce qui permettrait de le retrouver."),
            ),
        ),
    )


def _activities(connection: sa.Connection, code: str, enrolled: int) -> list[Planned]:
    columns = activity.c["activity_id", "titre", "modalite", "duree_min", "credite"]
    query = sa.select(*columns).where(activity.c.code == code, newest(activity), activity.c.gone_us == MAX_US)
    counted = _credited(code).add_columns(line.c.activity_id).distinct().subquery("counted")
    by_activity = sa.select(counted.c.activity_id, sa.func.count().label("number")).group_by(counted.c.activity_id)
    done = {row.activity_id: int(row.number) for row in connection.execute(by_activity)}
    return [
        Planned(
            row.activity_id,
            row.titre,
            _(MODALITES[row.modalite]),
            row.duree_min,
            _("oui") if row.credite else _("non"),
            of_a_whole(enrolled, done.get(row.activity_id, 0))[1],
        )
        for row in connection.execute(query.order_by(activity.c.position, activity.c.activity_id))
    ]


def _credited(code: str) -> sa.Select[tuple[str]]:
    """Select those on the list who have hours of the session, a row a line."""
    return (
        sa.select(participant.c.email)
        .join(mailbox, mailbox.c.email == participant.c.email)
        .join(line, sa.and_(line.c.teacher_id == mailbox.c.teacher_id, line.c.code == participant.c.code))
        .where(participant.c.code == code, line.c.minutes > 0)
    )


def _count(connection: sa.Connection, people: sa.Select[tuple[str]]) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(people.subquery())) or 0
