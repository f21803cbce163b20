"""Lists by school are read in order, and the journal by what it is about: pages cost what they show."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_INDEXES = (
    ("ix_balance_annee_scolaire_ecole_uai", "balance", ["annee_scolaire", "ecole", "uai"]),
    ("ix_journal_subject_action", "journal", ["subject", "action"]),
)


def upgrade() -> None:
    """Go forward."""
    for name, table, columns in _INDEXES:
        op.create_index(name, table, columns)


def downgrade() -> None:
    """Go back."""
    for name, table, _columns in _INDEXES:
        op.drop_index(name, table)
