"""Accompaniment: whom a trainer sees first, the meetings with one teacher; what an IEN may know of it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import quote

from connector.errors import DataError
from connector.language import _
from connector.ledger.instants import day_of
from connector.suivi.log import (
    MODE_WORDS,
    MODES,
    MOST_CHARACTERS,
    MOST_MINUTES,
    Author,
    Meeting,
    entries,
    note,
    share,
    take_back,
)
from connector.suivi.reading import note_read, read_followed
from connector.suivi.standing import ENTRY_WORDS
from connector.tableau.drawing import draw
from connector.tableau.pages import NotFoundError, back_to, number_of, text_of, year_of
from scenarios.calendar import SchoolYear

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import sqlalchemy as sa
    from starlette.datastructures import FormData
    from starlette.requests import Request
    from starlette.responses import Response

    from connector.suivi.log import Mode
    from connector.suivi.reading import Followed
    from connector.suivi.standing import Accompanied
    from connector.tableau.pages import Route
    from connector.tableau.place import Place
    from connector.tableau.visitor import Visitor

_ACTS: Mapping[str, Callable[[sa.Connection, Author, int], str]] = {
    "partager": lambda connection, author, numero: share(connection, author, numero, shared=True),
    "reprendre": lambda connection, author, numero: share(connection, author, numero, shared=False),
    "oublier": take_back,
}


def list_followed(place: Place, visitor: Visitor, request: Request, _form: FormData) -> Response:
    """Show whom to see first, or to an IEN who was seen."""
    followed = _followed(place, visitor, year_of(place, request))
    note_read(place.ledger, visitor.asker, followed)
    previous = SchoolYear(followed.year.first - 1)
    return draw("accompagnements", place, visitor, followed=followed, words=ENTRY_WORDS, previous=previous)


def show_meetings(place: Place, visitor: Visitor, request: Request, _form: FormData) -> Response:
    """Show the meetings with one teacher, and to a trainer where to note the next one."""
    year = year_of(place, request)
    followed = _followed(place, visitor, year)
    person = _person(followed, request)
    with place.ledger.read() as connection:
        found = entries(connection, visitor.scope, visitor.access.identifiant, year, person.identifiant)
    visitor.asker.note(place.ledger, "suivi.enseignant", person.identifiant, annee=str(year))
    return draw(
        "accompagnement", place, visitor, person=person, entries=found, year=year, words=ENTRY_WORDS,
        modes=MODE_WORDS, most=MOST_CHARACTERS, longest=MOST_MINUTES, today=day_of(place.clock()),
        done=request.query_params.get("fait"),
    )  # fmt: skip


def note_meeting(place: Place, visitor: Visitor, request: Request, form: FormData) -> Response:
    """Note a meeting with a teacher whom the trainer accompanies."""
    person = _person(_written(place, visitor, request), request)
    meeting = Meeting(
        _day(text_of(form, "jour")), _mode(text_of(form, "modalite")), _minutes(text_of(form, "minutes")),
        text_of(form, "texte"), text_of(form, "partage") == "oui",
    )  # fmt: skip
    with place.ledger.write() as connection:
        note(connection, visitor.scope, _author(place, visitor), person.identifiant, meeting)
    return _back(request, person, "note")


def change_meeting(place: Place, visitor: Visitor, request: Request, form: FormData) -> Response:
    """Share the text of one's meeting, no longer share it, or take the meeting back."""
    person = _person(_written(place, visitor, request), request)
    act, numero = text_of(form, "faire"), number_of(text_of(form, "numero"))
    if act not in _ACTS or numero is None:
        raise NotFoundError
    with place.ledger.write() as connection:
        _ACTS[act](connection, _author(place, visitor), numero)
    return _back(request, person, act)


def _followed(place: Place, visitor: Visitor, year: SchoolYear) -> Followed:
    """Return whose meetings a visitor may see; NotFoundError for who has no part in it."""
    if not (visitor.accompanies or visitor.access.role == "ien"):
        raise NotFoundError
    with place.ledger.read() as connection:
        return read_followed(connection, visitor.scope, year)


def _written(place: Place, visitor: Visitor, request: Request) -> Followed:
    """Return the same for who writes: NotFoundError for an IEN, who only follows."""
    if not visitor.accompanies:
        raise NotFoundError
    return _followed(place, visitor, year_of(place, request))


def _person(followed: Followed, request: Request) -> Accompanied:
    for one in followed.people:
        if one.identifiant == request.path_params["qui"]:
            return one
    raise NotFoundError


def _author(place: Place, visitor: Visitor) -> Author:
    return Author(visitor.access.identifiant, place.clock())


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DataError(_("Donnez le jour de la rencontre.")) from None


def _mode(text: str) -> Mode:
    for one in MODES:
        if one == text:
            return one
    raise DataError(_("Dites si la rencontre était en présence ou à distance."))


def _minutes(text: str) -> int:
    return number_of(text) or 0


def _back(request: Request, person: Accompanied, done: str) -> Response:
    query = {"fait": done}
    if request.query_params.get("annee"):
        query["annee"] = request.query_params["annee"]
    return back_to(f"/accompagnement/{quote(person.identifiant, safe='')}", **query)


PAGES: tuple[Route, ...] = (
    ("GET", "/accompagnement", list_followed),
    ("GET", "/accompagnement/{qui}", show_meetings),
    ("POST", "/accompagnement/{qui}", note_meeting),
    ("POST", "/accompagnement/{qui}/rencontre", change_meeting),
)
