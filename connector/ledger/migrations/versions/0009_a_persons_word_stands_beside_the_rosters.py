"""A person's word on a name stands beside the roster's: neither overwrites the other."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_NAMED = ("kind", "value", "teacher_id")


def upgrade() -> None:
    """Go forward; what was settled before was, most often, about somebody unknown."""
    with op.batch_alter_table("teacher_key") as batch:
        batch.add_column(
            sa.Column("reason", sa.Text(), nullable=True, comment="why a person was asked: a code of queue.REASONS")
        )
        batch.drop_constraint("pk_teacher_key", type_="primary")
        batch.create_primary_key("pk_teacher_key", [*_NAMED, "source"])
    op.execute("UPDATE teacher_key SET reason = 'personne_inconnue' WHERE source = 'personne'")


def downgrade() -> None:
    """Go back: where both say a name, the person's word stays, as it did."""
    op.execute(
        "DELETE FROM teacher_key WHERE source = 'personnels' AND EXISTS (SELECT 1 FROM teacher_key AS said"
        " WHERE said.source = 'personne' AND said.kind = teacher_key.kind AND said.value = teacher_key.value"
        " AND said.teacher_id = teacher_key.teacher_id)"
    )
    with op.batch_alter_table("teacher_key") as batch:
        batch.drop_constraint("pk_teacher_key", type_="primary")
        batch.create_primary_key("pk_teacher_key", list(_NAMED))
        batch.drop_column("reason")
