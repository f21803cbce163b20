"""The web pages: how people enter (no secret is kept, only what recognises it), and the lines that they contest."""

from __future__ import annotations

import sqlalchemy as sa

from connector.ledger.schema.base import metadata
from connector.ledger.schema.personal import Personal

password = sa.Table(
    "password",
    metadata,
    sa.Column("identifiant", Personal, primary_key=True, comment="of [[acces]]"),
    sa.Column("hash", sa.Text, nullable=False, comment="argon2id, with its parameters and salt"),
    sa.Column("changed_us", sa.BigInteger, nullable=False),
    comment="Passwords of people who use the pages.",
)

entry_link = sa.Table(
    "entry_link",
    metadata,
    sa.Column("sha256", sa.LargeBinary(32), primary_key=True, comment="of the link's secret"),
    sa.Column("identifiant", Personal, nullable=False, index=True),
    sa.Column("expires_us", sa.BigInteger, nullable=False),
    comment="Personal links, each good for one entry.",
)

web_session = sa.Table(
    "web_session",
    metadata,
    sa.Column("sha256", sa.LargeBinary(32), primary_key=True, comment="of the cookie's secret"),
    sa.Column("identifiant", Personal, nullable=False, index=True),
    sa.Column("csrf", sa.Text, nullable=False, comment="what a form of this session must bring back"),
    sa.Column("opened_us", sa.BigInteger, nullable=False),
    sa.Column("seen_us", sa.BigInteger, nullable=False),
    comment="Who is signed in.",
)

contestation = sa.Table(
    "contestation",
    metadata,
    sa.Column("teacher_id", sa.ForeignKey("teacher.id", ondelete="CASCADE"), nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("activity_id", sa.Text, nullable=False),
    sa.Column("at_us", sa.BigInteger, nullable=False),
    sa.Column("motif", sa.Text, nullable=False, comment="a code of the closed list: no free text is asked for"),
    sa.PrimaryKeyConstraint("teacher_id", "code", "activity_id"),
    comment="Lines that their teacher contests, until a person has answered: the journal has the rest.",
)
