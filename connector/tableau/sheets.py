"""Sign-in sheets: printed, entered by ticking names, or by sending the file that was filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import UploadFile

from connector.acts.sign import enter_sheet, present_now
from connector.attendance.cells import Row, read_rows
from connector.attendance.standing import read_sheets, read_standings
from connector.errors import DataError
from connector.language import _
from connector.reports.sheets import FORMATS, render
from connector.tableau.drawing import draw
from connector.tableau.pages import NotFoundError, format_of, sent, text_of
from connector.tableau.reading import read_led
from connector.tableau.trouble import FAILURES, kept, status_of, told

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from starlette.datastructures import FormData
    from starlette.requests import Request
    from starlette.responses import Response

    from connector.attendance.sheet import Sheet, SignIn
    from connector.tableau.pages import Route
    from connector.tableau.place import Place
    from connector.tableau.visitor import Visitor
    from scenarios.snapshot import Snapshot


def list_sheets(place: Place, visitor: Visitor, request: Request, _form: FormData) -> Response:
    """Show the sheets of a session, one for each slot and group, and which of them are entered."""
    with place.ledger.read() as connection:
        snapshot = read_led(connection, visitor.scope, request.path_params["code"])
        sheets, standings = read_standings(connection, snapshot, place.clock())
    visitor.asker.note(place.ledger, "tableau.emargements", snapshot.code)
    return draw("emargements", place, visitor, sheets=sheets, standings=standings)


def send_sheets(place: Place, visitor: Visitor, request: Request, _form: FormData) -> Response:
    """Send the sheets: a PDF to sign, or a workbook to fill in."""
    form = format_of(request, FORMATS)
    snapshot, sheets = _sheets(place, visitor, request)
    visitor.asker.note(place.ledger, "emargement.imprimer", snapshot.code, format=form)
    return sent(render(sheets, form), form, f"emargement-{snapshot.code}")  # type: ignore[arg-type]


def show_sheet(place: Place, visitor: Visitor, request: Request, _form: FormData) -> Response:
    """Show one sheet to tick, as it was last entered."""
    snapshot, sheets = _sheets(place, visitor, request)
    sheet = _sheet(sheets, request, request.query_params.get("groupe", ""))
    try:
        known = present_now(place.settings, snapshot, sheet)
    except FAILURES as exc:
        said = told(place, visitor, request.url.path, exc)
        return draw("muette", place, visitor, status_of(exc), sheets=sheets, sheet=sheet, error=said)
    visitor.asker.note(place.ledger, "tableau.emargement", snapshot.code, creneau=f"{sheet.activite}/{sheet.creneau}")
    return draw("emargement", place, visitor, sheets=sheets, sheet=sheet, known=known, others="", error=None)


def enter_ticks(place: Place, visitor: Visitor, request: Request, form: FormData) -> Response:
    """Enter one sheet: who is ticked was there, who is not was absent; others may have come.

    Where the LRS does not take it, the form comes back as it was filled in: nobody ticks thirty names twice.
    """
    snapshot, sheets = _sheets(place, visitor, request)
    sheet = _sheet(sheets, request, text_of(form, "groupe"))
    ticked = {name for name in form.getlist("present") if isinstance(name, str)}
    others = text_of(form, "autres")
    rows = list(_rows(snapshot.code, sheet, ticked, others))
    try:
        return _entered(place, visitor, request, snapshot, sheets, rows, "tableau")
    except FAILURES as exc:
        return draw(
            "emargement", place, visitor, status_of(exc), sheets=sheets, sheet=sheet, others=others,
            known={person.courriel: person.courriel in ticked or None for person in sheet.people},
            error=told(place, visitor, request.url.path, exc),
        )  # fmt: skip


def enter_file(place: Place, visitor: Visitor, request: Request, form: FormData) -> Response:
    """Enter the file of a sheet: CSV, XLSX or ODS."""
    snapshot, sheets = _sheets(place, visitor, request)
    given = form.get("feuille")
    if not isinstance(given, UploadFile) or not given.filename:
        raise DataError(
            _("Aucun fichier n'a été choisi."), remedy=_("Choisissez la feuille remplie (CSV, XLSX ou ODS).")
        )
    rows = read_rows(given.file.read(), given.filename)
    return _entered(place, visitor, request, snapshot, sheets, rows, given.filename)


def _sheets(place: Place, visitor: Visitor, request: Request) -> tuple[Snapshot, SignIn]:
    with place.ledger.read() as connection:
        snapshot = read_led(connection, visitor.scope, request.path_params["code"])
        return snapshot, read_sheets(connection, snapshot)[0]


def _sheet(sheets: SignIn, request: Request, groupe: str) -> Sheet:
    wanted = (request.path_params["activite"], request.path_params["creneau"], groupe)
    for sheet in sheets.sheets:
        if (sheet.activite, sheet.creneau, sheet.groupe or "") == wanted:
            return sheet
    raise NotFoundError


def _rows(code: str, sheet: Sheet, ticked: Collection[str], others: str) -> Iterator[Row]:
    """Yield the rows that the ticks are, in the form that a file has."""
    place = {"session": code, "activite": sheet.activite, "creneau": sheet.creneau}
    for person in sheet.people:
        said = "O" if person.courriel in ticked else "N"
        yield Row(person.courriel, {**place, "courriel": person.courriel, "present": said})
    for number, address in enumerate(others.split(), 1):
        yield Row(_("Autres présents, adresse {numero}", numero=number), {**place, "courriel": address, "present": "O"})


def _entered(
    place: Place, visitor: Visitor, request: Request, snapshot: Snapshot, sheets: SignIn, rows: list[Row], source: str
) -> Response:
    signed = enter_sheet(place.settings, place.ledger, visitor.asker, snapshot, rows, source, place.clock())
    details = kept(place, visitor, request.url.path, signed.failures)
    return draw("saisie", place, visitor, sheets=sheets, signed=signed, source=source, details=details)


PAGES: tuple[Route, ...] = (
    ("GET", "/sessions/{code}/emargement", list_sheets),
    ("GET", "/sessions/{code}/emargement.{form}", send_sheets),
    ("POST", "/sessions/{code}/emargement/fichier", enter_file),
    ("GET", "/sessions/{code}/emargement/{activite}/{creneau}", show_sheet),
    ("POST", "/sessions/{code}/emargement/{activite}/{creneau}", enter_ticks),
)
