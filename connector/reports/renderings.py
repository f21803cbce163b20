"""The formats of a report, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from connector.reports.machine import to_json
from connector.reports.page import to_html
from connector.reports.spreadsheet import to_csv
from connector.reports.table import circonscription_table

if TYPE_CHECKING:
    from connector.reports.circonscription import CirconscriptionReport

Format = Literal["html", "csv", "json"]
FORMATS: tuple[Format, ...] = ("html", "csv", "json")
TEXT: tuple[Format, ...] = ("csv", "json")
"""Those that go to standard output when no file is named (FORMATS.md section 5)."""


def render(report: CirconscriptionReport, form: Format) -> bytes:
    """Return the report as the bytes of one file."""
    if form == "html":
        return to_html(report)
    table = circonscription_table(report)
    return to_csv(table) if form == "csv" else to_json(table)
