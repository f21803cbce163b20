"""What GAIA said last night: a copy, replaced whole for each académie."""

from __future__ import annotations

import sqlalchemy as sa

from connector.ledger.schema.base import metadata
from connector.ledger.schema.personal import Personal

gaia_formation = sa.Table(
    "gaia_formation",
    metadata,
    sa.Column("table_name", sa.Text, nullable=False, comment="GAIA's own: ACA… académique, DEP… départemental"),
    sa.Column("dispositif", sa.Text, nullable=False),
    sa.Column("module", sa.Text, nullable=False),
    sa.Column("session", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False, comment="the code of the académie whose export it came from"),
    sa.Column("dispositif_name", sa.Text, nullable=False),
    sa.Column("module_name", sa.Text, nullable=False),
    sa.Column("group", sa.Text, nullable=False),
    sa.Column("debut", sa.DateTime, nullable=False, comment="local time, as GAIA writes it"),
    sa.Column("fin", sa.DateTime, nullable=False, comment="local time"),
    sa.Column("place_type", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.PrimaryKeyConstraint("table_name", "dispositif", "module", "session"),
    sa.Index("ix_gaia_formation_source", "source"),
    comment="Sessions of GAIA; those of national dispositifs come in every académie's export, and are kept once.",
)

gaia_intervenant = sa.Table(
    "gaia_intervenant",
    metadata,
    sa.Column("table_name", sa.Text, nullable=False),
    sa.Column("module", sa.Text, nullable=False),
    sa.Column("email", Personal, nullable=False, comment="lower case"),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("nom", Personal, nullable=False),
    sa.Column("prenom", Personal, nullable=False),
    sa.PrimaryKeyConstraint("table_name", "module", "email"),
    sa.Index("ix_gaia_intervenant_source", "source"),
    comment="Who trains in a module of GAIA.",
)

gaia_stagiaire = sa.Table(
    "gaia_stagiaire",
    metadata,
    sa.Column("table_name", sa.Text, nullable=False),
    sa.Column("session", sa.Text, nullable=False),
    sa.Column("email", Personal, nullable=False, comment="lower case"),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("nom", Personal, nullable=False),
    sa.Column("prenom", Personal, nullable=False),
    sa.PrimaryKeyConstraint("table_name", "session", "email"),
    sa.Index("ix_gaia_stagiaire_source", "source"),
    comment="Who is enrolled in a session of GAIA.",
)
