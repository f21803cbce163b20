"""Who may use the LRS, and for what: a name, scopes, and a secret that we draw ourselves, of which the hash is kept.

The secret has 256 random bits, so a plain SHA-256 cannot be searched and costs nothing at each request.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from xapi import vocabulary
from xapi.errors import DataError
from xapi.schema import client
from xapi.store import system_clock

if TYPE_CHECKING:
    from collections.abc import Collection

    from xapi.database import Database

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_NOBODY = bytes(32)

SCOPES = ("all", "all/read", "statements/write", "statements/read", "statements/read/mine", "state", "profile")
"""What a client may be allowed (xAPI 1.0.3, part 3, 4.2)."""


@dataclass(frozen=True, slots=True)
class Client:
    """Somebody who has shown their secret."""

    name: str
    scopes: frozenset[str] = frozenset({"all"})

    @property
    def authority(self) -> dict[str, Any]:
        """The agent that vouches for what this client sends."""
        return {"objectType": "Agent", "account": {"homePage": vocabulary.LRS_HOMEPAGE, "name": self.name}}

    def may(self, *scopes: str) -> bool:
        """Tell whether one of these scopes is theirs; `all` is every one of them."""
        return "all" in self.scopes or not self.scopes.isdisjoint(scopes)


def add_client(database: Database, name: str, scopes: Collection[str] = ("all",)) -> str:
    """Create a client and return its secret, which cannot be asked for again.

    Raises DataError when the name is taken, or is not 1 to 64 letters, digits, dots, hyphens and underscores, and
    for a scope that is none of `SCOPES`.
    """
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise DataError(f"a client has scopes among {', '.join(SCOPES)}")
    if _NAME.fullmatch(name) is None:
        raise DataError("a client's name is 1 to 64 letters, digits, dots, hyphens and underscores")
    secret = secrets.token_urlsafe(32)
    row = {
        "name": name,
        "secret_sha256": _hash(secret),
        "scopes": " ".join(sorted(scopes)),
        "created_us": system_clock(),
    }
    try:
        with database.write() as connection:
            connection.execute(sa.insert(client).values(row))
    except sa.exc.IntegrityError:
        raise DataError(f"the client {name} exists already") from None
    return secret


def list_clients(database: Database) -> list[Client]:
    """Return every client, by name."""
    with database.read() as connection:
        rows = connection.execute(sa.select(client.c.name, client.c.scopes).order_by(client.c.name)).all()
    return [Client(row.name, frozenset(row.scopes.split())) for row in rows]


def remove_client(database: Database, name: str) -> None:
    """Take a client's secret away, at once; what it sent stays. Raises DataError for a name that is nobody's."""
    with database.write() as connection:
        if not connection.execute(sa.delete(client).where(client.c.name == name)).rowcount:
            raise DataError(f"there is no client {name}")


def authenticate(database: Database, authorization: str | None) -> Client | None:
    """Return the client behind an `Authorization` header; None when it is nobody's.

    An unknown name costs the same query and the same comparison as a wrong secret.
    """
    name, secret = _basic(authorization or "")
    with database.read() as connection:
        query = sa.select(client.c.secret_sha256, client.c.scopes).where(client.c.name == name)
        row = connection.execute(query).one_or_none()
    same = hmac.compare_digest(row.secret_sha256 if row else _NOBODY, _hash(secret))
    return Client(name, frozenset(row.scopes.split())) if same and row else None


def _basic(authorization: str) -> tuple[str, str]:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode()
    except ValueError:
        return "", ""
    name, _, secret = decoded.partition(":")
    return (name, secret) if _NAME.fullmatch(name) else ("", "")


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
