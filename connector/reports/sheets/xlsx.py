"""A workbook as XLSX. A text is always a text: nothing that somebody is called becomes a formula or a link."""

from __future__ import annotations

import io
from datetime import datetime
from typing import TYPE_CHECKING

import xlsxwriter

from connector.reports.sheets.workbook import CHOICES, HELP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.reports.sheets.workbook import Page

_INERT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
_EPOCH = datetime(2020, 1, 1)  # noqa: DTZ001 - the file says no date: equal sheets are equal bytes


def to_xlsx(pages: Sequence[Page]) -> bytes:
    """Return the bytes of the file; equal pages give equal bytes."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, _INERT) as book:
        book.set_properties({"created": _EPOCH, "title": "Feuilles d'émargement"})
        strong = book.add_format({"bold": True, "font_size": 13})
        head = book.add_format({"bold": True, "bg_color": "#DDE6F0", "border": 1})
        cell = book.add_format({"border": 1})
        mark = book.add_format({"border": 1, "bg_color": "#FFF8DC", "align": "center", "bold": True})
        for page in pages:
            sheet = book.add_worksheet(page.name)
            sheet.set_landscape()
            sheet.set_paper(9)
            sheet.fit_to_pages(1, 0)
            for row, title in enumerate(page.titles):
                sheet.write_string(row, 0, title, strong if row == 0 else None)
            first = len(page.titles)
            for column, (name, width) in enumerate(zip(page.header, page.widths, strict=True)):
                sheet.set_column(column, column, width)
                sheet.write_string(first, column, name, head)
            for row, texts in enumerate(page.rows, first + 1):
                for column, text in enumerate(texts[:-1]):
                    sheet.write_string(row, column, text, cell)
                sheet.write_blank(row, len(texts) - 1, None, mark)
            last = len(page.header) - 1
            sheet.data_validation(
                first + 1, last, first + len(page.rows), last,
                {"validate": "list", "source": list(CHOICES), "error_title": "O ou N", "error_message": HELP},
            )  # fmt: skip
            sheet.freeze_panes(first + 1, 2)
            sheet.repeat_rows(first)
    return target.getvalue()
