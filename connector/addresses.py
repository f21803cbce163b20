"""Addresses of the services that we talk to: one spelling, and which ones may carry a secret."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit, urlunsplit

from connector.language import _


def normalise(address: str) -> str:
    """Return `address` with its scheme and host in lower case, without trailing slash, query or fragment.

    Raises `ValueError` (in French) when it is no http(s) address or holds a user name or password.
    """
    try:
        parts = urlsplit(address.strip())
        known = parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and _is_plain(parts.netloc)
        port = parts.port
    except ValueError:
        known = False
    if not known:
        message = _("adresse web attendue, par exemple « https://moodle.exemple.fr »")
        raise ValueError(message)
    if parts.username is not None or parts.password is not None:
        message = _("une adresse ne doit contenir ni identifiant ni mot de passe")
        raise ValueError(message)
    name = parts.hostname or ""
    host = f"[{name}]" if ":" in name else name
    netloc = host if port is None else f"{host}:{port}"
    return urlunsplit((parts.scheme.lower(), netloc, parts.path.rstrip("/"), "", ""))


def _is_plain(netloc: str) -> bool:
    """Tell whether there is no blank or control character, which other readers would drop or take for an end."""
    return netloc.isprintable() and not any(letter.isspace() for letter in netloc)


def is_protected(address: str) -> bool:
    """Tell whether a secret sent to `address` stays unread on the way: https, or this very machine."""
    parts = urlsplit(address)
    if parts.scheme == "https":
        return True
    host = parts.hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
