"""Authors' Markdown becomes HTML that can harm nobody."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.moodle.activities.html import markdown, paragraph
from scenarios.source_file import SourceFile

ALLOWED = re.compile(r"<(/?[a-z0-9]+)((?:\s+[a-z]+=\"[^\"<>]*\")*)\s*/?>")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**a** *b* ~~c~~", "<p><strong>a</strong> <em>b</em> <s>c</s></p>"),
        ("[x](https://exemple.fr)", '<p><a href="https://exemple.fr" rel="noopener noreferrer">x</a></p>'),
        ("<a@exemple.fr>", '<p><a href="mailto:a@exemple.fr" rel="noopener noreferrer">a@exemple.fr</a></p>'),
        ("- un\n- deux", "<ul>\n<li>un</li>\n<li>deux</li>\n</ul>"),
        ("3. trois", '<ol start="3">\n<li>trois</li>\n</ol>'),
        ("# Un\n## Deux", "<h3>Un</h3>\n<h4>Deux</h4>"),
        ("Cinq\n===\n\n##### Six", "<h3>Cinq</h3>\n<h6>Six</h6>"),
        ("", ""),
    ],
)
def test_markdown(text: str, html: str) -> None:
    assert markdown(text) == html


def test_tables() -> None:
    html = markdown("| a |\n|---|\n| b |")
    assert html.startswith('<table class="table table-sm">')
    assert re.findall(r"<(\w+)", html) == ["table", "thead", "tr", "th", "tbody", "tr", "td"]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](file:///etc/passwd)",
        '<iframe src="https://exemple.fr"></iframe>',
        '[x](https://exemple.fr "a\\" onmouseover=\\"alert(1)")',
        "[x](vbscript:x) <form action=/x><input></form> <style>*{}</style>",
    ],
)
def test_nothing_that_acts_survives(text: str) -> None:
    html = markdown(text)
    for tag, attributes in re.findall(r"<([a-z0-9]+)([^>]*)>", html):
        assert tag not in {"script", "iframe", "form", "input", "style"}
        assert not re.search(r"(?:^|\s)on[a-z]+=", re.sub(r'"[^"]*"', '""', attributes))
    assert not re.search(r'(?:href|src)="(?!https?:|mailto:)', html)


@given(st.text(alphabet="ab <>\"'/=&[](){}!*_`#\n:;jscript", max_size=80))
def test_only_known_tags_with_known_attributes(text: str) -> None:
    html = markdown(text)
    for found in re.finditer(r"<[^>]*>", html):
        match = ALLOWED.fullmatch(found[0])
        assert match, found[0]
        names = set(re.findall(r"([a-z]+)=", re.sub(r'"[^"]*"', "", match[2])))
        assert names <= {"href", "title", "rel", "src", "alt", "start", "class"}


def test_plain_text_is_escaped() -> None:
    assert paragraph("a < b & c") == "<p><small>a &lt; b &amp; c</small></p>"


def test_only_the_files_that_were_read_are_addresses_in_moodle() -> None:
    file = SourceFile(Path("images/été 1.png"), "été 1.png", 3, "0" * 40)
    text = "![](<images/été 1.png>) [b](images/%C3%A9t%C3%A9%201.png#bas) [c](fiche.pdf) [d](#bas) [e](/x)"
    html = markdown(text, {"images/été 1.png": file})
    assert html == (
        '<p><img src="@@PLUGINFILE@@/%C3%A9t%C3%A9%201.png" alt="">'
        ' <a href="@@PLUGINFILE@@/%C3%A9t%C3%A9%201.png#bas" rel="noopener noreferrer">b</a>'
        ' <a rel="noopener noreferrer">c</a> <a rel="noopener noreferrer">d</a> <a rel="noopener noreferrer">e</a></p>'
    )
    assert "PLUGINFILE" not in markdown(text)
