r"""Escapes and formats: `\=` is an equals sign that separates nothing, `[html]` says how a text is written.

While a question is cut up, each escaped character is a code point of Unicode's private area, which no separator is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast, get_args

from scenarios.gift.model import Format, Text

if TYPE_CHECKING:
    from typing import Final

_HIDDEN: Final = {character: chr(0xF700 + ord(character)) for character in ":#={}~"} | {"n": "\uf70a", "\\": "\uf75c"}
_SHOWN: Final = {ord(hidden): "\n" if character == "n" else character for character, hidden in _HIDDEN.items()}
_WRITTEN: Final = {ord(hidden): f"\\{character}" for character, hidden in _HIDDEN.items()}
_PROTECTED: Final = {ord("\n" if character == "n" else character): hidden for character, hidden in _HIDDEN.items()}
_ESCAPE = re.compile(r"\\([\\:#={}~n])")
_FORMAT = re.compile(r"\[(\w*)\]")


def hide(text: str) -> str:
    """Return `text` with its escaped characters out of the way."""
    return _ESCAPE.sub(lambda match: _HIDDEN[match[1]], text)


def show(text: str) -> str:
    """Return a piece of hidden text as it is meant, without the blanks around it."""
    return text.translate(_SHOWN).strip()


def reveal(hidden: str) -> str:
    """Return hidden source as it is written: the contrary of `hide`."""
    return hidden.translate(_WRITTEN)


def protect(text: str) -> str:
    """Return a text as hidden source in which nothing separates anything: the contrary of `show`."""
    return text.translate(_PROTECTED)


def formatted(text: str, default: Format = "moodle") -> Text:
    """Return a piece of hidden text; `[html]`, `[moodle]`, `[plain]` or `[markdown]` before it says its format."""
    text = text.strip()
    named = _FORMAT.match(text)
    if named and named[1] in get_args(Format):
        return Text(show(text[named.end() :]), cast("Format", named[1]))
    return Text(show(text), default)
