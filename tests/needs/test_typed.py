"""What is typed of a need: everything that is wrong is told at once, where, with the nearest known value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.acts.typed_needs import MOST_WORDS, Known, Typed, UnfitNeedsError, read_typed
from connector.ledger.needs import Wording
from connector.ledger.schools import School

NBSP = "\N{NO-BREAK SPACE}"
MACE, MICHEL = "0690142E", "0690587N"
KNOWN = Known(
    "2026-2027",
    {
        MACE: School(MACE, "École Jean-Macé, Lyon", "0693456G"),
        MICHEL: School(MICHEL, "École Louise-Michel, Lyon", "0693456G"),
        "0690999P": School("0690999P", "École Louise-Michel, Lyon", "0693456G"),
    },
    {MACE: {"E0001": 1, "camille@ac-exemple.fr": 1, "E0003": 3}},
    ("mathématiques", "éducation physique et sportive"),
    ("3h-6h", "6h-9h"),
)


def problems(**said: str) -> list[str]:
    """Return what is wrong with a need that is right but for what is said."""
    fields = {"ecole": MACE, "cycle": "C2", "theme": "mathématiques", **said}
    with pytest.raises(UnfitNeedsError) as caught:
        read_typed([Typed(**fields)], KNOWN)
    return list(caught.value.problems)


@pytest.mark.parametrize("ecole", [MACE, MACE.lower(), "ecole jean-mace, LYON", " École Jean-Macé, Lyon "])
@pytest.mark.parametrize("cycle", ["C2", "2", "cycle 2", "Cycle2"])
def test_what_people_write_is_understood(ecole: str, cycle: str) -> None:
    typed = Typed(ecole, cycle, "Mathematiques", "  calcul   mental ", "3h-6h", "", "E0003, Camille@ac-exemple.fr")
    assert read_typed([typed], KNOWN) == [
        Wording("2026-2027", MACE, "0693456G", "C2", "mathématiques", "calcul mental", "3h-6h", None, frozenset({1, 3}))
    ]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"ecole": "0690142X"}, f"(vouliez-vous dire «{NBSP}{MACE}{NBSP}»{NBSP}?)"),
        ({"ecole": "Jean-Macé"}, f"(vouliez-vous dire «{NBSP}École Jean-Macé, Lyon{NBSP}»{NBSP}?)"),
        ({"ecole": "École Louise-Michel, Lyon"}, f"donnez l'UAI ({MICHEL}, 0690999P)"),
        ({"cycle": "5"}, f"«{NBSP}5{NBSP}» n'est pas un cycle"),
        ({"theme": "math"}, f"(vouliez-vous dire «{NBSP}mathématiques{NBSP}»{NBSP}?)"),
        ({"theme": "natation"}, f"thèmes{NBSP}: mathématiques, éducation physique et sportive"),
        ({"duree": "3h-5h"}, f"(vouliez-vous dire «{NBSP}3h-6h{NBSP}»{NBSP}?)"),
        ({"effectif": "douze"}, "n'est pas un nombre d'enseignants"),
        ({"effectif": "0"}, "n'est pas un nombre d'enseignants"),
        ({"effectif": "2", "enseignants": "E0001"}, "pas les deux"),
        (
            {"enseignants": "E0002"},
            f"n'enseigne pas à École Jean-Macé, Lyon en 2026-2027 (vouliez-vous dire «{NBSP}E000",
        ),
        ({"precision": "x" * (MOST_WORDS + 1)}, f"{MOST_WORDS + 1}{NBSP}caractères"),
        ({"precision": "voir anne@ac-exemple.fr"}, "sans nommer personne"),
        ({"precision": "a\x07b"}, "sans nommer personne"),
    ],
)
def test_what_is_wrong_is_a_sentence_with_the_nearest_value(said: dict[str, str], sentence: str) -> None:
    (problem,) = problems(**said)
    assert problem.startswith(f"{next(iter(said))}{NBSP}: ")
    assert sentence in problem


def test_all_that_is_wrong_in_a_file_is_told_at_its_line() -> None:
    good = Typed(MACE, "1", "mathématiques", place="besoins.csv:2")
    bad = Typed("0690001A", "7", "maths", effectif="beaucoup", place="besoins.csv:3")
    with pytest.raises(UnfitNeedsError) as caught:
        read_typed([good, bad], KNOWN)
    assert [problem.split(f"{NBSP}:")[:2] for problem in caught.value.problems] == [
        ["besoins.csv:3", f" {field}"] for field in ("ecole", "cycle", "theme", "effectif")
    ]
    assert str(caught.value).endswith("Rien n'a été enregistré\N{NO-BREAK SPACE}: corrigez et recommencez.")


GOOD = {
    "ecole": (MACE, MICHEL),
    "cycle": ("C1", "4", "cycle 3"),
    "theme": KNOWN.themes,
    "precision": ("", "lecture à voix haute"),
    "duree": ("", *KNOWN.durees),
    "effectif": ("", "1", "999"),
}
BAD = {
    "ecole": ("", "0690000A", "École"),
    "cycle": ("", "0", "cycle", "C22"),
    "theme": ("", "math", "toutes"),
    "precision": ("@", "\x1b", "x" * 121),
    "duree": ("9h", "3h"),
    "effectif": ("0", "-1", "1000", "٣"),
}
FIELDS = st.fixed_dictionaries({
    name: st.sampled_from([(value, True) for value in GOOD[name]] + [(value, False) for value in BAD[name]])
    for name in GOOD
})  # fmt: skip


@given(FIELDS)
def test_exactly_the_fields_that_are_wrong_are_told(fields: dict[str, tuple[str, bool]]) -> None:
    typed = Typed(**{name: value for name, (value, _) in fields.items()})
    wrong = {name for name, (_, fits) in fields.items() if not fits}
    try:
        (found,) = read_typed([typed], KNOWN)
    except UnfitNeedsError as exc:
        told = {problem.partition(NBSP)[0] for problem in exc.problems}
    else:
        told = set()
        assert (found.uai, found.theme) == (typed.ecole, typed.theme)
    assert told == wrong
