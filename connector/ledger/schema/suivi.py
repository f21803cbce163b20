"""What trainers note of the teachers whom they accompany: a ledger apart, which credit never reads."""

from __future__ import annotations

import sqlalchemy as sa

from connector.ledger.schema.base import metadata, row_id
from connector.ledger.schema.personal import Personal

accompagnement = sa.Table(
    "accompagnement",
    metadata,
    sa.Column("id", row_id, primary_key=True, autoincrement=True),
    sa.Column("teacher_id", sa.ForeignKey("teacher.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("annee_scolaire", sa.Text, nullable=False, comment="of the day"),
    sa.Column("jour", sa.Date, nullable=False),
    sa.Column("modalite", sa.Text, nullable=False, comment="presence | distance"),
    sa.Column("minutes", sa.Integer, nullable=False),
    sa.Column("texte", Personal, nullable=False, comment="its author's alone, unless it is shared with the IEN"),
    sa.Column("partage", sa.Boolean, nullable=False),
    sa.Column("auteur", Personal, nullable=False, index=True, comment="an identifiant of [[acces]]"),
    sa.Column("at_us", sa.BigInteger, nullable=False, comment="when it was noted"),
    comment="The follow-up log of proximity trainers, an entry a meeting; never credited.",
)
