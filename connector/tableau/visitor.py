"""Who is asking for a page: from the cookie to a person of `[[acces]]`, with a scope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.language import N_, _
from connector.ledger.asker import Asker
from connector.ledger.journal import record
from connector.ledger.scope import Scope
from connector.settings.sections import ACCOMPANYING
from connector.tableau import doors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from connector.settings.sections import Acces, Role
    from connector.tableau.place import Place

_SESSION = "parcours"
_ROLES: Mapping[Role, str] = {
    "operateur": N_("opérateur"),
    "ien": N_("circonscription"),
    "formateur": N_("formateur"),
    "tuteur": N_("tuteur"),
    "concepteur": N_("concepteur"),
    "enseignant": N_("enseignant"),
}


@dataclass(frozen=True)
class Visitor:
    """Somebody who is signed in; `csrf` is what their forms must bring back."""

    access: Acces
    asker: Asker
    csrf: str

    @property
    def scope(self) -> Scope:
        """What they may see."""
        return self.asker.scope

    @property
    def role(self) -> str:
        """Their role, as the pages name it."""
        return _(_ROLES[self.access.role])

    @property
    def oversees(self) -> bool:
        """An IEN, a secretary or an operator: sees the teachers of circonscriptions, and decides of their lines."""
        return self.scope.oversees

    @property
    def accompanies(self) -> bool:
        """A trainer or a tutor: keeps a follow-up log."""
        return self.access.role in ACCOMPANYING


def cookie_name(place: Place, name: str = _SESSION) -> str:
    """Return a cookie's name: over https, one that a browser binds to this host and path."""
    return f"__Host-{name}" if place.secure else name


def give_cookie(place: Place, response: Response, name: str, value: str) -> None:
    """Give a cookie that no script reads and no other site makes a browser send."""
    response.set_cookie(
        cookie_name(place, name), value, httponly=True, secure=place.secure, samesite="strict", path="/"
    )


def find_visitor(place: Place, request: Request) -> Visitor | None:
    """Return who asks; None without an open session, or where their access is gone."""
    secret = request.cookies.get(cookie_name(place))
    if not secret:
        return None
    now_us = place.clock()
    with place.ledger.read() as connection:
        session = doors.find_session(connection, secret, now_us)
    access = place.settings.access(session.identifiant) if session else None
    if session is None or access is None:
        return None
    if session.to_note(now_us):
        with place.ledger.write() as connection:
            doors.touch_session(connection, secret, now_us)
    return Visitor(access, Asker(access.identifiant, Scope.of(access)), session.csrf)


def sign_in(place: Place, response: Response, identifiant: str, means: str) -> None:
    """Open a session, give its cookie to the response, and journal by what `means` somebody came in."""
    with place.ledger.write() as connection:
        secret = doors.open_session(connection, identifiant, place.clock())
        record(connection, place.clock(), identifiant, "acces.entrer", identifiant, par=means)
    give_cookie(place, response, _SESSION, secret)


def sign_out(place: Place, request: Request, response: Response) -> None:
    """Close the session and take the cookie back."""
    secret = request.cookies.get(cookie_name(place))
    if secret:
        with place.ledger.write() as connection:
            doors.close_session(connection, secret)
    response.delete_cookie(cookie_name(place), secure=place.secure, httponly=True, samesite="strict", path="/")
