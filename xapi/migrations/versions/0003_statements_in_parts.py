"""On PostgreSQL, the statements are kept in parts by the hash of their id."""

from alembic import op

from xapi.partitions import recut

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TABLE = "xapi_statement"
_PARTS = 8
_SAME = (
    "ALTER TABLE {table} ADD CONSTRAINT uq_xapi_statement_statement_id UNIQUE (statement_id)",
    "CREATE INDEX ix_xapi_statement_voids ON {table} (voids)",
    "CREATE INDEX ix_xapi_statement_refers ON {table} (refers)",
    "COMMENT ON TABLE {table} IS 'Every statement received, whole. Voided ones stay; they are hidden when read.'",
)


def upgrade() -> None:
    """Go forward: the rows are copied, once."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        parts = (
            f"CREATE TABLE {_TABLE}_{rank} PARTITION OF {{table}} FOR VALUES WITH (MODULUS {_PARTS}, REMAINDER {rank})"
            for rank in range(_PARTS)
        )
        key = "ALTER TABLE {table} ADD CONSTRAINT pk_xapi_statement PRIMARY KEY (stored_us, statement_id)"
        recut(connection, _TABLE, by="HASH (statement_id)", parts=parts, constraints=(key, *_SAME))


def downgrade() -> None:
    """Go back to one piece."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        key = "ALTER TABLE {table} ADD CONSTRAINT pk_xapi_statement PRIMARY KEY (stored_us)"
        recut(connection, _TABLE, by=None, parts=(), constraints=(key, *_SAME))
