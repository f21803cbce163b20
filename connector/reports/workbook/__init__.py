"""Workbooks as files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from connector.reports.workbook.ods import to_ods

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.reports.workbook.model import Page

Format = Literal["xlsx", "ods"]


def workbook(pages: Sequence[Page], form: Format, title: str) -> bytes:
    """Return the bytes of the file; equal pages give equal bytes."""
    if form == "ods":
        return to_ods(pages, title)
    from connector.reports.workbook.xlsx import to_xlsx  # noqa: PLC0415 - XlsxWriter is a tenth of a command's start

    return to_xlsx(pages, title)
