"""Who the teachers are, how they serve and how they are recognised."""

from __future__ import annotations

import sqlalchemy as sa

from connector.ledger.schema.base import MAX_US, MIN_US, metadata, row_id
from connector.ledger.schema.personal import AccountName, Personal

teacher = sa.Table(
    "teacher",
    metadata,
    sa.Column("id", row_id, primary_key=True, autoincrement=True),
    sa.Column("identifiant", Personal, nullable=False, unique=True),
    sa.Column("nom", Personal, nullable=False),
    sa.Column("prenom", Personal, nullable=False),
    sa.Column(
        "recherche",
        Personal,
        nullable=False,
        server_default=sa.text("''"),
        comment="name and identifiant, folded, to be searched",
    ),
)

service = sa.Table(
    "service",
    metadata,
    sa.Column("id", row_id, primary_key=True, autoincrement=True),
    sa.Column("teacher_id", sa.ForeignKey("teacher.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("uai", sa.Text, nullable=False),
    sa.Column("ecole", sa.Text, nullable=False),
    sa.Column("circonscription", sa.Text, nullable=False),
    sa.Column("departement", sa.Text, nullable=False),
    sa.Column("academie", sa.Text, nullable=False),
    sa.Column("degre", sa.Text, nullable=False),
    sa.Column("situation", sa.Text, nullable=False),
    sa.Column("quotite", sa.Integer, nullable=False, comment="thousandths of a percent: 62.5 % is 62500"),
    sa.Column("debut", sa.Date, nullable=True),
    sa.Column("fin", sa.Date, nullable=True, comment="included"),
    sa.Column("start_us", sa.BigInteger, nullable=False, comment="midnight of debut in the académie, or MIN_US"),
    sa.Column("end_us", sa.BigInteger, nullable=False, comment="midnight after fin, or MAX_US; excluded"),
    sa.Column("imputation_min", sa.Integer, nullable=False, server_default="0"),
)

teacher_key = sa.Table(
    "teacher_key",
    metadata,
    sa.Column("teacher_id", sa.ForeignKey("teacher.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False, comment="mbox | mbox_sha1sum | account"),
    sa.Column("value", Personal, nullable=False, comment="lower-case e-mail, its hash, or homePage|name normalised"),
    sa.Column("main", sa.Boolean, nullable=False, comment="the e-mail in the roster's courriel column"),
    sa.Column("source", sa.Text, nullable=False, server_default="personnels", comment="personnels | personne"),
    sa.Column("since_us", sa.BigInteger, nullable=False, server_default=str(MIN_US), comment="first said"),
    sa.Column(
        "until_us",
        sa.BigInteger,
        nullable=False,
        server_default=str(MAX_US),
        comment="MAX_US while it is said; else since when the roster no longer says it",
    ),
    sa.Column("reason", sa.Text, nullable=True, comment="why a person was asked: a code of queue.REASONS"),
    sa.PrimaryKeyConstraint("kind", "value", "teacher_id", "source"),
    comment="How a person is recognised, or was: see ledger.keys.",
)

moodle_account = sa.Table(
    "moodle_account",
    metadata,
    sa.Column("site", sa.Text, nullable=False, comment="the site's address, normalised like a homePage"),
    sa.Column("userid", sa.BigInteger, nullable=False),
    sa.Column("username", AccountName, nullable=False),
    sa.Column("email", Personal, nullable=False, comment="lower case"),
    sa.Column("first_seen_us", sa.BigInteger, nullable=False),
    sa.Column("last_seen_us", sa.BigInteger, nullable=False),
    sa.PrimaryKeyConstraint("site", "userid", "username", "email"),
    sa.Index("ix_moodle_account_email", "email"),
    comment="Identities learnt from Moodle: the history of each account's names and e-mails.",
)

mailbox = sa.Table(
    "mailbox",
    metadata,
    sa.Column("email", Personal, primary_key=True, comment="lower case"),
    sa.Column("teacher_id", sa.ForeignKey("teacher.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("main", sa.Boolean, nullable=False, comment="the e-mail in the roster's courriel column"),
    comment="Whose each address is, by the roster and by Moodle; derived. One of several people is not there.",
)
