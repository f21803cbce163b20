"""Questions become harmless, and stay the questions that they were."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.moodle.activities.gift import clean_gift
from scenarios.gift import check_gift, parse_gift

EVERY_KIND = Path(__file__).parents[1] / "data" / "gift" / "tous-les-types.gift"
SCRIPT = "<script>alert(1)</script>"


@pytest.mark.parametrize(
    ("gift", "cleaned"),
    [
        (f"Combien {SCRIPT}? {{=4 ~5}}", "Combien ? {=4 ~5}"),
        (f"::Nom::2+2 {{\n=4#Oui{SCRIPT}\n~{SCRIPT}#Non\n}}", "::Nom::2+2 {\n=4#Oui\n~(contenu retiré)#Non\n}"),
        (r"Q {~<b onclick\=alert(1)>a</b> =b}", "Q {~<b>a</b> =b}"),
        (r'Q {~%50%[html]<a href\="javascript\:alert(1)">a</a> ~%50%b}',
         r'Q {~%50%[html]<a rel\="noopener noreferrer">a</a> ~%50%b}'),
        (f"Q {{T#faux{SCRIPT}#vrai####fin{SCRIPT}}}", "Q {T#faux#vrai####fin}"),
        (f"Q {{=un{SCRIPT} -> 1 =deux -> 2{SCRIPT}}}", "Q {=un -> 1 =deux -> 2}"),
        ("[markdown]**a** [b](javascript:x) {T}",
         r"[html]<p><strong>a</strong> [b](javascript\:x)</p> {T}"),
        (f"Q {{#3.14#bien{SCRIPT}}}", "Q {#3.14#bien}"),
        (f"Avant {{=a ~b}} après{SCRIPT}.", "Avant {=a ~b} après."),
    ],
)  # fmt: skip
def test_what_could_harm_is_taken_out(gift: str, cleaned: str) -> None:
    assert clean_gift(gift) == cleaned
    assert check_gift(cleaned) == ()


@pytest.mark.parametrize(
    "gift",
    [
        "Est-ce que a < b et c > d ? {T}",
        r"Quelle balise ? {=<script> ~<style>}".replace("~", "=%50%"),
        "[plain]Que fait <script> ? {T}",
        "// [id:1] [tag:calcul]\n$CATEGORY: a/b\n\n::N::R&D {=oui}\n",
        "[html]<p>Combien <b>2</b> ?</p> {=[html]<em>4</em> ~[plain]5 < 6}",
    ],
)
def test_what_is_harmless_stays_as_it_was_written(gift: str) -> None:
    """Negative control. What is typed in a short answer is compared, never shown as HTML."""
    assert clean_gift(gift) == gift


def test_lines_around_a_cleaned_question_stay() -> None:
    gift = f"// début\n\n::A::a {{T}}\n\n// [tag:x]\n::B::b{SCRIPT}\n  suite {{\n  =1\n  ~2\n}}\n\n// fin\n"
    assert clean_gift(gift) == "// début\n\n::A::a {T}\n\n// [tag:x]\n::B::b\\nsuite {\n=1\n~2\n}\n\n// fin\n"


def test_every_kind_keeps_its_questions() -> None:
    gift = EVERY_KIND.read_text(encoding="utf-8")
    before, after = parse_gift(gift), parse_gift(clean_gift(gift))
    assert [(one.kind, one.name, one.right_answer) for one in after] == [
        (one.kind, one.name, one.right_answer) for one in before
    ]
    assert clean_gift(clean_gift(gift)) == clean_gift(gift)


@given(st.text(alphabet="ab <>/=~#{}\\:\"'\n-%5scriptonx&;[]", max_size=60))
def test_whatever_is_valid_stays_valid_and_holds_no_script(text: str) -> None:
    if check_gift(text):
        return
    cleaned = clean_gift(text)
    assert check_gift(cleaned) == ()
    for question in parse_gift(cleaned):
        if question.text.format != "plain":
            assert "<script" not in question.text.text
