# ruff: noqa: E501 - a case reads better on one line
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.gift import check_gift


@pytest.mark.parametrize(
    "text",
    [
        "2 + 2 ? {=4 ~5}",
        "// note {\n$CATEGORY: a/b\n\n::T:: Vrai ? {T}\n\nUne description seule.\n",
        "Écrire \\{ et \\} {=ainsi #bien \\} dit\n~autrement\n}\n",
        "Fin \\\\{=a}",
    ],
)
def test_accepts(text: str) -> None:
    assert check_gift(text) == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "1:1: ce fichier ne contient aucune question avec ses réponses entre accolades"),
        ("Seulement une description.\n", "1:1: ce fichier ne contient aucune question avec ses réponses entre accolades"),
        ("Q {=a\n\n~b}\n", "1:3: accolade ouverte et jamais fermée : une question finit à la première ligne vide"),
        ("Q =a}\n", "1:5: accolade fermante sans ouvrante : écrivez « \\} »"),
        ("\nQ {=a {b}}\n", "2:7: une seule paire d'accolades par question : écrivez « \\{ »"),
        ("Q {=a} puis {=b}\n", "1:13: une seule paire d'accolades par question : écrivez « \\{ »"),
    ],
)  # fmt: skip
def test_refuses(text: str, said: str) -> None:
    fault = check_gift(text)[0]
    assert f"{fault.line}:{fault.column}: {fault.message}".replace("\u00a0", " ") == said


def test_tells_the_faults_of_every_question() -> None:
    assert [fault.line for fault in check_gift("A {=1\n\nB {=2}\n\nC }\n")] == [1, 5]


@given(st.text(alphabet="{}\\\n ~=/$a"))
def test_never_raises(text: str) -> None:
    lines = text.split("\n")
    for fault in check_gift(text):
        assert 1 <= fault.line <= len(lines)
        assert 1 <= fault.column <= len(lines[fault.line - 1]) + 1
