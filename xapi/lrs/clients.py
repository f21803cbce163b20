"""Who may use the LRS: a name and a secret that we draw ourselves, of which only the hash is kept.

The secret has 256 random bits, so a plain SHA-256 cannot be searched and costs nothing at each request.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from typing import TYPE_CHECKING

import sqlalchemy as sa

from xapi.errors import DataError
from xapi.schema import client
from xapi.store import system_clock

if TYPE_CHECKING:
    from xapi.database import Database

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_NOBODY = bytes(32)


def add_client(database: Database, name: str) -> str:
    """Create a client and return its secret, which cannot be asked for again.

    Raises DataError when the name is taken, or is not 1 to 64 letters, digits, dots, hyphens and underscores.
    """
    if _NAME.fullmatch(name) is None:
        raise DataError("a client's name is 1 to 64 letters, digits, dots, hyphens and underscores")
    secret = secrets.token_urlsafe(32)
    row = {"name": name, "secret_sha256": _hash(secret), "created_us": system_clock()}
    try:
        with database.write() as connection:
            connection.execute(sa.insert(client).values(row))
    except sa.exc.IntegrityError:
        raise DataError(f"the client {name} exists already") from None
    return secret


def has_clients(database: Database) -> bool:
    """Tell whether anybody can use the LRS at all."""
    with database.read() as connection:
        return connection.scalar(sa.select(sa.exists().select_from(client))) or False


def authenticate(database: Database, authorization: str | None) -> str | None:
    """Return the name of the client behind an `Authorization` header; None when it is nobody's.

    An unknown name costs the same comparison as a wrong secret.
    """
    name, secret = _basic(authorization or "")
    with database.read() as connection:
        expected = connection.scalar(sa.select(client.c.secret_sha256).where(client.c.name == name))
    same = hmac.compare_digest(expected or _NOBODY, _hash(secret))
    return name if same and expected is not None else None


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
