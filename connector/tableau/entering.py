"""Coming in and going out: a password, a personal link, a new password, the first page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse, Response

from connector.errors import DataError
from connector.tableau import doors
from connector.tableau.drawing import draw
from connector.tableau.visitor import sign_in, sign_out

if TYPE_CHECKING:
    from starlette.datastructures import FormData
    from starlette.requests import Request

    from connector.tableau.pages import Route
    from connector.tableau.place import Place
    from connector.tableau.visitor import Visitor

_REFUSED = "L’identifiant ou le mot de passe n’est pas le bon."
_TOO_MANY = "Trop d’essais : attendez cinq minutes."
_OLD_LINK = "Ce lien a déjà servi, ou n’est plus bon. Demandez-en un autre à l’opérateur."


def ask(place: Place, request: Request, _form: FormData) -> Response:
    """Show the form of a password."""
    return draw("connexion", place, None, error=None, suite=_inside(request.query_params.get("suite")), named="")


def enter_by_password(place: Place, request: Request, form: FormData) -> Response:
    """Open a session for the right password; what is wrong is not told, nor whether the name exists."""
    named, given = str(form.get("identifiant", "")).strip(), str(form.get("secret", ""))
    suite = _inside(str(form.get("suite", "")))
    if not place.rates.allow(_from(request), named):
        return draw("connexion", place, None, 429, error=_TOO_MANY, suite=suite, named=named)
    with place.ledger.read() as connection:
        right = doors.check_password(connection, named, given)
    if not right or place.settings.access(named) is None:
        return draw("connexion", place, None, 403, error=_REFUSED, suite=suite, named=named)
    place.rates.forgive(named)
    return _welcome(place, named, suite)


def show_link(place: Place, request: Request, _form: FormData) -> Response:
    """Show a button: a mail filter that follows links would use it up otherwise."""
    return draw("entree", place, None, secret=request.query_params.get("jeton", ""), error=None)


def enter_by_link(place: Place, request: Request, form: FormData) -> Response:
    """Open a session for a personal link, once, then ask for a password."""
    if not place.rates.allow(_from(request), ""):
        return draw("entree", place, None, 429, secret="", error=_TOO_MANY)
    with place.ledger.write() as connection:
        named = doors.take_link(connection, str(form.get("secret", "")), place.clock())
    if named is None or place.settings.access(named) is None:
        return draw("entree", place, None, 403, secret="", error=_OLD_LINK)
    return _welcome(place, named, "/motdepasse")


def _welcome(place: Place, named: str, path: str) -> Response:
    response = RedirectResponse(path, 303)
    sign_in(place, response, named)
    return response


def _inside(path: str | None) -> str:
    """Return a path of these pages; anything else, another site's address included, is the first page."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")) or any(ord(c) < 32 for c in path):
        return "/"
    return path


def _from(request: Request) -> str:
    return request.client.host if request.client else ""


def show_password(place: Place, visitor: Visitor, _request: Request, _form: FormData) -> Response:
    """Show the form of a new password."""
    return draw("motdepasse", place, visitor, error=None)


def change_password(place: Place, visitor: Visitor, _request: Request, form: FormData) -> Response:
    """Give the visitor a new password, and a new session: the others are closed."""
    chosen, again = str(form.get("nouveau", "")), str(form.get("encore", ""))
    if chosen != again:
        return draw("motdepasse", place, visitor, 400, error="Les deux saisies diffèrent.")
    try:
        with place.ledger.write() as connection:
            doors.set_password(connection, visitor.access.identifiant, chosen, place.clock())
    except DataError as exc:
        return draw("motdepasse", place, visitor, 400, error=str(exc))
    visitor.asker.note(place.ledger, "acces.motdepasse", visitor.access.identifiant)
    return _welcome(place, visitor.access.identifiant, "/")


def leave(place: Place, _visitor: Visitor, request: Request, _form: FormData) -> Response:
    """Close the session."""
    response = RedirectResponse("/connexion", 303)
    sign_out(place, request, response)
    return response


PAGES: tuple[Route, ...] = (
    ("GET", "/motdepasse", show_password),
    ("POST", "/motdepasse", change_password),
    ("POST", "/sortie", leave),
)
