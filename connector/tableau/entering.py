"""Coming in and going out: a password, a personal link, a new password, the first page.

Nobody is signed in yet when they come in: what their form must bring back is in a cookie of its own.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from starlette.responses import RedirectResponse, Response

from connector.errors import DataError
from connector.language import N_, _, known
from connector.tableau import doors
from connector.tableau.drawing import draw
from connector.tableau.pages import NotFoundError, text_of
from connector.tableau.protection import same_secret
from connector.tableau.speech import remember
from connector.tableau.visitor import cookie_name, give_cookie, sign_in, sign_out

if TYPE_CHECKING:
    from starlette.datastructures import FormData
    from starlette.requests import Request

    from connector.tableau.pages import Route
    from connector.tableau.place import Place
    from connector.tableau.visitor import Visitor

_REFUSED = N_("L’identifiant ou le mot de passe n’est pas le bon.")
_TOO_MANY = N_("Trop d’essais : attendez cinq minutes.")
_STALE = N_("Cette page est restée ouverte trop longtemps, ou vient d’ailleurs. Recommencez.")
_OLD_LINK = N_("Ce lien a déjà servi, ou n’est plus bon. Demandez-en un autre à l’opérateur.")

_DOOR = "porte"


def ask(place: Place, request: Request, _form: FormData) -> Response:
    """Show the form of a password."""
    return _door("connexion", place, request, suite=_inside(request.query_params.get("suite")), named="")


def enter_by_password(place: Place, request: Request, form: FormData) -> Response:
    """Open a session for the right password; what is wrong is not told, nor whether the name exists."""
    named, given = text_of(form, "identifiant"), str(form.get("secret", ""))
    shown = {"suite": _inside(text_of(form, "suite")), "named": named}
    if not _bears_token(place, request, form):
        return _door("connexion", place, request, 403, error=_STALE, **shown)
    if not place.rates.allow(_from(request), named):
        return _door("connexion", place, request, 429, error=_TOO_MANY, **shown)
    with place.ledger.read() as connection:
        right = doors.check_password(connection, named, given)
    if not right or place.settings.access(named) is None:
        return _door("connexion", place, request, 403, error=_REFUSED, **shown)
    place.rates.forgive(named)
    return _welcome(place, named, shown["suite"], "motdepasse")


def show_link(place: Place, request: Request, _form: FormData) -> Response:
    """Show a button: a mail filter that follows links would use it up otherwise."""
    return _door("entree", place, request, secret=request.query_params.get("cle", ""))


def enter_by_link(place: Place, request: Request, form: FormData) -> Response:
    """Open a session for a personal link, once, then ask for a password."""
    if not _bears_token(place, request, form):
        return _door("entree", place, request, 403, secret=text_of(form, "cle"), error=_STALE)
    if not place.rates.allow(_from(request), None):
        return _door("entree", place, request, 429, secret="", error=_TOO_MANY)
    with place.ledger.write() as connection:
        named = doors.take_link(connection, text_of(form, "cle"), place.clock())
    if named is None or place.settings.access(named) is None:
        return _door("entree", place, request, 403, secret="", error=_OLD_LINK)
    return _welcome(place, named, "/motdepasse", "lien")


def choose_language(place: Place, request: Request, _form: FormData) -> Response:
    """Speak a language to this browser from now on, and go back to where it was asked for."""
    chosen = known(request.path_params["code"])
    if chosen is None:
        raise NotFoundError
    response = RedirectResponse(_inside(request.query_params.get("suite")), 303)
    remember(place, response, chosen)
    return response


def _door(
    name: str, place: Place, request: Request, status: int = 200, *, error: str | None = None, **values: Any
) -> Response:
    """Show a form to whom is not signed in, with its token, in the page and in a cookie."""
    token = request.cookies.get(cookie_name(place, _DOOR)) or secrets.token_urlsafe(32)
    response = draw(name, place, None, status, error=_(error) if error else None, door=token, **values)
    give_cookie(place, response, _DOOR, token)
    return response


def _bears_token(place: Place, request: Request, form: FormData) -> bool:
    kept = request.cookies.get(cookie_name(place, _DOOR), "")
    return bool(kept) and same_secret(form.get("jeton"), kept)


def _welcome(place: Place, named: str, path: str, means: str) -> Response:
    response = RedirectResponse(path, 303)
    sign_in(place, response, named, means)
    return response


def _inside(path: str | None) -> str:
    """Return a path of these pages; anything else, another site's address included, is the first page."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")) or not path.isprintable():
        return "/"
    return path


def _from(request: Request) -> str:
    return request.client.host if request.client else ""


def show_password(place: Place, visitor: Visitor, _request: Request, _form: FormData) -> Response:
    """Show the form of a new password."""
    return _password_form(place, visitor)


def change_password(place: Place, visitor: Visitor, request: Request, form: FormData) -> Response:
    """Give the visitor a new password, and a new session: the others are closed. Who has one brings it."""
    named, chosen, again = visitor.access.identifiant, str(form.get("nouveau", "")), str(form.get("encore", ""))
    with place.ledger.read() as connection:
        kept = doors.has_password(connection, named)
        if kept and not place.rates.allow(_from(request), named):
            return _password_form(place, visitor, 429, _(_TOO_MANY))
        if kept and not doors.check_password(connection, named, str(form.get("ancien", ""))):
            return _password_form(place, visitor, 403, _("Le mot de passe actuel n’est pas le bon."))
    if chosen != again:
        return _password_form(place, visitor, 400, _("Les deux saisies diffèrent."))
    try:
        with place.ledger.write() as connection:
            doors.set_password(connection, named, chosen, place.clock())
    except DataError as exc:
        return _password_form(place, visitor, 400, str(exc))
    place.rates.forgive(named)
    visitor.asker.note(place.ledger, "acces.motdepasse", named)
    return _welcome(place, named, "/?fait=motdepasse", "motdepasse")


def _password_form(place: Place, visitor: Visitor, status: int = 200, error: str | None = None) -> Response:
    with place.ledger.read() as connection:
        kept = doors.has_password(connection, visitor.access.identifiant)
    return draw("motdepasse", place, visitor, status, error=error, kept=kept)


def leave(place: Place, visitor: Visitor, request: Request, _form: FormData) -> Response:
    """Close the session."""
    response = RedirectResponse("/connexion", 303)
    visitor.asker.note(place.ledger, "acces.sortir", visitor.access.identifiant)
    sign_out(place, request, response)
    return response


DOORS = (
    ("GET", "/connexion", ask),
    ("POST", "/connexion", enter_by_password),
    ("GET", "/entree", show_link),
    ("POST", "/entree", enter_by_link),
    ("GET", "/langue/{code}", choose_language),
)
"""Open to whoever comes: method, path, page."""

PAGES: tuple[Route, ...] = (
    ("GET", "/motdepasse", show_password),
    ("POST", "/motdepasse", change_password),
    ("POST", "/sortie", leave),
)
