"""A ledger may hold pseudonyms only, and says so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "pseudonymised",
        sa.Column(
            "proof", sa.LargeBinary(32), nullable=False, comment="digest of nothing: tells another key from ours"
        ),
        sa.Column("since_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("proof", name="pk_pseudonymised"),
        comment="One row where the ledger holds pseudonyms only (ledger.pseudonyms); none in clear.",
    )


def downgrade() -> None:
    """Go back: an older program would write names into it, so only from a ledger in clear."""
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM pseudonymised")):
        raise RuntimeError("this ledger holds pseudonyms: an older program would write names beside them")
    op.drop_table("pseudonymised")
