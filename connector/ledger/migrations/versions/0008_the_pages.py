"""People enter pages, contest lines and are searched for by name."""

import sqlalchemy as sa
from alembic import op

from scenarios.folding import folded

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward; those who are there can be searched for at once."""
    with op.batch_alter_table("teacher") as batch:
        batch.add_column(
            sa.Column(
                "recherche",
                sa.Text(),
                nullable=False,
                server_default=sa.text("''"),
                comment="name and identifiant, folded, to be searched",
            )
        )
    teacher = sa.table("teacher", *map(sa.column, ("id", "identifiant", "nom", "prenom", "recherche")))
    connection = op.get_bind()
    for row in connection.execute(sa.select(teacher)).all():
        text = folded(f"{row.nom} {row.prenom} {row.nom} {row.identifiant}")
        connection.execute(teacher.update().where(teacher.c.id == row.id).values(recherche=text))
    op.create_table(
        "password",
        sa.Column("identifiant", sa.Text(), nullable=False, comment="of [[acces]]"),
        sa.Column("hash", sa.Text(), nullable=False, comment="argon2id, with its parameters and salt"),
        sa.Column("changed_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("identifiant", name="pk_password"),
        comment="Passwords of people who use the pages.",
    )
    op.create_table(
        "entry_link",
        sa.Column("sha256", sa.LargeBinary(32), nullable=False, comment="of the link's secret"),
        sa.Column("identifiant", sa.Text(), nullable=False),
        sa.Column("expires_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_entry_link"),
        comment="Personal links, each good for one entry.",
    )
    op.create_index("ix_entry_link_identifiant", "entry_link", ["identifiant"])
    op.create_table(
        "web_session",
        sa.Column("sha256", sa.LargeBinary(32), nullable=False, comment="of the cookie's secret"),
        sa.Column("identifiant", sa.Text(), nullable=False),
        sa.Column("csrf", sa.Text(), nullable=False, comment="what a form of this session must bring back"),
        sa.Column("opened_us", sa.BigInteger(), nullable=False),
        sa.Column("seen_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_web_session"),
        comment="Who is signed in.",
    )
    op.create_index("ix_web_session_identifiant", "web_session", ["identifiant"])
    op.create_table(
        "contestation",
        sa.Column("teacher_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("activity_id", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("motif", sa.Text(), nullable=False, comment="a code of the closed list: no free text is asked for"),
        sa.ForeignKeyConstraint(
            ["teacher_id"], ["teacher.id"], name="fk_contestation_teacher_id_teacher", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("teacher_id", "code", "activity_id", name="pk_contestation"),
        comment="Lines that their teacher contests, until a person has answered: the journal has the rest.",
    )


def downgrade() -> None:
    """Go back: nobody is signed in any more, and contested lines are no longer asked about."""
    for name in ("contestation", "web_session", "entry_link", "password"):
        op.drop_table(name)
    with op.batch_alter_table("teacher") as batch:
        batch.drop_column("recherche")
