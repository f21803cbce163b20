"""What a spreadsheet must not take for a formula."""

from __future__ import annotations

_TRIGGERS = ("=", "+", "-", "@", "\t")


def inert(text: str) -> str:
    """Return `text` so that no spreadsheet runs it: a leading apostrophe when it could start a formula.

    Source: OWASP, CSV injection. Line breaks inside a cell become spaces, so that one row stays one line.
    """
    flat = " ".join(text.splitlines()) if text else text
    return f"'{flat}" if flat.startswith(_TRIGGERS) else flat
