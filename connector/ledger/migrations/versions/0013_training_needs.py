"""Training needs of schools, and the teachers whom they name."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "need",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("annee_scolaire", sa.Text(), nullable=False, comment="in which it is to be met"),
        sa.Column("uai", sa.Text(), nullable=False, comment="of the school"),
        sa.Column("circonscription", sa.Text(), nullable=False, comment="of the school that day: whose IEN sees it"),
        sa.Column("cycle", sa.Text(), nullable=False, comment="a code of scenarios/vocabularies/cycles.json"),
        sa.Column("theme", sa.Text(), nullable=False, comment="of themes.json, or a domain of the catalogue"),
        sa.Column(
            "precision_libre", sa.Text(), nullable=False, comment="a few neutral words, of no person; may be empty"
        ),
        sa.Column("duree", sa.Text(), nullable=False, comment="a band of duration of the catalogue; may be empty"),
        sa.Column("effectif", sa.Integer(), nullable=True, comment="teachers concerned, where nobody is named"),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.Column("withdrawn_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_need"),
        comment="Training needs of schools, withdrawn and never edited.",
    )
    op.create_index("ix_need_annee_scolaire_circonscription", "need", ["annee_scolaire", "circonscription"])
    op.create_table(
        "need_person",
        sa.Column("need_id", number, nullable=False),
        sa.Column("teacher_id", number, nullable=False),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name="fk_need_person_need_id_need", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["teacher_id"], ["teacher.id"], name="fk_need_person_teacher_id_teacher", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("need_id", "teacher_id", name="pk_need_person"),
        comment="The teachers whom a need names, where it names any.",
    )
    op.create_index("ix_need_person_teacher_id", "need_person", ["teacher_id"])


def downgrade() -> None:
    """Go back: what was said of schools cannot be made again, so only where nothing was."""
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM need")):
        raise RuntimeError("needs are recorded in this ledger: they would be lost")
    op.drop_table("need_person")
    op.drop_table("need")
