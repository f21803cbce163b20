"""The formats of a report, by name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal

from connector.language import SOURCE, Language, _, language
from connector.reports.page import to_html
from connector.reports.paper import to_pdf
from connector.reports.spreadsheet import to_csv
from connector.reports.typography import moment
from connector.reports.workbook import workbook
from connector.reports.workbook.model import page_of

if TYPE_CHECKING:
    from connector.reports.report import Report
    from connector.reports.workbook.model import Page

Format = Literal["html", "csv", "xlsx", "ods", "pdf", "json"]
FORMATS: tuple[Format, ...] = ("html", "csv", "xlsx", "ods", "pdf", "json")
TEXT: tuple[Format, ...] = ("csv", "json")
"""Those that go to standard output when no file is named (FORMATS.md section 5)."""


def spoken_in(form: str) -> Language:
    """Return the language that a report of this format is read and written in: programs read French, whoever asks."""
    return SOURCE if form == "json" else language()


def render(report: Report, form: Format) -> bytes:
    """Return the report as the bytes of one file."""
    if form == "html":
        return to_html(report)
    if form == "pdf":
        return to_pdf(report)
    if form == "csv":
        return to_csv(report.tables()[0])
    if form == "json":
        return (json.dumps(report.document(), ensure_ascii=False, indent=2) + "\n").encode()
    about = report.about
    return workbook(_pages(report), form, f"{about.nom}, {about.annee_scolaire}")


def _pages(report: Report) -> list[Page]:
    about = report.about
    titles = (
        about.nom,
        _("Année scolaire {annee}. Situation au {moment}.", annee=about.annee_scolaire, moment=moment(about.made_at)),
    )
    pages: list[Page] = []
    for table in report.tables():
        pages.append(page_of(table, titles, {page.name.casefold() for page in pages}))
    return pages
