"""Sign-in sheets to print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.reports.drawing import environment
from connector.reports.paper import printed
from connector.reports.sheets.wording import trainers, when

if TYPE_CHECKING:
    from connector.attendance.sheet import SignIn

_BLANK_ROWS = 3
"""For people who come without being on the list."""


def to_pdf(sign_in: SignIn) -> bytes:
    """Return A4 pages, a new one for each sheet; raises what `printed` raises."""
    return printed(to_html(sign_in))


def to_html(sign_in: SignIn) -> str:
    """Return the page that is printed."""
    page = environment().get_template("emargement.html.j2")
    return page.render(sign_in=sign_in, when=when, trainers=trainers(sign_in), blank_rows=_BLANK_ROWS)
