"""What people did with the program."""

from __future__ import annotations

import sqlalchemy as sa

from connector.ledger.schema.base import metadata, row_id
from connector.ledger.schema.personal import Detail, Personal

journal = sa.Table(
    "journal",
    metadata,
    sa.Column("id", row_id, primary_key=True, autoincrement=True),
    sa.Column("at_us", sa.BigInteger, nullable=False),
    sa.Column("author", Personal, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject", Personal, nullable=False),
    sa.Column("detail", Detail, nullable=False),
    sa.Index("ix_journal_subject_action", "subject", "action"),
    comment="Who did what, and every read of a person. Append-only.",
)
