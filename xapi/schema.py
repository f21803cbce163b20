"""The tables of the raw statements, of the documents beside them, and of those who may send and read them.

Prefixed, with their own migration history, so that they may share a database with anything else.
What people are called in them is covered where the store was opened with a cover (`xapi.cover`).
`stored_us` is the key: strictly increasing in the order of arrival, it is what pages and cursors go by.
"""

from __future__ import annotations

import sqlalchemy as sa

from xapi.cover import Blinded, Sealed, SealedText

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_us = sa.BigInteger().with_variant(sa.Integer, "sqlite")  # INTEGER PRIMARY KEY is SQLite's own row order

statement = sa.Table(
    "xapi_statement",
    metadata,
    sa.Column("stored_us", _us, primary_key=True, autoincrement=False, comment="microseconds since 1970 UTC"),
    sa.Column("statement_id", sa.Uuid, nullable=False, unique=True),
    sa.Column("sha256", sa.LargeBinary(32), nullable=False, comment="canonical.fingerprint of what was received"),
    sa.Column("body", Sealed, nullable=False, comment="JSON, whole, with what the LRS adds"),
    sa.Column("voids", sa.Uuid, nullable=True, index=True, comment="target of a voiding statement"),
    sa.Column("refers", sa.Uuid, nullable=True, index=True, comment="target of any StatementRef, voiding or not"),
    postgresql_partition_by="HASH (statement_id)",  # its key there holds the id too: xapi.partitions
    comment="Every statement received, whole. Voided ones stay; they are hidden when read.",
)

statement_key = sa.Table(
    "xapi_statement_key",
    metadata,
    sa.Column("key", Blinded, primary_key=True, comment="keys.key: what a filter asks for"),
    sa.Column("stored_us", _us, primary_key=True, autoincrement=False, comment="the statement that answers it"),
    comment="Derived from the bodies: for each filter, its statements in the order of pages.",
    sqlite_with_rowid=False,
)

activity = sa.Table(
    "xapi_activity",
    metadata,
    sa.Column("key", Blinded, primary_key=True, comment="keys.key of the IRI"),
    sa.Column("definition", Sealed, nullable=False, comment="JSON: what statements said of it, put together"),
    comment="Derived from the bodies: the canonical definition of each activity that has one.",
    sqlite_with_rowid=False,
)

attachment = sa.Table(
    "xapi_attachment",
    metadata,
    sa.Column("sha2", sa.Text, primary_key=True, comment="hexadecimal, lower case, 224 to 512 bits"),
    sa.Column("body", Sealed, nullable=False),
    comment="The data of attachments, once each: statements name them by their hash.",
)

document = sa.Table(
    "xapi_document",
    metadata,
    sa.Column("key", Blinded, primary_key=True, comment="keys.key of owner, registration and id"),
    sa.Column("owner", Blinded, nullable=False, comment="keys.key of the resource, activity and agent"),
    sa.Column("registration", sa.Uuid, nullable=True),
    sa.Column("document_id", SealedText, nullable=False, comment="stateId or profileId"),
    sa.Column("content_type", sa.Text, nullable=False),
    sa.Column("body", Sealed, nullable=False),
    sa.Column("updated_us", sa.BigInteger, nullable=False, comment="microseconds since 1970 UTC"),
    sa.Index(None, "owner", "updated_us"),
    comment="State, agent profile and activity profile documents, as received.",
)

clock = sa.Table(
    "xapi_clock",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("last_stored_us", sa.BigInteger, nullable=False, comment="the last `stored` ever given"),
    comment="One row. Its lock puts the writers in a queue; it outlives the statements that retention removes.",
)

client = sa.Table(
    "xapi_client",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("secret_sha256", sa.LargeBinary(32), nullable=False),
    sa.Column("scopes", sa.Text, nullable=False, server_default="all", comment="separated by blanks: lrs.clients"),
    sa.Column("created_us", sa.BigInteger, nullable=False),
    comment="Who may send and read statements; the secret itself is not kept.",
)
