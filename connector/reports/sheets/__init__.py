"""Sign-in sheets as files: a PDF to sign, workbooks to fill in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from connector.language import _
from connector.reports.sheets.pdf import to_pdf
from connector.reports.sheets.workbook import pages_of
from connector.reports.workbook import workbook

if TYPE_CHECKING:
    from connector.attendance.sheet import SignIn

Format = Literal["pdf", "xlsx", "ods"]
FORMATS: tuple[Format, ...] = ("pdf", "xlsx", "ods")


def render(sign_in: SignIn, form: Format) -> bytes:
    """Return the sheets as the bytes of one file."""
    if form == "pdf":
        return to_pdf(sign_in)
    return workbook(pages_of(sign_in), form, _("Feuilles d'émargement"))
