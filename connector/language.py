"""The language that people are spoken to: French, as the sentences stand in the code, or another by its catalogue.

The language is a context variable: pages are served to many at once. The words that mark and translate sentences are
those of `scenarios.language`, which asks nothing of ours: an author's mistakes are told in the language spoken too.
"""

from __future__ import annotations

import gettext
import os
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from scenarios.language import N_, _, catalogue, ngettext

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = [
    "LANGUAGES",
    "LOCALES",
    "NAMES",
    "N_",
    "SOURCE",
    "VARIABLE",
    "Language",
    "_",
    "accepted",
    "known",
    "language",
    "listed",
    "ngettext",
    "of_environment",
    "of_locale",
    "speak",
    "speaking",
]  # fmt: skip

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
SOURCE: Language = "fr"
NAMES: Mapping[Language, str] = {"fr": "Français", "en": "English"}
"""Each language in itself."""
VARIABLE = "PARCOURS_LANGUE"
LOCALES = Path(__file__).with_name("locales")
_LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""The first that says something is what POSIX has a program speak (Base Definitions, 8.2)."""

_spoken: ContextVar[Language] = ContextVar("language", default=SOURCE)


def language() -> Language:
    """Return the language being spoken."""
    return _spoken.get()


def speak(chosen: Language) -> None:
    """Speak a language from here on, in this context."""
    _spoken.set(chosen)
    catalogue.set(_catalogue(chosen))


@contextmanager
def speaking(chosen: Language) -> Iterator[None]:
    """Speak a language inside; afterwards, the one before, whatever was spoken meanwhile."""
    language_before, catalogue_before = _spoken.set(chosen), catalogue.set(_catalogue(chosen))
    try:
        yield
    finally:
        _spoken.reset(language_before)
        catalogue.reset(catalogue_before)


def known(text: str | None) -> Language | None:
    """Return the language that a code names (`en`, `en-GB`, `en_US.UTF-8`), None for one that we do not speak."""
    code = (text or "").strip().replace("_", "-").partition("-")[0].lower()
    return next((one for one in LANGUAGES if one == code), None)


def of_environment() -> Language | None:
    """Return what `PARCOURS_LANGUE` asks for."""
    return known(os.environ.get(VARIABLE))


def of_locale() -> Language:
    """Return the language of the machine's locale; French for one that we do not speak."""
    said = (os.environ.get(name) for name in _LOCALE_VARIABLES)
    return known(next((text for text in said if text), None)) or SOURCE


def accepted(header: str) -> Language | None:
    """Return the language of ours that an Accept-Language header likes best (RFC 9110, 12.5.4), if it names one."""
    liked: list[tuple[float, Language]] = []
    for choice in header.split(","):
        named, _sep, weight = choice.partition(";")
        found = known(named)
        try:
            quality = float(weight.strip().removeprefix("q=")) if weight else 1.0
        except ValueError:
            continue
        if found and quality > 0:
            liked.append((quality, found))
    return max(liked, key=lambda one: one[0])[1] if liked else None


def listed(things: Iterable[str]) -> str:
    """Return several sentences or names in one line, parted as the language being spoken parts them."""
    return _(" ; ").join(things)


@cache
def _catalogue(wanted: Language) -> gettext.NullTranslations | None:
    return None if wanted == SOURCE else gettext.translation("parcours", LOCALES, [wanted])
