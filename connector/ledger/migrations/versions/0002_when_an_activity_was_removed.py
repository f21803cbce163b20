"""An activity that was removed says since when: an attestation given before still covers it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_MAX_US = 2**62


def upgrade() -> None:
    """Go forward; of what was removed already, the newest publication is the earliest date that is sure."""
    with op.batch_alter_table("activity") as batch:
        batch.add_column(
            sa.Column(
                "gone_us",
                sa.BigInteger(),
                nullable=True,
                comment="the publication that removed it; MAX_US while it is there",
            )
        )
    activity = sa.table("activity", *map(sa.column, ("code", "removed", "gone_us")))
    snapshot = sa.table("snapshot", *map(sa.column, ("code", "published_us")))
    newest = sa.select(sa.func.max(snapshot.c.published_us)).where(snapshot.c.code == activity.c.code)
    gone_us = sa.case((activity.c.removed, sa.func.coalesce(newest.scalar_subquery(), _MAX_US)), else_=_MAX_US)
    op.execute(sa.update(activity).values(gone_us=gone_us))
    with op.batch_alter_table("activity") as batch:
        batch.alter_column("gone_us", existing_type=sa.BigInteger(), nullable=False)
        batch.drop_column("removed")


def downgrade() -> None:
    """Go back: that it is gone stays, since when is said by the publications."""
    with op.batch_alter_table("activity") as batch:
        batch.add_column(sa.Column("removed", sa.Boolean(), nullable=True, comment="no longer in the newest snapshot"))
    activity = sa.table("activity", *map(sa.column, ("removed", "gone_us")))
    op.execute(sa.update(activity).values(removed=activity.c.gone_us < _MAX_US))
    with op.batch_alter_table("activity") as batch:
        batch.alter_column("removed", existing_type=sa.Boolean(), nullable=False)
        batch.drop_column("gone_us")
