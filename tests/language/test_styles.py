"""What style sheets write on pages and paper is translated like the rest."""

from __future__ import annotations

import re

from connector.language import speaking
from connector.reports.drawing import environment
from tests.language import catalogue

WORDS = re.compile(r"content:(?:\s*(?:\"[^\"]*\"|[\w()]+))*?\s*\"[^\"]*[^\W\d_]{2}")


def test_no_style_sheet_writes_a_word() -> None:
    sheets = sorted(catalogue.CONNECTOR.rglob("*.css"))
    assert sheets
    assert [path.name for path in sheets if WORDS.search(path.read_text("utf-8"))] == []
    assert WORDS.search('a { content: "✓ " "Fait"; }')
    assert not WORDS.search('a { content: "✓ "; } b { content: string(reference); font: 8pt "Sans"; }')


def test_pages_are_numbered_in_the_language_spoken() -> None:
    numbering = environment().get_template("numbering.css.j2")
    assert 'content: "Page " counter(page) " sur " counter(pages) ""' in plain(numbering.render())
    with speaking("en"):
        assert 'content: "Page " counter(page) " of " counter(pages) ""' in plain(numbering.render())


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")
