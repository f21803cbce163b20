"""Filters, attachments, documents and scopes."""

import sqlalchemy as sa
from alembic import op

from xapi.index import index_stored

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward, indexing what is stored."""
    us = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column(
        "xapi_statement",
        sa.Column("refers", sa.Uuid(), nullable=True, comment="target of any StatementRef, voiding or not"),
    )
    op.create_index("ix_xapi_statement_refers", "xapi_statement", ["refers"])
    op.create_table(
        "xapi_statement_key",
        sa.Column("key", sa.LargeBinary(16), nullable=False, comment="keys.key: what a filter asks for"),
        sa.Column("stored_us", us, autoincrement=False, nullable=False, comment="the statement that answers it"),
        sa.PrimaryKeyConstraint("key", "stored_us", name="pk_xapi_statement_key"),
        comment="Derived from the bodies: for each filter, its statements in the order of pages.",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "xapi_activity",
        sa.Column("key", sa.LargeBinary(16), nullable=False, comment="keys.key of the IRI"),
        sa.Column(
            "definition", sa.LargeBinary(), nullable=False, comment="JSON: what statements said of it, put together"
        ),
        sa.PrimaryKeyConstraint("key", name="pk_xapi_activity"),
        comment="Derived from the bodies: the canonical definition of each activity that has one.",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "xapi_attachment",
        sa.Column("sha2", sa.Text(), nullable=False, comment="hexadecimal, lower case, 224 to 512 bits"),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha2", name="pk_xapi_attachment"),
        comment="The data of attachments, once each: statements name them by their hash.",
    )
    op.create_table(
        "xapi_document",
        sa.Column("key", sa.LargeBinary(16), nullable=False, comment="keys.key of owner, registration and id"),
        sa.Column("owner", sa.LargeBinary(16), nullable=False, comment="keys.key of the resource, activity and agent"),
        sa.Column("registration", sa.Uuid(), nullable=True),
        sa.Column("document_id", sa.Text(), nullable=False, comment="stateId or profileId"),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("updated_us", sa.BigInteger(), nullable=False, comment="microseconds since 1970 UTC"),
        sa.PrimaryKeyConstraint("key", name="pk_xapi_document"),
        comment="State, agent profile and activity profile documents, as received.",
    )
    op.create_index("ix_xapi_document_owner_updated_us", "xapi_document", ["owner", "updated_us"])
    op.add_column(
        "xapi_client",
        sa.Column(
            "scopes", sa.Text(), nullable=False, server_default="all", comment="separated by blanks: lrs.clients"
        ),
    )
    index_stored(op.get_bind())


def downgrade() -> None:
    """Go back, where no document, no attachment and no right would be lost."""
    kept = ("xapi_document", "xapi_attachment", "xapi_client WHERE scopes <> 'all'")
    if any(op.get_bind().scalar(sa.text(f"SELECT count(*) FROM {rows}")) for rows in kept):  # noqa: S608 - ours
        raise RuntimeError("documents, attachments or the rights of clients would be lost")
    for name in ("xapi_document", "xapi_attachment", "xapi_activity", "xapi_statement_key"):
        op.drop_table(name)
    op.drop_index("ix_xapi_statement_refers", "xapi_statement")
    with op.batch_alter_table("xapi_statement") as batch:
        batch.drop_column("refers")
    with op.batch_alter_table("xapi_client") as batch:
        batch.drop_column("scopes")
