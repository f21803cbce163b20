"""The follow-up log of proximity trainers."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "accompagnement",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("teacher_id", number, nullable=False),
        sa.Column("annee_scolaire", sa.Text(), nullable=False, comment="of the day"),
        sa.Column("jour", sa.Date(), nullable=False),
        sa.Column("modalite", sa.Text(), nullable=False, comment="presence | distance"),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("texte", sa.Text(), nullable=False, comment="its author's alone, unless it is shared with the IEN"),
        sa.Column("partage", sa.Boolean(), nullable=False),
        sa.Column("auteur", sa.Text(), nullable=False, comment="an identifiant of [[acces]]"),
        sa.Column("at_us", sa.BigInteger(), nullable=False, comment="when it was noted"),
        sa.ForeignKeyConstraint(
            ["teacher_id"], ["teacher.id"], name="fk_accompagnement_teacher_id_teacher", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_accompagnement"),
        comment="The follow-up log of proximity trainers, an entry a meeting; never credited.",
    )
    op.create_index("ix_accompagnement_teacher_id", "accompagnement", ["teacher_id"])
    op.create_index("ix_accompagnement_auteur", "accompagnement", ["auteur"])


def downgrade() -> None:
    """Go back: what was noted cannot be made again, so only where nothing was."""
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM accompagnement")):
        raise RuntimeError("trainers noted meetings in this ledger: they would be lost")
    op.drop_table("accompagnement")
