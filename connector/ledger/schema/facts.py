"""What happened, as it came: only ever added to."""

from __future__ import annotations

import sqlalchemy as sa

from connector.ledger.schema.base import metadata, row_id
from connector.ledger.schema.personal import Personal
from xapi.cover import SealedText

evidence = sa.Table(
    "evidence",
    metadata,
    sa.Column("id", row_id, primary_key=True, autoincrement=True),
    sa.Column("statement_id", sa.Uuid, nullable=False, unique=True),
    sa.Column("source", sa.Text, nullable=False, comment="the LRS's address, or fichier:<name>#<digest of the path>"),
    sa.Column("sha256", sa.LargeBinary(32), nullable=False, comment="of what the statement says, whole"),
    sa.Column("kind", sa.Text, nullable=False, comment="completion | attendance | attestation | decision"),
    sa.Column(
        "state", sa.Text, nullable=False, comment="done | undone | failed; a decision: granted, withdrawn, refused"
    ),
    sa.Column("timestamp_us", sa.BigInteger, nullable=False),
    sa.Column("stored_us", sa.BigInteger, nullable=False),
    sa.Column("rank", sa.Integer, nullable=False, comment="order among equal `stored`, where the source gives one"),
    sa.Column("actor_kind", sa.Text, nullable=False, comment="mbox | account | mbox_sha1sum | openid"),
    sa.Column("actor_value", Personal, nullable=False, comment="normalised; homePage|name for an account"),
    sa.Column("object_id", sa.Text, nullable=False, comment="the object's IRI, host in lower case"),
    sa.Column("site", sa.Text, nullable=True, comment="Moodle site of the object, when it is a Moodle URL"),
    sa.Column("course_id", sa.BigInteger, nullable=True),
    sa.Column("cmid", sa.BigInteger, nullable=True),
    sa.Column("idnumber", sa.Text, nullable=True, comment="external-id extension of the object, or our own IRI's"),
    sa.Column("activity_hint", sa.Text, nullable=True, comment="last part of idnumber: a duplicated course keeps it"),
    sa.Column("event_name", sa.Text, nullable=True),
    sa.Column("motif", sa.Text, nullable=True, comment="of a decision: a code of obligation/data/decisions.toml"),
    sa.Column("auteur", Personal, nullable=True, comment="of a decision: who decided"),
    sa.Index("ix_evidence_actor_kind_actor_value", "actor_kind", "actor_value"),
    sa.Index("ix_evidence_site_course_id", "site", "course_id"),
    comment="Statements of the whitelist, stripped: no duration, no name, no score. Append-only.",
)

void = sa.Table(
    "void",
    metadata,
    sa.Column("statement_id", sa.Uuid, primary_key=True),
    sa.Column("target_id", sa.Uuid, nullable=False, index=True),
    sa.Column("sha256", sa.LargeBinary(32), nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("stored_us", sa.BigInteger, nullable=False),
    comment="Voiding statements, whenever they came; their target may come later or never.",
)

conflict = sa.Table(
    "conflict",
    metadata,
    sa.Column("statement_id", sa.Uuid, nullable=False),
    sa.Column("sha256", sa.LargeBinary(32), nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("seen_us", sa.BigInteger, nullable=False),
    sa.PrimaryKeyConstraint("statement_id", "sha256"),
    comment="A known id came back with another content: kept aside and reported.",
)

rejected = sa.Table(
    "rejected",
    metadata,
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("sha256", sa.LargeBinary(32), nullable=False),
    sa.Column("place", sa.Text, nullable=False, comment="file and line, or page and position"),
    sa.Column("reason", sa.Text, nullable=False, comment="a code of queue.UNREADABLE"),
    sa.Column("seen_us", sa.BigInteger, nullable=False, comment="the last time"),
    sa.PrimaryKeyConstraint("source", "sha256"),
    comment="What could not be read as a statement.",
)

closed_entry = sa.Table(
    "closed_entry",
    metadata,
    sa.Column("numero", sa.Text, primary_key=True, comment="queue.Entry.numero"),
    sa.Column("reason", sa.Text, nullable=False, comment="a code of queue.REASONS"),
    sa.Column("author", Personal, nullable=False),
    sa.Column("at_us", sa.BigInteger, nullable=False),
    comment="Entries of the queue that a person has closed: they no longer wait. The journal keeps the history.",
)

dropped = sa.Table(
    "dropped",
    metadata,
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False, comment="verb and event of what is not evidence"),
    sa.Column("count", sa.BigInteger, nullable=False),
    sa.PrimaryKeyConstraint("source", "kind"),
)

bookmark = sa.Table(
    "bookmark",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("body", SealedText, nullable=False, comment="the cursor, as JSON; moves in the transaction of its page"),
)

actor = sa.Table(
    "actor",
    metadata,
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("value", Personal, nullable=False),
    sa.Column("site", sa.Text, nullable=False, comment="of the object, or empty"),
    sa.Column("alias", Personal, nullable=True, comment="site|name, where the homePage is not the object's site"),
    sa.Column("teacher_id", sa.ForeignKey("teacher.id", ondelete="SET NULL"), nullable=True, index=True),
    sa.Column("reason", sa.Text, nullable=True, comment="why there is no teacher: a code of queue.REASONS"),
    sa.PrimaryKeyConstraint("kind", "value", "site"),
    comment="Every way in which statements have named somebody, and who that is; derived but for its key.",
)

pending = sa.Table(
    "pending",
    metadata,
    sa.Column("evidence_id", sa.ForeignKey("evidence.id", ondelete="CASCADE"), primary_key=True),
    comment="Evidence to resolve, for the first time or again.",
)
