"""What schools need to be trained in, as an IEN has said."""

from __future__ import annotations

import sqlalchemy as sa

from connector.ledger.schema.base import metadata, row_id
from connector.ledger.schema.personal import Personal

need = sa.Table(
    "need",
    metadata,
    sa.Column("id", row_id, primary_key=True, autoincrement=True),
    sa.Column("annee_scolaire", sa.Text, nullable=False, comment="in which it is to be met"),
    sa.Column("uai", sa.Text, nullable=False, comment="of the school"),
    sa.Column("circonscription", sa.Text, nullable=False, comment="of the school that day: whose IEN sees it"),
    sa.Column("cycle", sa.Text, nullable=False, comment="a code of scenarios/vocabularies/cycles.json"),
    sa.Column("theme", sa.Text, nullable=False, comment="of themes.json, or a domain of the catalogue"),
    sa.Column("precision_libre", Personal, nullable=False, comment="a few neutral words, of no person; may be empty"),
    sa.Column("duree", sa.Text, nullable=False, comment="a band of duration of the catalogue; may be empty"),
    sa.Column("effectif", sa.Integer, nullable=True, comment="teachers concerned, where nobody is named"),
    sa.Column("author", Personal, nullable=False),
    sa.Column("at_us", sa.BigInteger, nullable=False),
    sa.Column("withdrawn_by", Personal, nullable=True),
    sa.Column("withdrawn_us", sa.BigInteger, nullable=True),
    sa.Index("ix_need_annee_scolaire_circonscription", "annee_scolaire", "circonscription"),
    comment="Training needs of schools, withdrawn and never edited.",
)

need_person = sa.Table(
    "need_person",
    metadata,
    sa.Column("need_id", sa.ForeignKey("need.id", ondelete="CASCADE"), nullable=False),
    sa.Column("teacher_id", sa.ForeignKey("teacher.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.PrimaryKeyConstraint("need_id", "teacher_id"),
    comment="The teachers whom a need names, where it names any.",
)
