"""Teachers: the list of a scope, one teacher's relevé, a decision on a line of it, its teacher's contestation."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from starlette.responses import RedirectResponse

from connector.acts.contest import contest
from connector.acts.decide import ACTIONS, decide
from connector.errors import DataError
from connector.language import _
from connector.ledger.contested import contest_reasons
from connector.ledger.sessions import newest_snapshot
from connector.obligation.rules import regulation
from connector.reports.people import ETATS, Wanted, read_rows
from connector.reports.renderings import render
from connector.tableau.drawing import draw
from connector.tableau.pages import NotFoundError, ask, back_to, format_of, number_of, sent, text_of, year_of
from connector.tableau.reading import (
    ORDERS,
    Named,
    read_contested_lines,
    read_glance,
    read_people,
    read_schools,
    read_sessions,
    read_years,
)
from xapi.vocabulary import OwnActivity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.datastructures import FormData
    from starlette.requests import Request
    from starlette.responses import Response

    from connector.attendance.decide import Verdict
    from connector.reports.releve import Releve
    from connector.settings.sections import Circonscription
    from connector.tableau.pages import Route
    from connector.tableau.place import Place
    from connector.tableau.visitor import Visitor

MOST_DRAWN = 2000
"""Teachers in a page or a PDF to keep; a table holds as many as there are."""
_TABLES = ("csv", "xlsx", "ods", "json")
_VERDICTS: Mapping[str, Verdict] = {action: verdict for verdict, action in ACTIONS.items()}


def first_page(place: Place, visitor: Visitor, request: Request, _form: FormData) -> Response:
    """Lead each role to what it came for."""
    query = f"?{request.url.query}" if request.url.query else ""
    if visitor.oversees:
        return RedirectResponse(f"/enseignants{query}", 303)
    if visitor.access.role != "enseignant":
        return RedirectResponse(f"/sessions{query}", 303)
    with place.ledger.read() as connection:
        rows = read_rows(connection, visitor.scope, Wanted(str(year_of(place, request))), limit=1)
    if rows:
        return RedirectResponse(f"/enseignants/{quote(rows[0].identifiant, safe='')}{query}", 303)
    text = _("Il n’y a pas encore d’heures à votre nom cette année. Elles viendront avec la prochaine mise à jour.")
    return draw("message", place, visitor, title=_("Mon relevé"), text=text)


def list_people(place: Place, visitor: Visitor, request: Request, _form: FormData) -> Response:
    """Show a page of the teachers of the scope, those whose lines are contested first."""
    places = _circonscriptions(place, visitor)
    year, asked = str(year_of(place, request)), request.query_params
    wanted = _wanted(year, asked, places)
    order, number = asked.get("ordre", "ecole"), asked.get("page", "1")
    page = number_of(number)
    if order not in ORDERS or not page:
        raise NotFoundError
    scope = visitor.scope
    with place.ledger.read() as connection:
        schools = read_schools(connection, scope, wanted)
        sessions = read_sessions(connection, scope, year)
        if wanted.session and wanted.session not in {one.code for one in sessions}:
            raise NotFoundError
        if wanted.ecole and not read_rows(connection, scope, Wanted(year, ecole=wanted.ecole), limit=1):
            raise NotFoundError
        found = read_people(connection, scope, wanted.searched(connection, scope), order, page)
        contested = read_contested_lines(connection, scope, year)
        years = [Named(one, one) for one in read_years(connection, scope)]
        pictured = _pictured(place, visitor, wanted, places) if page == 1 else None
        glance = read_glance(connection, scope, wanted, pictured, place.clock()) if pictured else None
    searched = "oui" if wanted.recherche else None
    visitor.asker.note(
        place.ledger, "tableau.enseignants", wanted.ecole or wanted.circonscription or "tous", annee=year,
        page=page, recherche=searched, session=wanted.session, etat=wanted.etat,
    )  # fmt: skip
    return draw(
        "enseignants", place, visitor, found=found, wanted=wanted, order=order, places=places, schools=schools,
        sessions=sessions, years=years, contested=contested, done=asked.get("fait"), drawable=_drawable(found.total),
        address=_address(request), downloaded=_downloaded(wanted), glance=glance,
    )  # fmt: skip


def send_list(place: Place, visitor: Visitor, request: Request, _form: FormData) -> Response:
    """Send the teachers of a school, of a circonscription or of the whole scope as a file."""
    places = _circonscriptions(place, visitor)
    form, year = format_of(request), year_of(place, request)
    wanted = _wanted(str(year), request.query_params, places)
    asking = ask(place, visitor, form)
    narrowed = Wanted(str(year), circonscription=wanted.circonscription, ecole=wanted.ecole)
    with place.ledger.read() as connection:
        if wanted.ecole and not read_rows(connection, visitor.scope, narrowed, limit=1):
            raise NotFoundError
        rows = read_rows(connection, visitor.scope, narrowed, first=MOST_DRAWN, limit=1)
    if rows and form not in _TABLES:
        raise DataError(
            _("Plus de {nombre} enseignants ne tiennent pas dans une page ni dans un PDF.", nombre=MOST_DRAWN),
            remedy=_("Choisissez une circonscription, ou un tableur (CSV, XLSX, ODS)."),
        )
    if wanted.ecole:
        report = asking.ecole(wanted.ecole, year)
    elif wanted.circonscription:
        report = asking.circonscription(wanted.circonscription, year)
    else:
        report = asking.everybody(year)
    return sent(render(report, form), form, f"{report.about.code}-{year}")


def show_teacher(place: Place, visitor: Visitor, request: Request, _form: FormData) -> Response:
    """Show a teacher's relevé; what may be done about a line is beside it."""
    _people_only(visitor)
    report = _releve(place, visitor, request, "page")
    year = report.about.annee_scolaire
    with place.ledger.read() as connection:
        contested = read_contested_lines(connection, visitor.scope, year, report.row.identifiant)
    return draw(
        "enseignant", place, visitor, report=report, about=report.about, reasons=_reasons(),
        contested={(one.code, one.activity_id): one for one in contested}, contest_reasons=contest_reasons(),
        done=request.query_params.get("fait"),
    )  # fmt: skip


def send_teacher(place: Place, visitor: Visitor, request: Request, _form: FormData) -> Response:
    """Send a teacher's relevé as a file."""
    _people_only(visitor)
    form = format_of(request)
    report = _releve(place, visitor, request, form)
    return sent(render(report, form), form, f"releve-{report.row.identifiant}-{report.about.annee_scolaire}")


def decide_line(place: Place, visitor: Visitor, request: Request, form: FormData) -> Response:
    """Grant, refuse, or leave to the evidence again, a line that the relevé shows."""
    if not visitor.oversees:
        raise NotFoundError
    report, line = _line(place, visitor, request, form)
    action, _colon, motif = text_of(form, "choix").partition(":")
    if action not in _VERDICTS:
        raise DataError(_("Choisissez la décision et sa raison dans la liste."))
    with place.ledger.read() as connection:
        snapshot = newest_snapshot(connection, line.code)
    if snapshot is None:
        raise DataError(
            _(
                "La publication de {session} n'est pas dans le registre : une décision ne peut pas y être inscrite.",
                session=line.code,
            ),
            remedy=_("Demandez à l'opérateur de collecter cette session."),
        )
    decide(
        place.settings, place.ledger, visitor.asker, snapshot, report.row.identifiant, line, _VERDICTS[action], motif
    )
    return back_to(_own(report), annee=report.about.annee_scolaire, fait=action)


def contest_line(place: Place, visitor: Visitor, request: Request, form: FormData) -> Response:
    """Note that the teacher contests one of their lines."""
    if visitor.access.role != "enseignant":
        raise NotFoundError
    report, line = _line(place, visitor, request, form)
    contest(
        place.ledger, visitor.asker, report.row.identifiant, line.code, line.activity_id or "",
        text_of(form, "motif"), year=year_of(place, request),
    )  # fmt: skip
    return back_to(_own(report), annee=report.about.annee_scolaire, fait="conteste")


def _people_only(visitor: Visitor) -> None:
    """A trainer and a tutor see sessions, not whole balances."""
    if not (visitor.oversees or visitor.access.role == "enseignant"):
        raise NotFoundError


def _releve(place: Place, visitor: Visitor, request: Request, form: str) -> Releve:
    return ask(place, visitor, form).teacher(request.path_params["identifiant"], year_of(place, request))


def _line(place: Place, visitor: Visitor, request: Request, form: FormData) -> tuple[Releve, OwnActivity]:
    """Return the relevé and the line of it that a form is about; NotFoundError for a line that is not there."""
    report = _releve(place, visitor, request, "page")
    code, activity_id = text_of(form, "session"), text_of(form, "activite")
    if (code, activity_id) not in {(line.session, line.activite) for line in report.lines}:
        raise NotFoundError
    return report, OwnActivity(code, activity_id)


def _own(report: Releve) -> str:
    return f"/enseignants/{quote(report.row.identifiant, safe='')}"


def _circonscriptions(place: Place, visitor: Visitor) -> list[Named]:
    """Return the circonscriptions that a visitor may choose; NotFoundError for who sees none."""
    if not visitor.oversees:
        raise NotFoundError
    names = {known.uai: known.nom for known in place.settings.circonscriptions}
    mine = names if visitor.scope.everything else visitor.scope.names
    return [Named(uai, names.get(uai, uai)) for uai in mine]


def _pictured(place: Place, visitor: Visitor, wanted: Wanted, places: list[Named]) -> Circonscription | None:
    """Return the circonscription whose picture heads the list: the chosen or the only one, before it is narrowed."""
    if wanted.ecole or wanted.session or wanted.etat or wanted.recherche:
        return None
    only = places[0].code if len(places) == 1 and not visitor.scope.everything else None
    wished = wanted.circonscription or only
    return next((known for known in place.settings.circonscriptions if known.uai == wished), None)


def _wanted(year: str, asked: Mapping[str, str], places: list[Named]) -> Wanted:
    """Return what the address asks for; NotFoundError for a circonscription out of the scope, or an unknown state."""
    chosen = asked.get("circonscription") or None
    etat = asked.get("etat") or None
    if (chosen and chosen not in {one.code for one in places}) or (etat and etat not in ETATS):
        raise NotFoundError
    return Wanted(
        year,
        circonscription=chosen,
        ecole=asked.get("ecole") or None,
        session=asked.get("session") or None,
        etat=etat,
        recherche=asked.get("recherche", "")[:100].strip() or None,
    )


def _drawable(total: int) -> tuple[str, ...]:
    return ("pdf", "xlsx", "ods", "csv", "html", "json") if total <= MOST_DRAWN else _TABLES


def _address(request: Request) -> str:
    """Return the query of the page without its number, for the links to the other pages."""
    kept = request.query_params.multi_items()
    return urlencode([(name, value) for name, value in kept if name not in {"page", "fait"} and value])


def _downloaded(wanted: Wanted) -> str:
    """Return the query of the files: a school, a circonscription or the whole scope, and the year."""
    said = {"annee": wanted.annee_scolaire, "circonscription": wanted.circonscription, "ecole": wanted.ecole}
    return urlencode({name: value for name, value in said.items() if value})


def _reasons() -> dict[str, dict[str, str]]:
    """Return what a person may choose on a line, by what it does; withdrawing takes what serves to both."""
    known = regulation().decisions
    groups = {
        action: {code: reason.libelle for code, reason in known.items() if action in reason.pour}
        for action in ("accorder", "refuser")
    }
    return groups | {"retirer": {code: name for code, name in groups["accorder"].items() if code in groups["refuser"]}}


PAGES: tuple[Route, ...] = (
    ("GET", "/", first_page),
    ("GET", "/enseignants", list_people),
    ("GET", "/enseignants.{form}", send_list),
    ("GET", "/enseignants/{identifiant}", show_teacher),
    ("GET", "/enseignants/{identifiant}/releve.{form}", send_teacher),
    ("POST", "/enseignants/{identifiant}/decision", decide_line),
    ("POST", "/enseignants/{identifiant}/contestation", contest_line),
)
