"""CSV that a French Excel opens right: `;`, UTF-8 with a byte-order mark, CRLF, durations as H:MM."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from connector.reports.escape import inert

if TYPE_CHECKING:
    from connector.reports.table import Table


def to_csv(table: Table) -> bytes:
    """Return the table as CSV bytes; a cell that could start a formula is made inert."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([column.title for column in table.columns])
    writer.writerows([inert(cell) for cell in row] for row in table.written())
    return text.getvalue().encode("utf-8-sig")
