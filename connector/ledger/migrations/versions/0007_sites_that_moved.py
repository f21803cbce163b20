"""Sites that moved: what comes under an old address is kept under today's."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "site_alias",
        sa.Column("address", sa.Text(), primary_key=True, comment="that a site had, normalised like a homePage"),
        sa.Column("site", sa.Text(), nullable=False, comment="its address today"),
        comment="Sites that moved: what comes under an old address is kept under today's.",
    )


def downgrade() -> None:
    """Go back: the configuration still says which addresses are old."""
    op.drop_table("site_alias")
