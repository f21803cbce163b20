"""What people have settled for good, and what they did beside the 18 hours."""

from __future__ import annotations

import sqlalchemy as sa

from connector.ledger.schema.base import metadata
from connector.ledger.schema.personal import Derogations, Personal

closed_year = sa.Table(
    "closed_year",
    metadata,
    sa.Column("annee_scolaire", sa.Text, primary_key=True),
    sa.Column("reglement", sa.Text, nullable=False, comment="the regulation it was closed with, whole, as JSON"),
    sa.Column("local", Derogations, nullable=False, comment="the local rules of that year, as JSON"),
    sa.Column("empreinte", sa.Text, nullable=False, comment="fingerprint of the regulation"),
    sa.Column("author", Personal, nullable=False),
    sa.Column("at_us", sa.BigInteger, nullable=False),
    comment="School years whose lines and balances no longer change.",
)

pacte_mission = sa.Table(
    "pacte_mission",
    metadata,
    sa.Column("teacher_id", sa.ForeignKey("teacher.id", ondelete="CASCADE"), nullable=False),
    sa.Column("annee_scolaire", sa.Text, nullable=False),
    sa.Column("mission", sa.Text, nullable=False, comment="a code of pacte/data/missions.json"),
    sa.Column("demi_part", sa.Boolean, nullable=False),
    sa.Column("bilan_le", sa.Date, nullable=True, comment="when its bilan was handed in"),
    sa.PrimaryKeyConstraint("teacher_id", "annee_scolaire", "mission"),
    comment="Missions of the pacte: a ledger apart, which credit never reads.",
)

pacte_hours = sa.Table(
    "pacte_hours",
    metadata,
    sa.Column("teacher_id", sa.BigInteger, nullable=False),
    sa.Column("annee_scolaire", sa.Text, nullable=False),
    sa.Column("mission", sa.Text, nullable=False),
    sa.Column("jour", sa.Date, nullable=False),
    sa.Column("minutes", sa.Integer, nullable=False),
    sa.PrimaryKeyConstraint("teacher_id", "annee_scolaire", "mission", "jour"),
    sa.ForeignKeyConstraint(
        ["teacher_id", "annee_scolaire", "mission"],
        ["pacte_mission.teacher_id", "pacte_mission.annee_scolaire", "pacte_mission.mission"],
        ondelete="CASCADE",
    ),
    comment="Hours done for a mission of the pacte, a row a day.",
)
