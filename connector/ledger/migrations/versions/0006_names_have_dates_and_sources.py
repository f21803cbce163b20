"""How people are recognised has dates and a source: what the roster no longer says still names them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_MIN_US, _MAX_US = str(-(2**62)), str(2**62)


def upgrade() -> None:
    """Go forward: what the roster says now, it has said since ever."""
    with op.batch_alter_table("teacher_key") as batch:
        batch.add_column(
            sa.Column("source", sa.Text(), nullable=False, server_default="personnels", comment="personnels | personne")
        )
        batch.add_column(
            sa.Column("since_us", sa.BigInteger(), nullable=False, server_default=_MIN_US, comment="first said")
        )
        batch.add_column(
            sa.Column(
                "until_us",
                sa.BigInteger(),
                nullable=False,
                server_default=_MAX_US,
                comment="MAX_US while it is said; else since when the roster no longer says it",
            )
        )


def downgrade() -> None:
    """Go back, where no name is known but from the roster of today."""
    key = sa.table("teacher_key", *map(sa.column, ("source", "until_us")))
    lost = sa.or_(key.c.source != "personnels", key.c.until_us < int(_MAX_US))
    if op.get_bind().scalar(sa.select(sa.func.count()).select_from(key).where(lost)):
        raise RuntimeError("names that the roster no longer says, or that a person gave, would be lost")
    with op.batch_alter_table("teacher_key") as batch:
        for name in ("until_us", "since_us", "source"):
            batch.drop_column(name)
