"""Statements, clock and clients."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward; there is no way back: restore the copy made before the update."""
    us = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "xapi_statement",
        sa.Column("stored_us", us, autoincrement=False, nullable=False, comment="microseconds since 1970 UTC"),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(32), nullable=False, comment="canonical.fingerprint of what was received"),
        sa.Column("body", sa.LargeBinary(), nullable=False, comment="JSON, whole, with what the LRS adds"),
        sa.Column("voids", sa.Uuid(), nullable=True, comment="target of a voiding statement"),
        sa.PrimaryKeyConstraint("stored_us", name="pk_xapi_statement"),
        sa.UniqueConstraint("statement_id", name="uq_xapi_statement_statement_id"),
        comment="Every statement received, whole. Voided ones stay; they are hidden when read.",
    )
    op.create_index("ix_xapi_statement_voids", "xapi_statement", ["voids"])
    clock = op.create_table(
        "xapi_clock",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_stored_us", sa.BigInteger(), nullable=False, comment="the last `stored` ever given"),
        sa.PrimaryKeyConstraint("id", name="pk_xapi_clock"),
        comment="One row. Its lock puts the writers in a queue; it outlives the statements that retention removes.",
    )
    op.bulk_insert(clock, [{"id": 1, "last_stored_us": 0}])
    op.create_table(
        "xapi_client",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret_sha256", sa.LargeBinary(32), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_xapi_client"),
        comment="Who may send and read statements; the secret itself is not kept.",
    )
