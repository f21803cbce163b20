"""What Moodle was seen to have lost, the last time that it was read whole."""

from __future__ import annotations

import sqlalchemy as sa

from connector.ledger.schema.base import metadata

lost = sa.Table(
    "lost",
    metadata,
    sa.Column("site", sa.Text, nullable=False),
    sa.Column("cmid", sa.BigInteger, nullable=False),
    sa.Column("teacher_id", sa.ForeignKey("teacher.id", ondelete="CASCADE"), nullable=False),
    sa.Column("course_id", sa.BigInteger, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("activity_id", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False, comment="a code of queue.REASONS"),
    sa.Column("seen_us", sa.BigInteger, nullable=False, comment="the first time"),
    sa.PrimaryKeyConstraint("site", "cmid", "teacher_id"),
    sa.Index("ix_lost_site_course_id", "site", "course_id"),
    sa.Index("ix_lost_teacher_id", "teacher_id"),
    comment="Completions that the ledger credits and Moodle no longer has: told, never acted upon.",
)
