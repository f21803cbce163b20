"""Who is who is worked out again where a name changed since, and that is written down."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward; what retention or erasure took since it was last worked out is not known: once more, then."""
    op.create_table(
        "unsettled",
        sa.Column("what", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("what", name="pk_unsettled"),
        comment="One row where a name changed since people were last settled (ledger.unsettled); else none.",
    )
    op.execute("INSERT INTO unsettled (what) SELECT 'noms' WHERE EXISTS (SELECT 1 FROM teacher_key)")


def downgrade() -> None:
    """Go back: an older program works it out each time."""
    op.drop_table("unsettled")
