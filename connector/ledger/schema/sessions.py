"""What each session was made of at each instant, and where it lives in Moodle."""

from __future__ import annotations

import sqlalchemy as sa

from connector.ledger.schema.base import metadata
from connector.ledger.schema.personal import Addressed, Personal

session = sa.Table(
    "session",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("matricule", sa.Text, nullable=False),
    sa.Column("parcours_key", sa.Text, nullable=False, comment="the matricule without its version: one parcours"),
    sa.Column("titre", sa.Text, nullable=False),
    sa.Column("nature", sa.Text, nullable=False),
    sa.Column("theme", sa.Text, nullable=True),
    sa.Column("collection", sa.Text, nullable=False),
    sa.Column("circonscription", sa.Text, nullable=False),
    sa.Column("annee_scolaire", sa.Text, nullable=False),
    sa.Column("cadre", sa.Text, nullable=False),
    sa.Column("validation", sa.Text, nullable=False),
    sa.Column("debut", sa.Date, nullable=False),
    sa.Column("fin", sa.Date, nullable=True),
    sa.Column("fuseau", sa.Text, nullable=False),
    sa.Column("window_start_us", sa.BigInteger, nullable=False, comment="midnight of debut, local"),
    sa.Column("window_end_us", sa.BigInteger, nullable=False, comment="midnight after fin + 31 days, local; excluded"),
    sa.Column("revision", sa.Integer, nullable=False, comment="of the newest snapshot, at its source"),
    comment="A session as its newest snapshot says.",
)

snapshot = sa.Table(
    "snapshot",
    metadata,
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("published_us", sa.BigInteger, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("body", Addressed, nullable=False),
    sa.Column("source", sa.Text, nullable=False, comment="the site it was read from, or fichier"),
    sa.PrimaryKeyConstraint("code", "source", "revision", "published_us", "sha256"),
    comment="Every publication: a site and a folder number theirs apart; `published_us` orders them all.",
)

activity = sa.Table(
    "activity",
    metadata,
    sa.Column("code", sa.ForeignKey("session.code", ondelete="CASCADE"), nullable=False),
    sa.Column("activity_id", sa.Text, nullable=False),
    sa.Column("since_us", sa.BigInteger, nullable=False, comment="MIN_US for the first version"),
    sa.Column("until_us", sa.BigInteger, nullable=False, comment="excluded; MAX_US for the last one"),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("titre", sa.Text, nullable=False),
    sa.Column("modalite", sa.Text, nullable=False),
    sa.Column("credite", sa.Boolean, nullable=False),
    sa.Column("duree_min", sa.Integer, nullable=False),
    sa.Column("locale", sa.Boolean, nullable=False),
    sa.Column("has_slots", sa.Boolean, nullable=False),
    sa.Column(
        "gone_us", sa.BigInteger, nullable=False, comment="the publication that removed it; MAX_US while it is there"
    ),
    sa.PrimaryKeyConstraint("code", "activity_id", "since_us"),
    comment="Versions of an activity: exactly one row holds at any instant.",
)

slot = sa.Table(
    "slot",
    metadata,
    sa.Column("code", sa.ForeignKey("session.code", ondelete="CASCADE"), nullable=False),
    sa.Column("activity_id", sa.Text, nullable=False),
    sa.Column("slot_id", sa.Text, nullable=False),
    sa.Column("since_us", sa.BigInteger, nullable=False, comment="MIN_US for the first version"),
    sa.Column("until_us", sa.BigInteger, nullable=False, comment="excluded; MAX_US for the last one"),
    sa.Column("iri", sa.Text, nullable=False, index=True, comment="the object of its attendance statements"),
    sa.Column("start_us", sa.BigInteger, nullable=False),
    sa.Column("end_us", sa.BigInteger, nullable=False),
    sa.Column("minutes", sa.Integer, nullable=False),
    sa.Column("lieu", sa.Text, nullable=True),
    sa.Column("groupe", sa.Text, nullable=True),
    sa.Column(
        "gone_us", sa.BigInteger, nullable=False, comment="the publication that removed it; MAX_US while it is there"
    ),
    sa.PrimaryKeyConstraint("code", "activity_id", "slot_id", "since_us"),
    comment="Versions of a slot: exactly one row holds at any instant.",
)

participant = sa.Table(
    "participant",
    metadata,
    sa.Column("code", sa.ForeignKey("session.code", ondelete="CASCADE"), nullable=False),
    sa.Column("email", Personal, nullable=False),
    sa.Column("groupe", sa.Text, nullable=True),
    sa.Column("origine", sa.Text, nullable=False),
    sa.Column("cadre", sa.Text, nullable=False),
    sa.PrimaryKeyConstraint("code", "email"),
    sa.Index("ix_participant_email", "email"),
)

trainer = sa.Table(
    "trainer",
    metadata,
    sa.Column("code", sa.ForeignKey("session.code", ondelete="CASCADE"), nullable=False),
    sa.Column("email", Personal, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.PrimaryKeyConstraint("code", "email", "role"),
    sa.Index("ix_trainer_email", "email"),
)

course = sa.Table(
    "course",
    metadata,
    sa.Column("site", sa.Text, nullable=False),
    sa.Column("course_id", sa.BigInteger, nullable=False),
    sa.Column("code", sa.Text, nullable=False, index=True),
    sa.PrimaryKeyConstraint("site", "course_id"),
    comment="Which Moodle course holds which session.",
)

site_alias = sa.Table(
    "site_alias",
    metadata,
    sa.Column("address", sa.Text, primary_key=True, comment="that a site had, normalised like a homePage"),
    sa.Column("site", sa.Text, nullable=False, comment="its address today"),
    comment="Sites that moved: what comes under an old address is kept under today's.",
)

module = sa.Table(
    "module",
    metadata,
    sa.Column("site", sa.Text, nullable=False),
    sa.Column("cmid", sa.BigInteger, nullable=False),
    sa.Column("course_id", sa.BigInteger, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("activity_id", sa.Text, nullable=False),
    sa.PrimaryKeyConstraint("site", "cmid"),
    sa.Index("ix_module_code_activity_id", "code", "activity_id"),
    comment="Which Moodle course module is which activity.",
)
