"""How people, platforms and activities are named, in the one form that we compare. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from uuid import UUID

import msgspec

_UUID_LENGTH = 36  # of the standard form; msgspec reads it without its hyphens too
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_AUTHORITY = re.compile(r"\A([A-Za-z][A-Za-z0-9+.-]*)://([^/?#@]*@)?([^/?#@]*)", re.ASCII)

_KEPT = 4096  # the same few sites, courses and modules come in statement after statement


def has_control(text: str) -> bool:
    """Tell whether a text holds a control character: no name does, and PostgreSQL has no room for NUL."""
    return _CONTROL.search(text) is not None


def parse_uuid(text: object) -> UUID:
    """Read the standard form of a UUID, in either case. Raises ValueError."""
    if isinstance(text, str) and len(text) == _UUID_LENGTH:
        try:
            return msgspec.convert(text, UUID)
        except msgspec.ValidationError:
            pass
    msg = "not a UUID"
    raise ValueError(msg)


def uuid_hex(text: object) -> str:
    """Return the 32 digits, in lower case, of a UUID in its standard form, in either case. Raises ValueError."""
    parse_uuid(text)
    return str(text).replace("-", "").lower()


def normalise_email(text: str) -> str:
    """An e-mail address, or a `mailto:` IRI, in lower case without the scheme: académies change the case."""
    bare = text.strip().lower()
    return bare.removeprefix("mailto:")


@lru_cache(maxsize=_KEPT)
def normalise_iri(text: str) -> str:
    """Scheme and host in lower case, everything else as it is; what is no URL is returned unchanged."""
    return _AUTHORITY.sub(lambda url: f"{url[1].lower()}://{url[2] or ''}{url[3].lower()}", text, count=1)


@lru_cache(maxsize=_KEPT)
def normalise_homepage(text: str) -> str:
    """The `homePage` of an account, or a site's address: scheme kept, host in lower case, no trailing slash."""
    return normalise_iri(text.strip()).rstrip("/")


@lru_cache(maxsize=_KEPT)
def account_key(homepage: str, name: str) -> str:
    """`homePage|name`, the key of an account: a name alone collides between two Moodle sites."""
    return f"{normalise_homepage(homepage)}|{name.strip()}"
