from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xapi.errors import DataError
from xapi.lrs.multipart import Part, is_multipart, join_parts, split_parts

TYPE = "multipart/mixed; boundary=xyz"


@given(st.lists(st.binary(max_size=60) | st.sampled_from([b"\r\n", b"--", b"\n--xyz", b"\r\n\r\n"]), min_size=1))
def test_any_bytes_come_back_as_they_went(bodies: list[bytes]) -> None:
    kind, body = join_parts(Part({"content-type": "text/plain", "x": "é"}, each) for each in bodies)
    assert is_multipart(kind)
    assert split_parts(kind, body) == [Part({"content-type": "text/plain", "x": "é"}, each) for each in bodies]


@pytest.mark.parametrize(
    "body",
    [
        b"--xyz\r\nA: b\r\n\r\n{}\r\n--xyz--",
        b"preamble\r\n--xyz\r\nA: b\r\n\r\n{}\r\n--xyz--\r\nepilogue --xyz",
        b"--xyz\nA:b\n\n{}\n--xyz--\n",
        b"--xyz  \r\na:  b\r\n\r\n{}\r\n--xyz--\r\n",
    ],
)
def test_the_shapes_that_a_body_may_have(body: bytes) -> None:
    assert split_parts('multipart/mixed;charset=utf-8; boundary="xyz"', body) == [Part({"a": "b"}, b"{}")]


def test_a_part_without_headers() -> None:
    assert split_parts(TYPE, b"--xyz\r\n\r\n{}\r\n--xyz--") == [Part({}, b"{}")]


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        ("multipart/mixed", b"--xyz\r\n\r\n{}\r\n--xyz--", "without a boundary"),
        (TYPE, b"", "do not follow"),
        (TYPE, b"--xyz--", "do not follow"),
        (TYPE, b"--xyz\r\n\r\n{}", "do not end"),
        (TYPE, b"--abc\r\n\r\n{}\r\n--abc--", "do not follow"),
        (TYPE, b"--xyz\r\nA: b\r\n{}\r\n--xyz--", "no blank line"),
        (TYPE, b"--xyz\r\nA\r\n\r\n{}\r\n--xyz--", "cannot be read"),
        (TYPE, b"--xyz\r\nA: b\r\na: c\r\n\r\n{}\r\n--xyz--", "twice the same"),
    ],
)
def test_what_is_not_made_of_parts(kind: str, body: bytes, words: str) -> None:
    with pytest.raises(DataError, match=words):
        split_parts(kind, body)


def test_only_mixed_is_taken() -> None:
    assert not is_multipart("multipart/form-data; boundary=x")
    assert is_multipart("Multipart/Mixed ; boundary=x")
