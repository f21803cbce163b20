"""People whom GAIA enrols and whom a Moodle site does not know: an account is made for them, or they wait for one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from connector.errors import ParcoursError, RetriableError
from connector.language import _
from connector.ledger.instants import now_us
from connector.ledger.journal import record
from connector.moodle.functions import OBSERVE, get_users_by_field, observe
from connector.moodle.observation import Query
from connector.moodle.user_functions import CREATE_USERS, NewUser, create_user

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from connector.gaia.enrolment import Enrolled
    from connector.ledger.db import Ledger
    from connector.moodle.functions import SiteInfo
    from connector.moodle.transport import Transport


class Waiting(NamedTuple):
    """Somebody without an account, and why none was made."""

    person: NewUser
    why: str


class Made(NamedTuple):
    """What came of it: who was given an account, and who waits for one."""

    created: tuple[NewUser, ...]
    waiting: tuple[Waiting, ...]


def without_account(transport: Transport, info: SiteInfo, code: str, people: Sequence[Enrolled]) -> list[NewUser]:
    """Return those of the `people` of a session whose address belongs to no account of the site, or to several.

    The plugin is asked where there is one: it sees accounts that the token may not see through core services.
    """
    emails = tuple(one.email for one in people)
    if not emails:
        return []
    if info.lacks(OBSERVE):
        found: Iterable[str] = (user.email for user in get_users_by_field(transport, "email", emails))
    else:
        found = observe(transport, Query(code=code, accounts=emails)).accounts
    known = {email.lower() for email in found}
    return [NewUser(one.email, one.prenom, one.nom) for one in people if one.email not in known]


def not_asked(people: Sequence[NewUser]) -> Made:
    """Return everybody waiting: nobody asked for accounts to be made."""
    return Made((), tuple(Waiting(one, _("à créer (--creer-comptes)")) for one in people))


def make_accounts(
    transport: Transport, info: SiteInfo, ledger: Ledger, people: Sequence[NewUser], *, authentication: str, author: str
) -> Made:
    """Make the accounts one by one, each journalled at once; those that the site refuses wait, with its reason.

    Where the token may make none, everybody waits. RetriableError, UncertainError once some are made: running it again
    asks the site first, so that nobody is made twice.
    """
    if info.lacks(CREATE_USERS):
        return Made(
            (),
            tuple(
                Waiting(one, _("le service du jeton n'a pas {create_users}", create_users=CREATE_USERS))
                for one in people
            ),
        )
    created, waiting = [], []
    for person in people:
        try:
            account = create_user(transport, person, authentication)
        except RetriableError:
            raise
        except ParcoursError as exc:
            waiting.append(Waiting(person, exc.message))
            continue
        with ledger.write() as connection:
            at_us, action = now_us(), "gaia.compte_cree"
            known = {"site": info.siteurl, "authentification": authentication}
            record(connection, at_us, author, action, person.email, numero=account.id, **known)
        created.append(person)
    return Made(tuple(created), tuple(waiting))
