from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xapi.errors import DataError
from xapi.page import _cut, decode_page

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=15,
)


@given(st.lists(values, max_size=6), st.text(), st.sampled_from([None, 2]), st.booleans())
def test_both_ways_of_cutting_agree(items: list[Any], more: str, indent: int | None, ascii_only: bool) -> None:
    body = json.dumps(
        {"statements": items, "more": more, "x": {"statements": [1]}}, indent=indent, ensure_ascii=ascii_only
    )
    try:
        encoded = body.encode()
    except UnicodeEncodeError:
        return
    page = _cut(encoded)
    assert [json.loads(item) for item in page.items] == items
    assert page.more == (more or None)
    if "\\ud" not in body:
        assert decode_page(encoded) == page


@pytest.mark.parametrize(
    "bad",
    [b'{"a": "\xff"}', b'{"a": "\\ud800"}', b'{"a": "\\q"}', b"[" * 5000 + b"]" * 5000, b'{"a": 1e999}', b"{,}"],
    ids=["utf-8", "surrogate", "escape", "depth", "number", "comma"],
)
def test_one_bad_statement_never_costs_its_page(bad: bytes) -> None:
    page = decode_page(b'{"statements": [{"n": 1}, ' + bad + b', {"n": ",]"}], "more": "/next"}')
    assert page.items == (b'{"n": 1}', bad, b'{"n": ",]"}')
    assert page.more == "/next"


@pytest.mark.parametrize("more", [b"", b', "more": ""', b', "more": null'])
def test_no_further_page(more: bytes) -> None:
    assert decode_page(b'{"statements": []' + more + b"}") == ((), None)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"<html></html>",
        b'{"statements": [{"a": 1}',
        b'{"statements": ["\\q"',
        b'{"statements": ["\\q"]} x',
        b'{"statements": ["\\q"], "more": 3}',
        b'{"statements": ["\\q"], "more"}',
        b'{"statements": "\\q"}',
        b'{"other": "\\q"}',
        b'{"statements": {}}',
        b'{"more": ""}',
    ],
)
def test_refuses_what_is_no_page(body: bytes) -> None:
    with pytest.raises(DataError, match="not a StatementResult"):
        decode_page(body)
