"""What is computed from the rest, and may be thrown away and rebuilt."""

from __future__ import annotations

import sqlalchemy as sa

from connector.ledger.schema.base import metadata, row_id

resolution = sa.Table(
    "resolution",
    metadata,
    sa.Column("evidence_id", sa.ForeignKey("evidence.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("teacher_id", sa.ForeignKey("teacher.id", ondelete="CASCADE"), nullable=True),
    sa.Column("code", sa.Text, nullable=True, index=True),
    sa.Column("activity_id", sa.Text, nullable=True),
    sa.Column("slot_id", sa.Text, nullable=True),
    sa.Column("status", sa.Text, nullable=False, comment="resolved | waiting | set_aside"),
    sa.Column("reason", sa.Text, nullable=True, comment="why it waits or is set aside: a code of queue.REASONS"),
    sa.Index("ix_resolution_teacher_id_code_activity_id", "teacher_id", "code", "activity_id"),
    sa.Index("ix_resolution_status_reason", "status", "reason"),
)

line = sa.Table(
    "line",
    metadata,
    # No reference: asking whether each teacher is there costs as much as all the rules. `registre verifier` asks.
    sa.Column("teacher_id", row_id, nullable=False, autoincrement=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("activity_id", sa.Text, nullable=False),
    sa.Column("annee_scolaire", sa.Text, nullable=False),
    sa.Column("minutes", sa.Integer, nullable=False, comment="credited"),
    sa.Column("minutes_prevues", sa.Integer, nullable=False),
    sa.Column("modalite", sa.Text, nullable=False),
    sa.Column("nature", sa.Text, nullable=False),
    sa.Column("theme", sa.Text, nullable=True),
    sa.Column("decision", sa.Text, nullable=False, comment="credite | refuse | en_attente"),
    sa.Column("motif", sa.Text, nullable=True, comment="FORMATS.md section 5; empty when credited"),
    sa.Column("instant_us", sa.BigInteger, nullable=True, comment="of the deciding statement"),
    sa.Column("hors_liste", sa.Boolean, nullable=False, comment="of the roster, not on the session's list"),
    sa.Column(
        "chevauchement",
        sa.Boolean,
        nullable=False,
        server_default=sa.text("false"),
        comment="a signed slot of it gives way to another",
    ),
    sa.PrimaryKeyConstraint("teacher_id", "code", "activity_id"),
    sqlite_with_rowid=False,
    postgresql_partition_by="LIST (annee_scolaire)",  # its key there holds the year too: ledger.partitions
    comment="One line per teacher, session and activity for which there is evidence or a slot.",
)

balance = sa.Table(
    "balance",
    metadata,
    sa.Column("teacher_id", sa.ForeignKey("teacher.id", ondelete="CASCADE"), nullable=False),
    sa.Column("annee_scolaire", sa.Text, nullable=False),
    sa.Column("circonscription", sa.Text, nullable=False, comment="of the last service interval of the year"),
    sa.Column("uai", sa.Text, nullable=False),
    sa.Column("ecole", sa.Text, nullable=False),
    sa.Column("quotite", sa.Integer, nullable=False, comment="of the last interval, thousandths of a percent"),
    sa.Column("due_min", sa.Integer, nullable=False),
    sa.Column("presence_min", sa.Integer, nullable=False),
    sa.Column("distance_min", sa.Integer, nullable=False),
    sa.Column("formation_continue_min", sa.Integer, nullable=False),
    sa.Column("animation_min", sa.Integer, nullable=False),
    sa.Column("fc_requis_min", sa.Integer, nullable=False, comment="least formation continue, scaled to this due"),
    sa.Column("retenu_min", sa.Integer, nullable=False),
    sa.Column("reste_min", sa.Integer, nullable=False),
    sa.Column("etat", sa.Text, nullable=False, comment="dispense | atteint | incomplet"),
    sa.Column("manques", sa.JSON, nullable=False),
    sa.Column("alertes", sa.JSON, nullable=False),
    sa.Column(
        "regles", sa.Text, nullable=False, server_default=sa.text("''"), comment="fingerprint of the rules it came of"
    ),
    sa.PrimaryKeyConstraint("teacher_id", "annee_scolaire"),
    sa.Index("ix_balance_annee_scolaire_circonscription", "annee_scolaire", "circonscription"),
    sa.Index("ix_balance_annee_scolaire_ecole_uai", "annee_scolaire", "ecole", "uai"),
)

touched = sa.Table(
    "touched",
    metadata,
    sa.Column("teacher_id", sa.ForeignKey("teacher.id", ondelete="CASCADE"), primary_key=True),
    comment="Teachers whose evidence, roster or sessions changed since the last reconciliation.",
)

unsettled = sa.Table(
    "unsettled",
    metadata,
    sa.Column("what", sa.Text, primary_key=True),
    comment="One row where a name changed since people were last settled (ledger.unsettled); else none.",
)
