"""`IN` for hundreds of values in one parameter: as many parameters would cost more than the search itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

if TYPE_CHECKING:
    from collections.abc import Iterable


def among(connection: sa.Connection, column: sa.Column[UUID], ids: Iterable[UUID]) -> sa.ColumnElement[bool]:
    """Tell whether `column` is one of `ids`."""
    if connection.dialect.name == "postgresql":
        return column == sa.func.any(sa.cast(list(ids), postgresql.ARRAY(sa.Uuid)))
    listed = sa.func.json_each(json.dumps([known.hex for known in ids])).table_valued("value")
    return column.in_(sa.select(sa.type_coerce(listed.c.value, sa.Uuid)))
