"""What all pages share: how they are called, and how they say that there is nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from connector.ledger import instants
from connector.reports.asks import Ask
from connector.reports.renderings import FORMATS, Format
from connector.tableau.place import Place
from connector.tableau.visitor import Visitor
from scenarios.calendar import SchoolYear

if TYPE_CHECKING:
    from collections.abc import Collection

Page = Callable[[Place, Visitor, Request, FormData], Response]
Route = tuple[str, str, Page]
"""Method, path, page."""

KINDS: dict[Format, str] = {
    "html": "text/html; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "pdf": "application/pdf",
    "json": "application/json",
}

_DIGITS = 9  # what any column of numbers has room for


class NotFoundError(Exception):
    """There is nothing at this address for this visitor; `journalled` where somebody has written it down already."""

    def __init__(self, *, journalled: bool = False) -> None:
        super().__init__()
        self.journalled = journalled


def ask(place: Place, visitor: Visitor, form: str = "page") -> Ask:
    """Return how this visitor asks the reports' questions: in their scope, journalled."""
    return Ask(place.settings, place.ledger, visitor.asker, form)


def year_of(place: Place, request: Request) -> SchoolYear:
    """Return the school year of the address, else the current one in mainland France."""
    text = request.query_params.get("annee")
    if text:
        try:
            return SchoolYear.parse(text)
        except ValueError:
            raise NotFoundError from None
    return instants.year_of(place.clock())


def format_of(request: Request, among: Collection[Format] = FORMATS) -> Format:
    """Return the format that the path names; NotFoundError for one that is not made here."""
    for form in among:
        if form == request.path_params["form"]:
            return form
    raise NotFoundError


def number_of(text: str) -> int | None:
    """Return the whole number that an address or a form says, of nine digits at most; None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _DIGITS else None


def text_of(form: FormData, name: str) -> str:
    """Return a field of a form as a text, empty where it is missing or a file."""
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def sent(content: bytes, form: Format, name: str) -> Response:
    """Return a file to keep, under a name of plain letters."""
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_.") else "_" for letter in name)
    return Response(
        content,
        media_type=KINDS[form],
        headers={"Content-Disposition": f'attachment; filename="{plain}.{form}"'},
    )


def back_to(path: str, **query: str) -> RedirectResponse:
    """Go back to a page after an act; `fait` is the code of what the page then says."""
    return RedirectResponse(f"{path}?{urlencode(query)}", 303)
