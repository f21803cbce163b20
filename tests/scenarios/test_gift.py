# ruff: noqa: E501 - a case reads better on one line
from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.gift import GiftError, Pair, Text, check_gift, parse_gift

EVERY_KIND = (Path(__file__).parents[1] / "data" / "gift" / "tous-les-types.gift").read_text(encoding="utf-8")


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
        ("$CATEGORY: a\nQ {=a}\n", "2:1: laissez une ligne vide après « $CATEGORY: » : Moodle perdrait la question qui suit"),
        ("Q {\n0\n=a}\n", "1:3: accolade ouverte et jamais fermée : une question finit à la première ligne vide"),
        ("\nQ {~a ~}\n", "2:1: une réponse est vide : « ~ » et « = » commencent chacun une réponse"),
        ("Q {~a}\n", "1:1: un choix demande au moins deux réponses"),
        ("Q {=a -> b}\n", "1:1: un appariement demande au moins deux paires"),
        ("Q {=a -> b =c}\n", "1:1: « c » : un appariement s'écrit « =question -> réponse »"),
        ("Q {=}\n", "1:1: une réponse courte demande au moins une réponse"),
        ("Q {#}\n", "1:1: une question numérique demande au moins un nombre"),
        ("Q {#3,14}\n", "1:1: « 3,14 » n'est pas un nombre : écrivez 3.14, avec un point"),
        ("Q {#3:beaucoup}\n", "1:1: « beaucoup » n'est pas un nombre : écrivez 3.14, avec un point"),
        ("Q {~%42%a ~b}\n", "1:1: « %42% » n'est pas un poids que Moodle accepte (comme 100, 50, 33.33333, 25 ou -50)"),
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


def test_reads_every_kind() -> None:
    """What real Moodle 4.5 and 5.1 made of this file: see tests/mbz."""
    read = {question.name: question for question in parse_gift(EVERY_KIND)}
    assert [(name, question.kind) for name, question in read.items()] == [
        ("Vrai", "truefalse"),
        ("Faux", "truefalse"),
        ("Un choix", "multichoice"),
        ("Plusieurs choix", "multichoice"),
        ("Réponse courte", "shortanswer"),
        ("Nombre", "numerical"),
        ("Intervalle", "numerical"),
        ("Tolérance", "numerical"),
        ("Appariement", "match"),
        ("Rédaction", "essay"),
        ("Texte à trou", "multichoice"),
        ("Question sans nom {avec} des échappements : ~ = #", "multichoice"),
        ("Mise en forme", "multichoice"),
        ("Lignes", "truefalse"),
        ("Une description seule, avec [des crochets].", "description"),
    ]
    right, wrong = read["Vrai"].answers
    assert (right.text.text, right.weight, right.feedback.text) == ("Vrai", 1, "Oui.")
    assert (wrong.text.text, wrong.weight, wrong.feedback.text) == ("Faux", 0, "Non : 7 + 7 = 14.")
    assert read["Vrai"].general_feedback.text == "Un double s'apprend par cœur."
    assert [answer.weight for answer in read["Un choix"].answers] == [1, 0, Decimal("0.25")]
    assert [answer.weight for answer in read["Plusieurs choix"].answers] == [Decimal("0.5"), Decimal("0.5"), -1]
    assert (read["Un choix"].single, read["Plusieurs choix"].single) == (True, False)
    assert [(a.text.text, a.tolerance, a.weight) for a in read["Nombre"].answers] == [
        ("693", 0, 1),
        ("690", 5, Decimal("0.5")),
    ]
    assert [(a.text.text, a.tolerance) for a in read["Intervalle"].answers] == [("3.145", Decimal("0.005"))]
    assert read["Appariement"].pairs[0] == Pair(Text("2 + 2"), "4")
    assert read["Rédaction"].general_feedback == Text("Pensez aux doubles.", "markdown")
    assert read["Texte à trou"].text.text == "Le triple de 4 est _____, et non 7."
    assert [a.text for a in read["Mise en forme"].answers] == [Text("<em>4</em>", "html"), Text("5 < 6", "plain")]
    assert read["Lignes"].text.text == "Une ligne\nune autre"
    assert read["Réponse courte"].right_answer == "somme"
    assert read["Rédaction"].right_answer == ""


def test_a_wrong_number_has_its_own_comment() -> None:
    (question,) = parse_gift("6 × 7 ? {#=42 ~#Recomptez.}")
    assert [(a.text.text, a.weight, a.feedback.text) for a in question.answers] == [
        ("42", 1, ""),
        ("*", 0, "Recomptez."),
    ]


def test_refuses_to_parse_what_it_would_cut_short() -> None:
    with pytest.raises(GiftError) as refused:
        parse_gift("A {=1\n\nB {=2}\n\nC }\n")
    assert [fault.line for fault in refused.value.faults] == [1, 5]


LINE = st.text(
    st.characters(categories=["L", "N", "P", "S", "Zs"], include_characters="~=#{}:\\"), min_size=1, max_size=30
).map(lambda text: " ".join(text.split())).filter(lambda text: text not in {"", "0"})  # fmt: skip


def escaped(text: str) -> str:
    return re.sub(r"([\\~=#{}:])", r"\\\1", text)


@given(name=LINE, text=LINE, right=LINE, wrong=st.lists(LINE, min_size=1, max_size=4), said=LINE)
def test_what_is_escaped_comes_back_as_it_was(name: str, text: str, right: str, wrong: list[str], said: str) -> None:
    others = "\n".join(f"~[plain]{escaped(one)}" for one in wrong)
    source = (
        f"::{escaped(name)}::[plain]{escaped(text)}{{\n=[plain]{escaped(right)}#[plain]{escaped(said)}\n{others}\n}}\n"
    )
    (question,) = parse_gift(source)
    assert question.text == Text(text, "plain")
    assert [answer.text.text for answer in question.answers] == [right, *wrong]
    assert question.answers[0].feedback == Text(said, "plain")
    assert question.right_answer == right


@given(st.text(alphabet="{}\\\n ~=#%5.:->TF$a"))
def test_parses_what_it_checks(text: str) -> None:
    if check_gift(text):
        with pytest.raises(GiftError):
            parse_gift(text)
    else:
        assert any(question.kind != "description" for question in parse_gift(text))


def test_tags_that_nothing_closes_are_read_at_once() -> None:
    """Looked for to the end of the text from each of them, they took the square of their number."""
    (question,) = parse_gift(f"::{'<a' * 200_000}:: Vrai ? {{T}}")
    assert question.name.startswith("<a<a")
    (tagged,) = parse_gift("::<b>Un</b> titre:: Vrai ? {T}")
    assert tagged.name == "Un titre"
