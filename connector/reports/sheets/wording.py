"""What is written above a sign-in sheet, on paper and in a workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.reports.typography import clock, long_day

if TYPE_CHECKING:
    from connector.attendance.sheet import Sheet, SignIn


def when(sheet: Sheet) -> str:
    """Return the day and the hours of a slot."""
    start, end = clock(sheet.debut), clock(sheet.fin)
    if sheet.debut.date() == sheet.fin.date():
        return f"{long_day(sheet.debut)}, de {start} à {end}"
    return f"du {long_day(sheet.debut)} à {start} au {long_day(sheet.fin)} à {end}"


def trainers(sign_in: SignIn) -> str:
    """Return the trainers' names."""
    return ", ".join(sign_in.formateurs)
