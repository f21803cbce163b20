"""GIFT questions made harmless: Moodle shows their texts as they are, so they are cleaned as Markdown's HTML is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from connector.moodle.activities.html import clean_html, markdown
from scenarios.gift.answers import kind_of
from scenarios.gift.blocks import CATEGORY, blocks
from scenarios.gift.escapes import formatted, hide, protect, reveal

if TYPE_CHECKING:
    from scenarios.gift.model import Format, Kind

_EMPTIED = "(contenu retiré)"
_SEPARATOR = re.compile(r"(->|[~=#])")
_WEIGHT = re.compile(r"\s*%-?\d{1,2}\.?\d*%")
_NAME = re.compile(r"\s*::.*?::", re.DOTALL)
_PREFIX = re.compile(r"\[(\w*)\]")


def clean_gift(gift: str) -> str:
    """Return `gift` with every text cleaned: no script, style, frame or event handler, links to the web only.

    What holds no HTML stays as it was written, character for character; `[markdown]` becomes the HTML that it means.
    """
    lines: list[str | None] = [*gift.removeprefix("\ufeff").split("\n")]
    for block in blocks(gift):
        cleaned = block.text if block.text.startswith(CATEGORY) else reveal(_question(hide(block.text)))
        if cleaned != block.text:
            first, *others = (number - 1 for number, _ in block.lines)
            lines[first] = cleaned
            for number in others:
                lines[number] = None
    return "\n".join(line for line in lines if line is not None)


def _question(source: str) -> str:
    named = _NAME.match(source)
    name = named[0] if named else ""
    before, opened, rest = source[len(name) :].partition("{")
    body, closed, after = rest.partition("}")
    default = formatted(before).format
    inside = _body(body, kind_of(body.strip()), default) if opened else body
    return name + _text(before, "moodle") + opened + inside + closed + _text(after, default)


def _body(body: str, kind: Kind, default: Format) -> str:
    """Clean what stands between the braces, piece by piece: Moodle itself cuts it there."""
    cleaned, separator, commented = [], "", False
    for part in _SEPARATOR.split(body):
        if _SEPARATOR.fullmatch(part):
            separator, commented = part, part == "#" or (commented and part not in "~=")
            cleaned.append(part)
        else:
            cleaned.append(_text(part, default) if commented or _is_shown(kind, separator) else part)
    return "".join(cleaned)


def _is_shown(kind: Kind, separator: str) -> bool:
    """Tell whether an answer is a text to show, rather than something that what is typed is compared with."""
    return kind == "multichoice" or (kind == "match" and separator in ("=", "->"))


def _text(piece: str, default: Format) -> str:
    weight = _WEIGHT.match(piece)
    start = weight.end() if weight else 0
    said = piece[start:].strip()
    if not said:
        return piece
    text = formatted(said, default)
    if text.format == "plain":
        return piece
    html = markdown(text.text) if text.format == "markdown" else clean_html(text.text)
    if html == text.text:
        return piece
    prefix = "[html]" if text.format == "markdown" else (_PREFIX.match(said) or [""])[0]
    lead, _, trail = piece[start:].partition(said)
    return f"{piece[:start]}{lead}{prefix}{protect(html or _EMPTIED)}{trail}"
