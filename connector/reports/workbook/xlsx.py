"""A workbook as XLSX. A text is always a text: nothing that somebody is called becomes a formula or a link."""

from __future__ import annotations

import io
from datetime import datetime
from typing import TYPE_CHECKING, Any

import xlsxwriter

from connector.language import _
from connector.reports.workbook.model import figure, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.reports.table import Kind
from connector.reports.workbook.model import Page

_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_STREAMED_ROWS = 2_000
"""Above it, rows go to disk one by one: memory no longer grows with them."""
_EPOCH = datetime(2020, 1, 1)  # noqa: DTZ001 - the file says no date: equal pages are equal bytes
_FORMATS = {"minutes": "[h]:mm", "percent": "0.###%", "number": "0", "tenths": "0.0"}
_PAPER_A4 = 9


def to_xlsx(pages: Sequence[Page], title: str) -> bytes:
    """Return the bytes of the file; equal pages give equal bytes."""
    target = io.BytesIO()
    streamed = sum(len(page.rows) for page in pages) > _STREAMED_ROWS
    with xlsxwriter.Workbook(target, _OPTIONS | {"constant_memory" if streamed else "in_memory": True}) as book:
        book.set_properties({"created": _EPOCH, "title": title})
        styles = _styles(book)
        for page in pages:
            _write(book.add_worksheet(page.name), page, styles)
    return target.getvalue()


def _styles(book: Any) -> dict[str, Any]:
    cell = {"border": 1, "valign": "top"}
    return {
        "title": book.add_format({"bold": True, "font_size": 13}),
        "head": book.add_format({"bold": True, "bg_color": "#DDE6F0", "border": 1, "text_wrap": True, "valign": "top"}),
        "text": book.add_format(cell),
        "mark": book.add_format({"border": 1, "bg_color": "#FFF8DC", "align": "center", "bold": True}),
        **{kind: book.add_format(cell | {"num_format": written}) for kind, written in _FORMATS.items()},
    }


def _write(sheet: Any, page: Page, styles: dict[str, Any]) -> None:
    first = len(page.titles)
    sheet.set_landscape()
    sheet.set_paper(_PAPER_A4)
    sheet.fit_to_pages(1, 0)
    sheet.freeze_panes(first + 1, page.frozen)
    sheet.repeat_rows(first)
    for column, width in enumerate(page.widths):
        sheet.set_column(column, column, width)
    for row, title in enumerate(page.titles):
        sheet.write_string(row, 0, title, styles["title"] if row == 0 else None)
    for column, name in enumerate(page.header):
        sheet.write_string(first, column, name, styles["head"])
    for row, values in enumerate(page.rows, first + 1):
        shown = values[:-1] if page.choices else values
        for column, (value, kind) in enumerate(zip(shown, page.kinds, strict=False)):
            _cell(sheet, row, column, value, kind, styles)
        if page.choices:
            sheet.write_blank(row, len(values) - 1, None, styles["mark"])
    last_row, last = first + len(page.rows), len(page.header) - 1
    if page.choices:
        listed = {"validate": "list", "source": list(page.choices.among), "error_message": page.choices.help}
        named = {"error_title": _(" ou ").join(page.choices.among)}
        sheet.data_validation(first + 1, last, last_row, last, listed | named)
    elif page.rows:
        sheet.autofilter(first, 0, last_row, last)


def _cell(sheet: Any, row: int, column: int, value: Any, kind: Kind, styles: dict[str, Any]) -> None:
    number = figure(value, kind)
    if number is None:
        sheet.write_string(row, column, text(value, kind), styles["text"])
    else:
        sheet.write_number(row, column, number, styles[kind])
