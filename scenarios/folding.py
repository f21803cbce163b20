"""Comparing what people write: without case, accents, nor the apostrophe of print."""

from __future__ import annotations

import unicodedata


def folded(text: str) -> str:
    """Return a text as it is compared: lower case, no accent, straight apostrophes, single blanks."""
    letters = unicodedata.normalize("NFKD", text.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())
