"""Addresses of services: one spelling, and which ones may carry a secret."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.addresses import is_protected, normalise


@pytest.mark.parametrize(
    ("address", "normal"),
    [
        ("https://Moodle.Exemple.FR/", "https://moodle.exemple.fr"),
        (" HTTPS://m.exemple.fr/Moodle//?x=1#y ", "https://m.exemple.fr/Moodle"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:81/", "http://[::1]:81"),
    ],
)
def test_normalise(address: str, normal: str) -> None:
    assert normalise(address) == normal
    assert normalise(normal) == normal


@pytest.mark.parametrize(
    "address",
    [
        "",
        "moodle",
        "ftp://m.exemple.fr",
        "https://",
        "https://u@m.exemple.fr",
        "http://m.fr:x",
        "http://[::1",
        "https://0\x1f:",
        "https://a b",
    ],
)
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(ValueError, match="adresse"):
        normalise(address)


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_a_value_error(text: str) -> None:
    try:
        normal = normalise("https://" + text)
    except ValueError:
        return
    assert normalise(normal) == normal


@pytest.mark.parametrize(
    ("address", "protected"),
    [
        ("https://moodle.exemple.fr", True),
        ("http://127.0.0.1:8080", True),
        ("http://[::1]", True),
        ("http://localhost", True),
        ("http://moodle.localhost", True),
        ("http://moodle.exemple.fr", False),
        ("http://127.0.0.1.exemple.fr", False),
        ("http://10.0.0.1", False),
    ],
)
def test_where_a_secret_may_go(address: str, protected: bool) -> None:
    assert is_protected(address) is protected
