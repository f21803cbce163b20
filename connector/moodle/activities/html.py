"""Authors' Markdown as finished, harmless HTML."""

from __future__ import annotations

from html import escape
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import quote

import nh3

from scenarios.markdown import local_target, reader

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it.rules_core import StateCore

    from scenarios.attachments import Links

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


_READER = reader()
_READER.core.ruler.push("fit_moodle", _fit_moodle)
_TEXT_TAGS = {"a", "blockquote", "br", "code", "em", "hr", "img", "li", "ol", "p", "pre", "s", "strong", "ul"}
_TITLE_TAGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_TABLE_TAGS = {"table", "tbody", "td", "th", "thead", "tr"}
_TAGS = _TEXT_TAGS | _TITLE_TAGS | _TABLE_TAGS
_RICH_TAGS = {"b", "caption", "dd", "div", "dl", "dt", "i", "small", "span", "sub", "sup", "u"}
"""What authors of HTML use besides what Markdown makes."""

_ATTRIBUTES = {"table": {"class"}, "a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}


NO_LINKS: Links = MappingProxyType({})


def markdown(text: str, links: Links = NO_LINKS) -> str:
    """Return `text` as HTML: raw HTML is shown as text, titles begin at h3.

    Links and images lead to the web, or to those of `links`, by the address that Moodle turns into a file's own.
    Whatever the author wrote, the result holds no script, style, frame, form or event handler, and no other address.
    """
    return nh3.clean(
        _READER.render(text),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        url_relative=_in_moodle(links) if links else "deny",
    ).strip()


def clean_html(text: str) -> str:
    """Return HTML written by an author, without what could harm; a text that holds no tag is returned as it is."""
    if not nh3.is_html(text):
        return text
    cleaned = nh3.clean(
        text, tags=_TAGS | _RICH_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, url_relative="deny"
    )
    return cleaned.strip()


def file_address(name: str) -> str:
    """Return how a text kept by Moodle names a file of its own area."""
    return f"@@PLUGINFILE@@/{quote(name)}"


def _in_moodle(links: Links) -> Callable[[str], str | None]:
    def address(relative: str) -> str | None:
        file = links.get(local_target(relative) or "")
        _, mark, fragment = relative.partition("#")
        return file_address(file.name) + mark + fragment if file is not None else None

    return address


def paragraph(text: str) -> str:
    """Return plain text as one paragraph in small letters."""
    return f"<p><small>{escape(text, quote=False)}</small></p>"
