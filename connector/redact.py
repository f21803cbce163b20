"""Secrets never reach a message: the one place that blots them out."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import SecretStr

MASK = "•••"
_TOO_SHORT = 6


class Redactor:
    """Replaces every known secret, plain or URL-encoded, by `MASK`.

    A secret under six characters is left alone: blotting « 1 » out of every message would hide more than it protects.
    """

    def __init__(self, secrets: Iterable[SecretStr]) -> None:
        values = {secret.get_secret_value() for secret in secrets}
        spelled = {spelling for value in values if len(value) >= _TOO_SHORT for spelling in _spellings(value)}
        self._spellings = sorted(spelled, key=len, reverse=True)

    def __repr__(self) -> str:
        return f"Redactor({len(self._spellings)} spellings)"

    def text(self, text: str) -> str:
        """Return `text` without any of the secrets."""
        for spelling in self._spellings:
            text = text.replace(spelling, MASK)
        return text


def _spellings(value: str) -> set[str]:
    return {value, quote(value, safe=""), quote_plus(value)}
