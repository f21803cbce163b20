"""What a session needs, collection by collection: the table of m@gistère's `local_workflow` (DOMAIN, 1.3)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from scenarios.vocabularies import COLLECTIONS

if TYPE_CHECKING:
    from conftest import Workshop

EVERYTHING = frozenset({"fin", "durees", "formateurs", "participants"})
NEEDS = {
    "action": EVERYTHING,
    "analyse": EVERYTHING,
    "decouverte": EVERYTHING,
    "qualification": EVERYTHING,
    "simulation": EVERYTHING,
    "encadrement": EVERYTHING,
    "volet_distant": frozenset({"formateurs", "participants"}),
    "reseau": frozenset({"formateurs", "participants"}),
    "espacecollab": frozenset({"formateurs", "participants"}),
    "autoformation": frozenset({"durees"}),
}
LINES = {
    "fin": ("session.yaml", "fin: 2026-12-18\n"),
    "durees": ("parcours.yaml", "durees: {presence: 3h, distance: 4h45}\n"),
    "formateurs": ("session.yaml", "formateurs: [{courriel: Anne.Martin@ac-exemple.fr, role: formateur}]\n"),
    "participants": ("session.yaml", "participants: participants.csv\n"),
}


def said(workshop: Workshop) -> list[str]:
    sums = re.compile("durée (en présence|à distance) : ")
    return [sentence for *_, sentence in workshop.problems("session.yaml") if not sums.search(sentence)]


def test_every_collection_is_in_the_table() -> None:
    assert set(NEEDS) == set(COLLECTIONS)


@pytest.mark.parametrize("collection", NEEDS)
def test_each_missing_key_is_refused_where_the_collection_asks_for_it(workshop: Workshop, collection: str) -> None:
    workshop.change("parcours.yaml", "collection: action", f"collection: {collection}")
    whole = {file: (workshop.folder / file).read_text("utf-8") for file, _ in LINES.values()}
    assert said(workshop) == []
    for key, (file, line) in LINES.items():
        workshop.change(file, line, "")
        expected = [f"la clé obligatoire « {key} » manque (collection « {collection} »)"]
        assert said(workshop) == (expected if key in NEEDS[collection] else []), key
        (workshop.folder / file).write_text(whole[file], encoding="utf-8")


@pytest.mark.parametrize("collection", NEEDS)
def test_without_a_trainer_or_anybody_the_session_stays_in_preparation(workshop: Workshop, collection: str) -> None:
    workshop.change("parcours.yaml", "collection: action", f"collection: {collection}")
    workshop.change("session.yaml", "role: formateur", "role: tuteur")
    (workshop.folder / "participants.csv").write_text("courriel;groupe\n", encoding="utf-8")
    label = COLLECTIONS[collection].label
    expected = [
        f"avertissement : {sentence} pour ouvrir la session (collection {label})"
        for sentence in (
            "personne n'a le rôle « formateur », qu'il faut",
            "personne n'est sur la liste, or il faut quelqu'un",
        )
    ]
    assert said(workshop) == (expected if "formateurs" in NEEDS[collection] else [])


def test_zero_is_a_duration_and_nothing_is_not(workshop: Workshop) -> None:
    path = workshop.folder / "parcours.yaml"
    text = path.read_text("utf-8")
    zero = re.sub("durees: .*", "durees: {presence: 0, distance: 7h45}", text)
    path.write_text(zero, encoding="utf-8")
    assert ["la clé" in sentence for *_, sentence in workshop.problems("parcours.yaml")] == [False, False]
    for nothing in ("durees: {presence: , distance: 7h45}", "durees: {distance: 7h45}", "durees:"):
        path.write_text(re.sub("durees: .*", nothing, text), encoding="utf-8")
        (first, *_) = [sentence for *_, sentence in workshop.problems("parcours.yaml")]
        assert "attendue ici" in first or "manque" in first, nothing
