"""Who was erased, known again without being known: only keyed hashes, and the pseudonyms that stand for them."""

from __future__ import annotations

import sqlalchemy as sa

from connector.ledger.schema.base import metadata

erased = sa.Table(
    "erased",
    metadata,
    sa.Column("digest", sa.LargeBinary(32), primary_key=True, comment="HMAC-SHA-256 of a name: ledger.erased"),
    sa.Column("pseudonym", sa.Text, nullable=False, comment="the identifiant or address that stands for it"),
    comment="Names of people who were erased: what comes in under one is kept under its pseudonym. The key is a file.",
)
