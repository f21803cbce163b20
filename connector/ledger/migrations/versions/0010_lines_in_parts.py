"""On PostgreSQL, the credit lines are kept in parts by school year."""

import sqlalchemy as sa
from alembic import op

from connector.ledger.partitions import make_part
from xapi.partitions import recut

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_SAME = (
    "CREATE INDEX ix_line_annee_scolaire_teacher_id ON {table} (annee_scolaire, teacher_id)",
    (
        "ALTER TABLE {table} ADD CONSTRAINT fk_line_teacher_id_teacher"
        " FOREIGN KEY (teacher_id) REFERENCES teacher (id) ON DELETE CASCADE"
    ),
    "COMMENT ON TABLE {table} IS 'One line per teacher, session and activity for which there is evidence or a slot.'",
)
_KEY = "ALTER TABLE {{table}} ADD CONSTRAINT pk_line PRIMARY KEY ({columns})"


def upgrade() -> None:
    """Go forward: the rows are copied, once."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        known = "SELECT annee_scolaire FROM session UNION SELECT annee_scolaire FROM line ORDER BY 1"
        parts = [make_part("{table}", year) for year in connection.scalars(sa.text(known))]
        key = _KEY.format(columns="teacher_id, code, activity_id, annee_scolaire")
        recut(connection, "line", by="LIST (annee_scolaire)", parts=parts, constraints=(key, *_SAME))


def downgrade() -> None:
    """Go back to one piece."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        key = _KEY.format(columns="teacher_id, code, activity_id")
        recut(connection, "line", by=None, parts=(), constraints=(key, *_SAME))
