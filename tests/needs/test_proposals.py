"""What the catalogue has for a need: which parcours, in which order, and the reasons that are told."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.catalogue.entries import BANDS, read_catalogue
from connector.catalogue.proposals import TEACHERS, answering, choices, propose
from connector.ledger.needs import Need, Wording
from scenarios.folding import folded
from scenarios.vocabularies import CYCLES, THEMES

NBSP = "\N{NO-BREAK SPACE}"
SHIPPED, _ = read_catalogue(Path("nulle part"))


def need(cycle: str, theme: str, precision: str = "", duree: str = "") -> Wording:
    return Wording("2026-2027", "0690001A", "0693456G", cycle, theme, precision, duree)


def test_the_reasons_say_theme_words_cycle_public_and_duration() -> None:
    (found,) = propose(need("C2", "mathématiques", "Calcul réfléchi, ardoise", "6h-9h"), SHIPPED).meeting
    assert found.entry.nom == "calcul-mental"
    assert found.reasons == (
        f"Thème{NBSP}: mathématiques",
        f"Il parle de{NBSP}: Calcul, ardoise",
        f"Pour le cycle{NBSP}2 (CP, CE1, CE2)",
        f"Public{NBSP}: Enseignants 1er degré",
        f"9:00, dont 3:00 en présence{NBSP}: dans la durée souhaitée (Entre 6 h et 9 h)",
    )
    assert found.lacks == ()


def test_the_words_of_the_need_then_the_duration_rank() -> None:
    def first(precision: str = "", duree: str = "") -> list[str]:
        found = propose(need("C3", "valeurs de la République", precision, duree), SHIPPED).meeting
        return [one.entry.nom for one in found]

    laic, civic = "laicite", "education-morale-et-civique"
    assert first(duree="3h-6h") == [laic, civic]
    assert first(duree="6h-9h")[0] == civic, "of the two, laicite is 6 h: in both bands, after it by its title"
    assert first("dilemme moral") == [civic, laic]
    assert first("dilemme moral", "3h-6h") == [civic, laic], "words come before the duration"


def test_a_parcours_that_says_no_cycle_is_proposed_and_told() -> None:
    (found,) = propose(need("C1", "Developpement professionnel"), SHIPPED).meeting
    assert found.entry.nom == "se-former-a-distance"
    assert "Cycle non précisé par ses auteurs" in found.reasons


def test_none_is_said_with_the_nearest_and_what_they_lack() -> None:
    other_cycle = propose(need("C1", "mathématiques"), SHIPPED)
    assert other_cycle.meeting == ()
    (near,) = other_cycle.nearest
    assert near.entry.nom == "calcul-mental"
    assert near.lacks == (
        f"Pour d’autres cycles{NBSP}: Cycle{NBSP}2 (CP, CE1, CE2){NBSP}; Cycle{NBSP}3 (CM1, CM2, sixième)",
    )
    by_words = propose(need("C3", "sciences et technologie", "laïcité"), SHIPPED)
    assert [one.entry.nom for one in by_words.meeting] == ["energie-cycle-3"]
    elsewhere = propose(need("C3", "climat scolaire", "harcèlement"), SHIPPED)
    assert elsewhere.meeting == ()
    assert elsewhere.nearest[0].entry.nom == "education-morale-et-civique"
    assert f"Autre thème{NBSP}: valeurs de la République" in elsewhere.nearest[0].lacks
    assert propose(need("C1", "éducation physique et sportive"), SHIPPED).nearest == ()
    trainers = propose(need("C2", "formation de formateurs"), SHIPPED)
    assert {one.entry.nom for one in trainers.nearest} == {"concevoir-un-parcours", "former-a-distance"}
    assert all(any(lack.startswith("Public") for lack in one.lacks) for one in trainers.nearest)


@settings(max_examples=25)
@given(
    st.sampled_from(sorted(CYCLES)), st.sampled_from([*THEMES, "robotique"]), st.text(max_size=30),
    st.sampled_from(["", *BANDS]),
)  # fmt: skip
def test_what_is_proposed_is_what_meets_and_nothing_else(cycle: str, theme: str, precision: str, duree: str) -> None:
    asked = need(cycle, theme, precision, duree)
    plain = {
        entry.nom
        for entry in SHIPPED
        if folded(entry.domaine) == folded(theme)
        and (not entry.parcours.cycles or cycle in entry.parcours.cycles)
        and TEACHERS in entry.public
    }
    found = propose(asked, SHIPPED)
    assert {one.entry.nom for one in found.meeting} == plain
    assert not (found.meeting and found.nearest)
    keys = answering([Need(7, asked, "École", "ien", 0)], SHIPPED)[7]
    assert keys == {one.entry.matricule.rpartition("_")[0] for one in found.meeting}


def test_themes_are_those_of_the_vocabulary_and_of_the_catalogue() -> None:
    themes, durees = choices(SHIPPED)
    assert {folded(entry.domaine) for entry in SHIPPED} <= {folded(theme) for theme in themes}
    assert themes[: len(THEMES)] == tuple(THEMES)
    assert durees == tuple(BANDS)
