"""The tables of the raw statements and of those who may send and read them.

Prefixed, with their own migration history, so that they may share a database with anything else.
`stored_us` is the key: strictly increasing in the order of arrival, it is what pages and cursors go by.
"""

from __future__ import annotations

import sqlalchemy as sa

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
    sa.Column("body", sa.LargeBinary, nullable=False, comment="JSON, whole, with what the LRS adds"),
    sa.Column("voids", sa.Uuid, nullable=True, index=True, comment="target of a voiding statement"),
    comment="Every statement received, whole. Voided ones stay; they are hidden when read.",
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
    sa.Column("created_us", sa.BigInteger, nullable=False),
    comment="Who may send and read statements; the secret itself is not kept.",
)
