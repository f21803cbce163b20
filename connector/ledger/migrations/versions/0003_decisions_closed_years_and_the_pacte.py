"""Decisions bear reason and author; years can be closed; balances know their rules; the pacte has its register."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward; every balance made before has no fingerprint, so that the next reconciliation makes it again."""
    with op.batch_alter_table("evidence") as batch:
        batch.add_column(
            sa.Column(
                "motif", sa.Text(), nullable=True, comment="of a decision: a code of obligation/data/decisions.toml"
            )
        )
        batch.add_column(sa.Column("auteur", sa.Text(), nullable=True, comment="of a decision: who decided"))
    with op.batch_alter_table("balance") as batch:
        batch.add_column(
            sa.Column(
                "regles",
                sa.Text(),
                nullable=False,
                server_default=sa.text("''"),
                comment="fingerprint of the rules it came of",
            )
        )
    op.create_table(
        "closed_year",
        sa.Column("annee_scolaire", sa.Text(), nullable=False),
        sa.Column("reglement", sa.Text(), nullable=False, comment="the regulation it was closed with, whole, as JSON"),
        sa.Column("local", sa.Text(), nullable=False, comment="the local rules of that year, as JSON"),
        sa.Column("empreinte", sa.Text(), nullable=False, comment="fingerprint of the regulation"),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("annee_scolaire", name="pk_closed_year"),
        comment="School years whose lines and balances no longer change.",
    )
    _pacte()


def downgrade() -> None:
    """Go back, where no decision, closed year or register of the pacte would be lost."""
    kept = ("closed_year", "pacte_mission", "evidence WHERE kind = 'decision'")
    if any(op.get_bind().scalar(sa.text(f"SELECT count(*) FROM {rows}")) for rows in kept):  # noqa: S608 - ours
        raise RuntimeError("decisions, closed years or the register of the pacte would be lost")
    for name in ("pacte_hours", "pacte_mission", "closed_year"):
        op.drop_table(name)
    with op.batch_alter_table("balance") as batch:
        batch.drop_column("regles")
    with op.batch_alter_table("evidence") as batch:
        batch.drop_column("auteur")
        batch.drop_column("motif")


def _pacte() -> None:
    op.create_table(
        "pacte_mission",
        sa.Column("teacher_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("annee_scolaire", sa.Text(), nullable=False),
        sa.Column("mission", sa.Text(), nullable=False, comment="a code of pacte/data/missions.json"),
        sa.Column("demi_part", sa.Boolean(), nullable=False),
        sa.Column("bilan_le", sa.Date(), nullable=True, comment="when its bilan was handed in"),
        sa.ForeignKeyConstraint(
            ["teacher_id"], ["teacher.id"], name="fk_pacte_mission_teacher_id_teacher", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("teacher_id", "annee_scolaire", "mission", name="pk_pacte_mission"),
        comment="Missions of the pacte: a ledger apart, which credit never reads.",
    )
    op.create_table(
        "pacte_hours",
        sa.Column("teacher_id", sa.BigInteger(), nullable=False),
        sa.Column("annee_scolaire", sa.Text(), nullable=False),
        sa.Column("mission", sa.Text(), nullable=False),
        sa.Column("jour", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["teacher_id", "annee_scolaire", "mission"],
            ["pacte_mission.teacher_id", "pacte_mission.annee_scolaire", "pacte_mission.mission"],
            name="fk_pacte_hours_teacher_id_annee_scolaire_mission_pacte_mission",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("teacher_id", "annee_scolaire", "mission", "jour", name="pk_pacte_hours"),
        comment="Hours done for a mission of the pacte, a row a day.",
    )
