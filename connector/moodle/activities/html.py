"""Authors' Markdown as finished, harmless HTML."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import nh3
from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from markdown_it.rules_core import StateCore

_TITLE_LEVELS = 2
"""Moodle's page has a title of its own, its blocks another: an author's first level comes under both."""

_TABLE_CLASS = "table table-sm"
"""What gives a table its lines and its room in Moodle's themes; without it the cells touch each other."""


def _fit_moodle(state: StateCore) -> None:
    """Put titles under Moodle's own, and tables in its style."""
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + _TITLE_LEVELS, 6)}"
        elif token.type == "table_open":
            token.attrSet("class", _TABLE_CLASS)


_READER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_READER.core.ruler.push("fit_moodle", _fit_moodle)
_TEXT_TAGS = {"a", "blockquote", "br", "code", "em", "hr", "img", "li", "ol", "p", "pre", "s", "strong", "ul"}
_TITLE_TAGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_TABLE_TAGS = {"table", "tbody", "td", "th", "thead", "tr"}
_TAGS = _TEXT_TAGS | _TITLE_TAGS | _TABLE_TAGS
_ATTRIBUTES = {"table": {"class"}, "a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}


def markdown(text: str) -> str:
    """Return `text` as HTML: raw HTML is shown as text, only links and images of the web are kept, titles begin at h3.

    Whatever the author wrote, the result holds no script, style, frame, form or event handler, and no relative address.
    """
    return nh3.clean(
        _READER.render(text), tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, url_relative="deny"
    ).strip()


def paragraph(text: str) -> str:
    """Return plain text as one paragraph in small letters."""
    return f"<p><small>{escape(text, quote=False)}</small></p>"


def relative_targets(text: str) -> tuple[str, ...]:
    """Return the addresses of `text` (links and images) that no participant could follow: those without a scheme."""
    found = []
    for block in _READER.parse(text):
        for token in block.children or ():
            target = token.attrGet("src" if token.type == "image" else "href")
            if isinstance(target, str) and ":" not in target and not target.startswith("#"):
                found.append(target)
    return tuple(found)
