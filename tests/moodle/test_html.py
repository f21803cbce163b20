"""Authors' Markdown becomes HTML that can harm nobody."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.moodle.activities.html import markdown, paragraph, relative_targets

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


def test_relative_targets() -> None:
    text = "![](images/a.png) [b](fiche.pdf) [c](https://exemple.fr) [d](#bas) <a@exemple.fr> [e](/x)"
    assert relative_targets(text) == ("images/a.png", "fiche.pdf", "/x")
