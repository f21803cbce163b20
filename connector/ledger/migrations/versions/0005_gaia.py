"""What GAIA said last night has its three tables."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward: three empty tables."""
    op.create_table(
        "gaia_formation",
        sa.Column("table_name", sa.Text(), nullable=False, comment="GAIA's own: ACA… académique, DEP… départemental"),
        sa.Column("dispositif", sa.Text(), nullable=False),
        sa.Column("module", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False, comment="the code of the académie whose export it came from"),
        sa.Column("dispositif_name", sa.Text(), nullable=False),
        sa.Column("module_name", sa.Text(), nullable=False),
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("debut", sa.DateTime(), nullable=False, comment="local time, as GAIA writes it"),
        sa.Column("fin", sa.DateTime(), nullable=False, comment="local time"),
        sa.Column("place_type", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("table_name", "dispositif", "module", "session", name="pk_gaia_formation"),
        comment="Sessions of GAIA; those of national dispositifs come in every académie's export, and are kept once.",
    )
    op.create_index("ix_gaia_formation_source", "gaia_formation", ["source"])
    op.create_table(
        "gaia_intervenant",
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("module", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False, comment="lower case"),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("nom", sa.Text(), nullable=False),
        sa.Column("prenom", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("table_name", "module", "email", name="pk_gaia_intervenant"),
        comment="Who trains in a module of GAIA.",
    )
    op.create_index("ix_gaia_intervenant_source", "gaia_intervenant", ["source"])
    op.create_table(
        "gaia_stagiaire",
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False, comment="lower case"),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("nom", sa.Text(), nullable=False),
        sa.Column("prenom", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("table_name", "session", "email", name="pk_gaia_stagiaire"),
        comment="Who is enrolled in a session of GAIA.",
    )
    op.create_index("ix_gaia_stagiaire_source", "gaia_stagiaire", ["source"])


def downgrade() -> None:
    """Go back: GAIA's files are still where they came from."""
    for name in ("gaia_stagiaire", "gaia_intervenant", "gaia_formation"):
        op.drop_table(name)
