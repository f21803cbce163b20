"""Accounts: the one function of Moodle's that makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from connector.moodle.shapes import Read, read

if TYPE_CHECKING:
    from connector.moodle.transport import Transport

CREATE_USERS = "core_user_create_users"
_MANUAL = "manual"


class NewUser(NamedTuple):
    """Somebody to whom an account is to be given; their user name is their address, in lower case."""

    email: str
    prenom: str
    nom: str


class CreatedUser(Read):
    """The number that the site gave an account."""

    id: int


def create_user(transport: Transport, person: NewUser, authentication: str) -> CreatedUser:
    """Make an account that `authentication`, a plugin of the site, lets in; Moodle sends a manual one its password.

    Where somebody has that address or that user name, the site refuses, and this raises FatalError.

    :calls: `core_user_create_users`
    """
    account: dict[str, str | int] = {
        "username": person.email,
        "firstname": person.prenom,
        "lastname": person.nom,
        "email": person.email,
        "auth": authentication,
    }
    if authentication == _MANUAL:
        account["createpassword"] = 1
    (made,) = read(tuple[CreatedUser], CREATE_USERS, transport.call(CREATE_USERS, {"users": [account]}, write=True))
    return made
