"""Names of people who were erased, as keyed hashes."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "erased",
        sa.Column("digest", sa.LargeBinary(32), nullable=False, comment="HMAC-SHA-256 of a name: ledger.erased"),
        sa.Column("pseudonym", sa.Text(), nullable=False, comment="the identifiant or address that stands for it"),
        sa.PrimaryKeyConstraint("digest", name="pk_erased"),
        comment=(
            "Names of people who were erased: what comes in under one is kept under its pseudonym. The key is a file."
        ),
    )


def downgrade() -> None:
    """Go back: nobody would be known again, so only where nobody was erased."""
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM erased")):
        raise RuntimeError("people were erased from this ledger: they would come back")
    op.drop_table("erased")
