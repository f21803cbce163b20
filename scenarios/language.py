"""Sentences, in French as they stand in the code, or in the language of the catalogue that whoever speaks has given.

The catalogue is a context variable: many may be spoken to at once. `_` and `ngettext` translate at once, `N_` only
marks a sentence that is translated where it is shown. A sentence is whole; what varies in it has a name in braces.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gettext import NullTranslations

catalogue: ContextVar[NullTranslations | None] = ContextVar("catalogue", default=None)
"""What translates, None to speak French."""


def N_(message: str) -> str:  # noqa: N802 - the name that every gettext tool knows
    """Mark a sentence for the catalogue, and return it as it is."""
    return message


def _(message: str, /, **values: object) -> str:
    """Return a sentence in the language being spoken, what is named in braces filled in."""
    found = catalogue.get()
    said = message if found is None or not message else found.gettext(message)
    return said.format(**values) if values else said


def ngettext(singular: str, plural: str, n: int, /, **values: object) -> str:
    """Return one of two sentences for a number, `{n}` in them; in French, `0` and `1` take the singular."""
    found = catalogue.get()
    in_french = singular if abs(n) < 2 else plural
    return (in_french if found is None else found.ngettext(singular, plural, n)).format(n=n, **values)
