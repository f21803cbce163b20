"""Training needs of schools: entered one by one or from a file, listed with what meets them, withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.datastructures import UploadFile

from connector.acts.needs import enter_needs, schools_of, typed_in, withdraw
from connector.acts.typed_needs import COLUMNS, MOST_WORDS, Typed, UnfitNeedsError
from connector.catalogue.entries import BANDS, band_name, read_catalogue
from connector.catalogue.proposals import answering, catalogue_answers, choices, propose
from connector.errors import DataError
from connector.language import _
from connector.ledger.instants import day_of
from connector.ledger.needs import find_need, read_needs
from connector.reports.boards.needs import STATES, told
from connector.reports.coverage import read_coverage
from connector.reports.people import Wanted, read_rows
from connector.reports.renderings import render
from connector.tableau.drawing import draw
from connector.tableau.pages import NotFoundError, ask, back_to, format_of, number_of, sent, text_of, year_of
from connector.tableau.reading import Named, read_years
from scenarios.vocabularies import CYCLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.datastructures import FormData
    from starlette.requests import Request
    from starlette.responses import Response

    from connector.acts.needs import Entered
    from connector.catalogue.entries import Entry
    from connector.ledger.needs import Need
    from connector.tableau.pages import Route
    from connector.tableau.place import Place
    from connector.tableau.visitor import Visitor
    from scenarios.calendar import SchoolYear


def list_needs(place: Place, visitor: Visitor, request: Request, _form: FormData) -> Response:
    """Show the needs of a year with their coverage, and how to enter others."""
    return _list(place, visitor, year_of(place, request), done=request.query_params.get("fait"))


def show_form(place: Place, visitor: Visitor, request: Request, _form: FormData) -> Response:
    """Ask which school, then what it needs."""
    asked = request.query_params.get("ecole", "")
    return _form_page(place, visitor, year_of(place, request), Typed(asked, "", ""))


def enter_one(place: Place, visitor: Visitor, request: Request, form: FormData) -> Response:
    """Record a need, and show what the catalogue has for it; what is wrong is told beside what was typed."""
    _overseers_only(visitor)
    year = year_of(place, request)
    named = [name for name in form.getlist("enseignant") if isinstance(name, str)]
    words = {name: text_of(form, name) for name in COLUMNS if name != "enseignants"}
    typed = Typed(**words, enseignants=",".join(named))
    try:
        entered = _enter(place, visitor, [typed], year)
    except UnfitNeedsError as exc:
        return _form_page(place, visitor, year, typed, exc.problems)
    if not entered.numbers:
        return back_to("/besoins", annee=str(year), fait="besoin_connu")
    return back_to(f"/besoins/{entered.numbers[0]}", annee=str(year), fait="besoin")


def enter_file(place: Place, visitor: Visitor, request: Request, form: FormData) -> Response:
    """Record the needs of a file, all or none."""
    _overseers_only(visitor)
    year = year_of(place, request)
    given = form.get("fichier")
    if not isinstance(given, UploadFile) or not given.filename:
        raise DataError(
            _("Aucun fichier n'a été choisi."), remedy=_("Choisissez le tableau des besoins (CSV, XLSX ou ODS).")
        )
    try:
        _enter(place, visitor, typed_in(given.file.read(), given.filename), year)
    except UnfitNeedsError as exc:
        return _list(place, visitor, year, problems=exc.problems)
    return back_to("/besoins", annee=str(year), fait="besoins")


def show_need(place: Place, visitor: Visitor, request: Request, _form: FormData) -> Response:
    """Show a need: the parcours proposed and why, who is enrolled, who has finished."""
    need = _need(place, visitor, request)
    entries = _catalogue(place)
    year = need.wording.annee_scolaire
    with place.ledger.read() as connection:
        coverage = read_coverage(connection, visitor.scope, year, [need], answering([need], entries))[0]
    visitor.asker.note(place.ledger, "tableau.besoin", need.wording.uai, annee=year, numero=need.numero)
    return draw(
        "besoin", place, visitor, need=need, said=need.wording, coverage=coverage, people=told(coverage),
        proposals=propose(need.wording, entries), done=request.query_params.get("fait"), **_words(),
    )  # fmt: skip


def withdraw_need(place: Place, visitor: Visitor, request: Request, _form: FormData) -> Response:
    """Withdraw a need."""
    need = _need(place, visitor, request)
    withdraw(place.ledger, visitor.asker, need.numero)
    return back_to("/besoins", annee=need.wording.annee_scolaire, fait="besoin_retire")


def send_board(place: Place, visitor: Visitor, request: Request, _form: FormData) -> Response:
    """Send the needs and their coverage as a file."""
    _overseers_only(visitor)
    form, year = format_of(request), year_of(place, request)
    board = ask(place, visitor, form).besoins(year, None, catalogue_answers(place.settings.folder))
    return sent(render(board, form), form, f"besoins-{year}")


def _list(
    place: Place, visitor: Visitor, year: SchoolYear, *, done: str | None = None, problems: Sequence[str] = ()
) -> Response:
    _overseers_only(visitor)
    entries = _catalogue(place)
    with place.ledger.read() as connection:
        needs = read_needs(connection, visitor.scope, str(year))
        found = read_coverage(connection, visitor.scope, str(year), needs, answering(needs, entries))
        years = {str(year), *read_years(connection, visitor.scope)}
    visitor.asker.note(place.ledger, "tableau.besoins", "tous", annee=str(year))
    proposed = {need.numero: propose(need.wording, entries) for need in needs}
    return draw(
        "besoins", place, visitor, 422 if problems else 200, found=found, proposed=proposed, year=str(year),
        years=[Named(one, one) for one in sorted(years, reverse=True)], done=done, problems=problems,
        columns=";".join(COLUMNS),
        **_words(),
    )  # fmt: skip


def _form_page(
    place: Place, visitor: Visitor, year: SchoolYear, typed: Typed, problems: Sequence[str] = ()
) -> Response:
    """Show the form of a need, filled with what was typed; first, of which school, where it is not theirs."""
    _overseers_only(visitor)
    with place.ledger.read() as connection:
        schools = schools_of(connection, visitor.asker, year)
        school = schools.get(typed.ecole)
        wanted = Wanted(str(year), ecole=typed.ecole)
        people = read_rows(connection, visitor.scope, wanted) if school else ()
    if school:
        visitor.asker.note(place.ledger, "tableau.besoin", school.uai, annee=str(year))
    return draw(
        "besoin_nouveau", place, visitor, 422 if problems else 200, year=str(year), schools=schools.values(),
        school=school, typed=typed, named=set(typed.enseignants.split(",")), people=people, problems=problems,
        choices=choices(_catalogue(place)), most=MOST_WORDS, **_words(),
    )  # fmt: skip


def _enter(place: Place, visitor: Visitor, typed: Sequence[Typed], year: SchoolYear) -> Entered:
    return enter_needs(place.ledger, visitor.asker, typed, choices(_catalogue(place)), year=year)


def _need(place: Place, visitor: Visitor, request: Request) -> Need:
    """Return the need of the address; NotFoundError where it is not theirs."""
    _overseers_only(visitor)
    numero = number_of(request.path_params["numero"])
    if numero is None:
        raise NotFoundError
    with place.ledger.read() as connection:
        need = find_need(connection, visitor.scope, numero)
    if need is None:
        raise NotFoundError
    return need


def _overseers_only(visitor: Visitor) -> None:
    """Needs are an IEN's, and an operator's."""
    if not visitor.oversees:
        raise NotFoundError


def _catalogue(place: Place) -> tuple[Entry, ...]:
    return read_catalogue(place.settings.folder)[0]


def _words() -> dict[str, Any]:
    """Return the words of the closed lists, in the language being spoken."""
    return {
        "cycles": {code: _(term.label) for code, term in CYCLES.items()},
        "durees": {code: band_name(code) for code in BANDS},
        "states": {code: _(name) for code, name in STATES.items()},
        "day_of": day_of,
    }


PAGES: tuple[Route, ...] = (
    ("GET", "/besoins", list_needs),
    ("GET", "/besoins.{form}", send_board),
    ("GET", "/besoins/nouveau", show_form),
    ("POST", "/besoins", enter_one),
    ("POST", "/besoins/fichier", enter_file),
    ("GET", "/besoins/{numero}", show_need),
    ("POST", "/besoins/{numero}/retrait", withdraw_need),
)
