"""Sessions: the list of a scope, who has done what in one, its attestation."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote
from zoneinfo import ZoneInfo

from connector.acts.attest import prepare
from connector.attendance.attest import check_author
from connector.attendance.standing import read_standings, sheets_to_enter
from connector.errors import DataError
from connector.language import _
from connector.ledger.instants import day_of
from connector.ledger.sessions import newest_snapshot
from connector.reports.attestation import attestable, attestations
from connector.reports.renderings import render
from connector.tableau.drawing import draw
from connector.tableau.pages import NotFoundError, ask, back_to, format_of, sent, text_of
from connector.tableau.reading import designs, leading_address, leads, read_leading, read_led, read_sessions

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.datastructures import FormData
    from starlette.requests import Request
    from starlette.responses import Response

    from connector.reports.boards.model import Board
    from connector.reports.session_model import SessionReport
    from connector.tableau.pages import Route
    from connector.tableau.place import Place
    from connector.tableau.visitor import Visitor

Found = TypeVar("Found", "SessionReport", "Board")


def list_sessions(place: Place, visitor: Visitor, request: Request, _form: FormData) -> Response:
    """Show the sessions of the scope; a teacher has none to open."""
    if visitor.access.role == "enseignant":
        raise NotFoundError
    with place.ledger.read() as connection:
        sessions = read_sessions(connection, visitor.scope)
        to_enter = sheets_to_enter(connection, read_leading(connection, visitor.scope), place.clock())
    visitor.asker.note(place.ledger, "tableau.sessions", "toutes")
    return draw("sessions", place, visitor, sessions=sessions, to_enter=to_enter, done=request.query_params.get("fait"))


def show_session(place: Place, visitor: Visitor, request: Request, _form: FormData) -> Response:
    """Show who has done what in a session; to who only designed it, what it plans and sums."""
    with place.ledger.read() as connection:
        designed = designs(connection, visitor.scope, request.path_params["code"])
    if designed:
        board = _asked(lambda: ask(place, visitor, "page").conception(request.path_params["code"]))
        return draw("conception", place, visitor, report=board, about=board.about)
    report = _report(place, visitor, request, "page")
    with place.ledger.read() as connection:
        leading = leads(connection, visitor.scope, report.about.code)
        snapshot = newest_snapshot(connection, report.about.code) if leading else None
        standings = read_standings(connection, snapshot, place.clock())[1] if snapshot else ()
    return draw(
        "suivi", place, visitor, report=report, about=report.about, leads=leading, standings=standings,
        done=request.query_params.get("fait"),
    )  # fmt: skip


def send_session(place: Place, visitor: Visitor, request: Request, _form: FormData) -> Response:
    """Send a session as a file; in PDF, it is the collective attestation."""
    form = format_of(request)
    report = _report(place, visitor, request, form)
    return sent(render(report, form), form, report.about.code)


def send_design(place: Place, visitor: Visitor, request: Request, _form: FormData) -> Response:
    """Send what a session plans, with sums of what came of it."""
    form = format_of(request)
    board = _asked(lambda: ask(place, visitor, form).conception(request.path_params["code"]))
    return sent(render(board, form), form, f"conception-{board.about.code}")


def send_attestations(place: Place, visitor: Visitor, request: Request, _form: FormData) -> Response:
    """Send an attestation for each person who took part."""
    report = _report(place, visitor, request, "attestation")
    return sent(attestations(report, attestable(report)), "pdf", f"attestations-{report.about.code}")


def attest(place: Place, visitor: Visitor, request: Request, form: FormData) -> Response:
    """Attest those who are ticked, or withdraw it; ask first about people without a trace, and before the end."""
    code = request.path_params["code"]
    with place.ledger.read() as connection:
        snapshot = read_led(connection, visitor.scope, code)
        trainer = leading_address(connection, visitor.scope, code)
    check_author(place.settings, snapshot, visitor.asker.author, trainer)
    report = _report(place, visitor, request, "page")
    named = _named(report, form)
    withdraw = text_of(form, "faire") == "retirer"
    attesting = prepare(place.ledger, snapshot, named, trainer=trainer, withdraw=withdraw)
    early = not withdraw and attesting.early(day_of(place.clock(), ZoneInfo(snapshot.fuseau)))
    if set(attesting.bare) - set(form.getlist("accord")) or (early and not text_of(form, "avant_la_fin")):
        bare = [_name(report, email) for email in attesting.bare]
        return draw(
            "accord", place, visitor, report=report, about=report.about, named=named, early=early,
            bare=list(zip(attesting.bare, bare, strict=True)),
        )  # fmt: skip
    attesting.give(place.settings, place.ledger, visitor.asker)
    return back_to(f"/sessions/{quote(code, safe='')}", fait="retire" if withdraw else "atteste")


def _named(report: SessionReport, form: FormData) -> list[str]:
    """Return the people who are ticked: of the session only."""
    named = [name for name in form.getlist("personne") if isinstance(name, str)]
    known = {name for person in report.people for name in (person.courriel, person.identifiant) if name}
    if not named:
        raise DataError(_("Personne n'est coché : rien n'a été attesté."))
    if not set(named) <= known:
        raise NotFoundError
    return named


def _name(report: SessionReport, email: str) -> str:
    return next((person.name for person in report.people if person.courriel == email), email)


def _report(place: Place, visitor: Visitor, request: Request, form: str) -> SessionReport:
    """Return the session of the address, with its people."""
    return _asked(lambda: ask(place, visitor, form).session(request.path_params["code"]))


def _asked(question: Callable[[], Found]) -> Found:
    """Return what is asked of a session; NotFoundError, journalled already, where the scope does not open it."""
    try:
        return question()
    except DataError:
        raise NotFoundError(journalled=True) from None


PAGES: tuple[Route, ...] = (
    ("GET", "/sessions", list_sessions),
    ("GET", "/sessions/{code}", show_session),
    ("GET", "/sessions/{code}/rapport.{form}", send_session),
    ("GET", "/sessions/{code}/conception.{form}", send_design),
    ("GET", "/sessions/{code}/attestations.pdf", send_attestations),
    ("POST", "/sessions/{code}/attestation", attest),
)
