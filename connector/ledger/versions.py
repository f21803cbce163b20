"""Which version of an activity or of a slot holds at an instant: asked here only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from connector.ledger.schema import MAX_US

if TYPE_CHECKING:
    from sqlalchemy.sql.selectable import NamedFromClause


def in_force(
    versions: NamedFromClause, instant_us: sa.ColumnElement[Any], **key: sa.ColumnElement[Any]
) -> sa.ColumnElement[bool]:
    """Pick the version of `key` (columns by name) in force at an instant; `versions` is `activity` or `slot`.

    Exactly one row of a known key holds at any instant, whatever came of it since.
    """
    holds = (versions.c.since_us <= instant_us, instant_us < versions.c.until_us)
    return sa.and_(*(versions.c[name] == value for name, value in key.items()), *holds)


def newest(versions: NamedFromClause) -> sa.ColumnElement[bool]:
    """Pick the last versions: what the newest publication says, or the last that did."""
    return versions.c.until_us == MAX_US
