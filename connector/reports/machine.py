"""JSON for programs: raw minutes and codes, keys of FORMATS.md section 5."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connector.reports.table import Table


def to_json(table: Table) -> bytes:
    """Return a list of one object a row; `quotite` in percent, durations in whole minutes."""
    objects = []
    for row in table.rows:
        found: dict[str, object] = {}
        for column, value in zip(table.columns, row, strict=True):
            percent = column.kind == "percent" and isinstance(value, int)
            found[column.key] = value / 1000 if percent and isinstance(value, int) else value
        objects.append(found)
    return (json.dumps(objects, ensure_ascii=False, indent=2) + "\n").encode()
