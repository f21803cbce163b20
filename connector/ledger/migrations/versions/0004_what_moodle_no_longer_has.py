"""What Moodle no longer has: completions that the ledger credits and a whole reading did not find."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "lost",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("cmid", sa.BigInteger(), nullable=False),
        sa.Column("teacher_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("course_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("activity_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False, comment="a code of queue.REASONS"),
        sa.Column("seen_us", sa.BigInteger(), nullable=False, comment="the first time"),
        sa.ForeignKeyConstraint(["teacher_id"], ["teacher.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("site", "cmid", "teacher_id"),
        comment="Completions that the ledger credits and Moodle no longer has: told, never acted upon.",
    )
    with op.batch_alter_table("lost") as batch:
        batch.create_index("ix_lost_site_course_id", ["site", "course_id"])
        batch.create_index("ix_lost_teacher_id", ["teacher_id"])


def downgrade() -> None:
    """Go back: the next whole reading finds it all again."""
    op.drop_table("lost")
