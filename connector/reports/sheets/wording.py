"""What is written above a sign-in sheet, on paper and in a workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.language import _
from connector.reports.typography import clock, long_day

if TYPE_CHECKING:
    from connector.attendance.sheet import Sheet, SignIn


def when(sheet: Sheet) -> str:
    """Return the day and the hours of a slot."""
    start, end = clock(sheet.debut), clock(sheet.fin)
    if sheet.debut.date() == sheet.fin.date():
        return _("{jour}, de {debut} à {fin}", jour=long_day(sheet.debut), debut=start, fin=end)
    return _(
        "du {premier} à {debut} au {dernier} à {fin}",
        premier=long_day(sheet.debut),
        debut=start,
        dernier=long_day(sheet.fin),
        fin=end,
    )


def trainers(sign_in: SignIn) -> str:
    """Return the trainers' names."""
    return ", ".join(sign_in.formateurs)
