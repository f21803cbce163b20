"""What is known without being known: who was erased, by keyed hashes, and that everybody is under a pseudonym."""

from __future__ import annotations

import sqlalchemy as sa

from connector.ledger.schema.base import metadata
from connector.ledger.schema.personal import Personal

erased = sa.Table(
    "erased",
    metadata,
    sa.Column("digest", sa.LargeBinary(32), primary_key=True, comment="HMAC-SHA-256 of a name: ledger.erased"),
    sa.Column("pseudonym", Personal, nullable=False, comment="the identifiant or address that stands for it"),
    comment="Names of people who were erased: what comes in under one is kept under its pseudonym. The key is a file.",
)

pseudonymised = sa.Table(
    "pseudonymised",
    metadata,
    sa.Column("proof", sa.LargeBinary(32), primary_key=True, comment="digest of nothing: tells another key from ours"),
    sa.Column("since_us", sa.BigInteger, nullable=False),
    comment="One row where the ledger holds pseudonyms only (ledger.pseudonyms); none in clear.",
)
