"""What goes wrong: visitors are told what they can do about it; addresses, files and commands are for the operator.

A DataError is about what the visitor has given, and speaks to them. The others are the installation's: the journal
keeps them whole (`tableau.panne`), and the operator's own pages show them.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from connector.errors import ConfigError, DataError, FatalError, ParcoursError, RetriableError
from connector.language import N_, _
from connector.ledger.journal import record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.tableau.place import Place
    from connector.tableau.visitor import Visitor

FAILURES = (ConfigError, FatalError, RetriableError)
"""What a visitor can do nothing about but wait, or tell the operator."""
_AUTHOR = "tableau"
_STATUS: Mapping[type[ParcoursError], HTTPStatus] = {
    DataError: HTTPStatus.UNPROCESSABLE_ENTITY,
    RetriableError: HTTPStatus.SERVICE_UNAVAILABLE,
    FatalError: HTTPStatus.BAD_GATEWAY,
    ConfigError: HTTPStatus.INTERNAL_SERVER_ERROR,
}
_SAID: Mapping[type[ParcoursError], str] = {
    RetriableError: N_(
        "Un service dont cette page a besoin ne répond pas. Ce qui était enregistré l'est toujours : réessayez dans"
        " quelques minutes. Si cela dure, prévenez l'opérateur."
    ),
    FatalError: N_(
        "Un service dont cette page a besoin répond de travers. Ce qui était enregistré l'est toujours. Prévenez"
        " l'opérateur : le journal lui dira le détail."
    ),
    ConfigError: N_(
        "Il manque quelque chose à l'installation, ou son fichier parcours.toml est à corriger. Prévenez l'opérateur :"
        " le journal lui dira le détail."
    ),
}


def status_of(exc: ParcoursError) -> HTTPStatus:
    """Return the HTTP status of an error of ours."""
    return next(code for kind, code in _STATUS.items() if isinstance(exc, kind))


def told(place: Place, visitor: Visitor | None, path: str, exc: ParcoursError) -> str:
    """Return what a visitor is told of an error met at a path; what they are not told is journalled."""
    operates = visitor is not None and visitor.scope.everything
    if not isinstance(exc, DataError):
        _journal(place, visitor, path, exc)
    elif exc.for_operator and not operates:
        return _("{defaut} Prévenez l'opérateur.", defaut=exc.message)
    if operates or isinstance(exc, DataError):
        return str(exc)
    return _(next(text for kind, text in _SAID.items() if isinstance(exc, kind)))


def kept(place: Place, visitor: Visitor, path: str, failures: Sequence[ParcoursError]) -> list[str]:
    """Journal failures that stopped nothing, and return what an operator is told of them; nobody else is told more."""
    for failure in failures:
        _journal(place, visitor, path, failure)
    return [str(failure) for failure in failures] if visitor.scope.everything else []


def _journal(place: Place, visitor: Visitor | None, path: str, exc: ParcoursError) -> None:
    author = visitor.asker.author if visitor else _AUTHOR
    with place.ledger.write() as connection:
        record(connection, place.clock(), author, "tableau.panne", path, defaut=str(exc))
