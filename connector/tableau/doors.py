"""Passwords, personal links and sessions, in the ledger: one transaction each, and no secret kept."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from connector.errors import DataError
from connector.language import _
from connector.ledger.schema import entry_link, password, web_session
from xapi.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Sequence

_HASHER = PasswordHasher()  # argon2id, with the parameters of RFC 9106's second recommendation
_SECRET_BYTES = 32
_MINUTE_US = 60 * 1_000_000
LINK_US = 3 * 24 * 60 * _MINUTE_US
"""How long a personal link stays good: three days."""
IDLE_US, LONGEST_US = 60 * _MINUTE_US, 12 * 60 * _MINUTE_US
"""A session ends after an hour without a page, and after twelve in any case."""
SHORTEST, LONGEST = 12, 128
"""Characters of a password: ANSSI's recommendation for what is not a sole protection; a bound, since hashing costs."""


@dataclass(frozen=True)
class Session:
    """An open session: whose it is, what its forms must bring back, and when it was last noted as used."""

    identifiant: str
    csrf: str
    seen_us: int

    def to_note(self, now_us: int) -> bool:
        """Whether its use should be noted again: at most once a minute, so that reading pages writes little."""
        return self.seen_us < now_us - _MINUTE_US


def make_link(connection: sa.Connection, identifiant: str, now_us: int) -> str:
    """Return the secret of a new personal link, good once; the earlier ones of this person no longer are."""
    connection.execute(entry_link.delete().where(entry_link.c.identifiant == identifiant))
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    row = {"sha256": _digest(secret), "identifiant": identifiant, "expires_us": now_us + LINK_US}
    connection.execute(entry_link.insert().values(row))
    return secret


def take_link(connection: sa.Connection, secret: str, now_us: int) -> str | None:
    """Return whom a link names and make it useless; None where it is unknown, used or too old.

    Whoever is let in by a link has no password any more, if they had forgotten one: they choose another.
    """
    mine = entry_link.c.sha256 == _digest(secret)
    query = entry_link.delete().where(mine).returning(entry_link.c.identifiant, entry_link.c.expires_us)
    row = connection.execute(query).one_or_none()
    if row is None or row.expires_us <= now_us:
        return None
    connection.execute(password.delete().where(password.c.identifiant == row.identifiant))
    return str(row.identifiant)


def has_password(connection: sa.Connection, identifiant: str) -> bool:
    """Tell whether a person has a password, which is asked before it is changed."""
    return bool(connection.scalar(sa.select(sa.exists().where(password.c.identifiant == identifiant))))


def set_password(connection: sa.Connection, identifiant: str, chosen: str, now_us: int) -> None:
    """Give a person a password and close their sessions; DataError for one that is too short, too long or a name."""
    if not SHORTEST <= len(chosen) <= LONGEST:
        raise DataError(
            _("Un mot de passe a de {moins} à {plus} caractères.", moins=SHORTEST, plus=LONGEST),
            remedy=_("Choisissez-en un autre."),
        )
    if len(set(chosen)) < SHORTEST // 2 or identifiant.casefold() in chosen.casefold():
        raise DataError(
            _("Ce mot de passe se devine : il répète peu de caractères, ou contient votre identifiant."),
            remedy=_("Choisissez-en un autre, par exemple quatre mots sans rapport."),
        )
    row = {"identifiant": identifiant, "hash": _HASHER.hash(chosen), "changed_us": now_us}
    upsert(connection, password, [row], update=["hash", "changed_us"])
    close_sessions(connection, identifiant)


def check_password(connection: sa.Connection, identifiant: str, given: str) -> bool:
    """Tell whether this is the person's password; as long for somebody unknown as for anybody."""
    query = sa.select(password.c.hash).where(password.c.identifiant == identifiant)
    kept = connection.execute(query).scalar_one_or_none()
    try:
        _HASHER.verify(kept or _NOBODY, given[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def open_session(connection: sa.Connection, identifiant: str, now_us: int) -> str:
    """Return the secret of a new session, for its cookie; sessions that have ended are removed."""
    connection.execute(web_session.delete().where(_ended(now_us)))
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    row = {
        "sha256": _digest(secret),
        "identifiant": identifiant,
        "csrf": secrets.token_urlsafe(_SECRET_BYTES),
        "opened_us": now_us,
        "seen_us": now_us,
    }
    connection.execute(web_session.insert().values(row))
    return secret


def find_session(connection: sa.Connection, secret: str, now_us: int) -> Session | None:
    """Return the session of a cookie, None where there is none or it has ended."""
    query = web_session.select().where(web_session.c.sha256 == _digest(secret), sa.not_(_ended(now_us)))
    row = connection.execute(query).one_or_none()
    return Session(row.identifiant, row.csrf, row.seen_us) if row is not None else None


def touch_session(connection: sa.Connection, secret: str, now_us: int) -> None:
    """Note that a session was used."""
    connection.execute(web_session.update().where(web_session.c.sha256 == _digest(secret)).values(seen_us=now_us))


def close_session(connection: sa.Connection, secret: str) -> None:
    """End one session."""
    connection.execute(web_session.delete().where(web_session.c.sha256 == _digest(secret)))


def close_sessions(connection: sa.Connection, identifiant: str) -> None:
    """End all the sessions of a person."""
    connection.execute(web_session.delete().where(web_session.c.identifiant == identifiant))


def forget(connection: sa.Connection, identifiants: Sequence[str]) -> None:
    """Remove all that lets these people in."""
    for table in (password, entry_link, web_session):
        connection.execute(table.delete().where(table.c.identifiant.in_(identifiants)))


def _ended(now_us: int) -> sa.ColumnElement[bool]:
    return sa.or_(web_session.c.seen_us < now_us - IDLE_US, web_session.c.opened_us < now_us - LONGEST_US)


def _digest(secret: str) -> bytes:
    """A secret of 256 random bits needs no slow hash: nobody can try them all."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


_NOBODY = _HASHER.hash(secrets.token_urlsafe(_SECRET_BYTES))
