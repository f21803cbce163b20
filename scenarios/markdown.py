"""Authors' Markdown: how it is read, and which files of the parcours it shows or links to."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterator


def reader() -> MarkdownIt:
    """Return a new reader: CommonMark with tables and strikethrough, raw HTML being plain text."""
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


_READER = reader()


def local_target(address: str) -> str | None:
    """Return the path that an address names, without its fragment; None for a web address or a place of the page."""
    if ":" in address or address.startswith("#"):
        return None
    return unquote(address.partition("#")[0])


def local_targets(text: str) -> Iterator[tuple[int, str]]:
    """Yield the files that `text` shows or links to, as written, each with the line (from 0) of its paragraph."""
    if "[" not in text:  # every link and image has one, but an autolink, which is a web address
        return
    for block in _READER.parse(text):
        for token in block.children or ():
            address = token.attrGet("src" if token.type == "image" else "href")
            target = local_target(address) if isinstance(address, str) else None
            if target is not None:
                yield block.map[0] if block.map else 0, target
