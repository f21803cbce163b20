"""What every table of the ledger shares: names of constraints, open bounds, the type of a row's number."""

from __future__ import annotations

import sqlalchemy as sa

MIN_US = -(2**62)
MAX_US = 2**62

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

row_id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
