"""The credit lines are kept by their key alone: what else was kept up with each of them was asked by nobody."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_INDEX, _REFERENCE = "ix_line_annee_scolaire_teacher_id", "fk_line_teacher_id_teacher"
_KEY = ("teacher_id", "code", "activity_id")


def upgrade() -> None:
    """Go forward; on SQLite the rows are copied, once: they lie in the order of their key."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(_REFERENCE, "line", type_="foreignkey")
        op.drop_index(_INDEX, "line")
    else:
        _copied(rowid=False)


def downgrade() -> None:
    """Go back."""
    if op.get_bind().dialect.name == "postgresql":
        op.create_foreign_key(_REFERENCE, "line", "teacher", ["teacher_id"], ["id"], ondelete="CASCADE")
    else:
        _copied(
            sa.ForeignKeyConstraint(["teacher_id"], ["teacher.id"], name=_REFERENCE, ondelete="CASCADE"), rowid=True
        )
    op.create_index(_INDEX, "line", ["annee_scolaire", "teacher_id"])


def _copied(*constraints: sa.ForeignKeyConstraint, rowid: bool) -> None:
    """Have the lines in a new table, with a number of its own for each row or without."""
    columns: tuple[sa.Column[Any], ...] = (
        sa.Column("teacher_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("activity_id", sa.Text(), nullable=False),
        sa.Column("annee_scolaire", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("minutes_prevues", sa.Integer(), nullable=False),
        sa.Column("modalite", sa.Text(), nullable=False),
        sa.Column("nature", sa.Text(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("motif", sa.Text(), nullable=True),
        sa.Column("instant_us", sa.BigInteger(), nullable=True),
        sa.Column("hors_liste", sa.Boolean(), nullable=False),
        sa.Column("chevauchement", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    key = sa.PrimaryKeyConstraint(*_KEY, name="pk_line")
    op.create_table("line_again", *columns, key, *constraints, sqlite_with_rowid=rowid)
    names = [column.name for column in columns]
    old, new = (sa.table(table, *map(sa.column, names)) for table in ("line", "line_again"))
    op.execute(new.insert().from_select(names, sa.select(old).order_by(*(old.c[name] for name in _KEY))))
    op.drop_table("line")
    op.rename_table("line_again", "line")
