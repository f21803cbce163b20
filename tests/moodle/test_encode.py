"""Nested parameters as Moodle reads them: against what was really sent, and by property."""

from __future__ import annotations

from enum import Enum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.moodle.encode import encode
from tests.moodle.recordings import Recording, recordings

ENVELOPE = {"wstoken", "wsfunction", "moodlewsrestformat"}

BY_HAND = {"empty_array_param", "array_without_index"}  # forms written by hand, to see what Moodle says

SENT = [r for r in recordings() if isinstance(r.params, dict) and r.params and r.form and r.name not in BY_HAND]


@pytest.mark.parametrize("recording", SENT, ids=str)
def test_the_forms_that_moodle_was_sent(recording: Recording) -> None:
    sent = [(key, value) for key, value in recording.form if key not in ENVELOPE]
    assert encode(recording.params) == sent


class Colour(Enum):
    RED = "rouge"


def test_spellings() -> None:
    params = {
        "visible": True,
        "hidden": False,
        "nothing": None,
        "empty": [],
        "colour": Colour.RED,
        "courses": [{"name": "A", "options": [{"name": "n", "value": 3}]}, {"name": "é&=[x]"}],
        "ratio": 0.5,
    }
    assert encode(params) == [
        ("visible", "1"),
        ("hidden", "0"),
        ("colour", "rouge"),
        ("courses[0][name]", "A"),
        ("courses[0][options][0][name]", "n"),
        ("courses[0][options][0][value]", "3"),
        ("courses[1][name]", "é&=[x]"),
        ("ratio", "0.5"),
    ]


@pytest.mark.parametrize("value", [b"octets", {1, 2}, object()])
def test_what_has_no_spelling_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match=r"a\[b\]"):
        encode({"a": {"b": value}})


KEYS = st.text("abc", min_size=1, max_size=3)
NESTED = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


def leaves(value: object) -> int:
    if value is None:
        return 0
    if isinstance(value, dict):
        return sum(leaves(item) for item in value.values())
    if isinstance(value, list):
        return sum(leaves(item) for item in value)
    return 1


@given(st.dictionaries(KEYS, NESTED, max_size=4))
def test_every_leaf_is_one_field_and_no_key_comes_twice(params: dict[str, object]) -> None:
    fields = encode(params)
    assert len(fields) == leaves(params)
    assert len({key for key, _ in fields}) == len(fields)
