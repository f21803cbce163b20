# ruff: noqa: E501 - a case reads better on one line
"""The overlay: what it changes, where each activity then comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.load import load_session

if TYPE_CHECKING:
    from conftest import Workshop


def test_changes_additions_and_removals(workshop: Workshop) -> None:
    loaded = load_session(workshop.folder / "session.yaml")
    ids = [activite.id for activite in loaded.parcours.activites]
    assert ids[:5] == ["accueil", "carte", "cadre", "repere", "documents"]
    accueil = loaded.parcours.activites[0]
    assert (accueil.consigne, accueil.duree, accueil.titre) == ("Bienvenue à Lyon.", 20, "Bienvenue")
    assert loaded.provenance == {"accueil": "modifiee", "carte": "locale"}
    assert loaded.contents.attachments["carte"].text == "# La carte\n"


def test_without_a_place_an_activity_goes_last_in_its_sequence(workshop: Workshop) -> None:
    workshop.change("session.yaml", "    - apres: accueil\n      sequence", "    - sequence")
    loaded = load_session(workshop.folder / "session.yaml")
    assert [activite.id for activite in loaded.parcours.sequences[0].activites][-1] == "carte"


def test_additions_follow_one_another(workshop: Workshop) -> None:
    more = """\
    - apres: carte
      sequence: s1
      activite: {id: plan, type: etiquette, titre: Plan, modalite: distance_asynchrone, duree: 0, achevement: manuel}
"""
    path = workshop.folder / "session.yaml"
    path.write_text(path.read_text() + more)
    ids = [activite.id for activite in load_session(path).parcours.activites]
    assert ids[:3] == ["accueil", "carte", "plan"]


def test_an_emptied_sequence_disappears(workshop: Workshop) -> None:
    everything = "accueil, cadre, repere, lien-national, documents"
    workshop.change("session.yaml", "retirer: [lien-national]", f"retirer: [{everything}]")
    path = workshop.folder / "session.yaml"
    text = path.read_text()
    kept = text[: text.index("  ajouter:")].replace(
        "  modifier:\n    accueil: {consigne: Bienvenue à Lyon., duree: 20min}\n", ""
    )
    path.write_text(kept)
    assert [sequence.id for sequence in load_session(path).parcours.sequences] == ["s2"]


def test_a_session_without_overlay_is_its_parcours(workshop: Workshop) -> None:
    path = workshop.folder / "session.yaml"
    text = path.read_text()
    path.write_text(text[: text.index("contextualisation:")])
    loaded = load_session(path)
    assert len(loaded.parcours.activites) == 14
    assert loaded.provenance == {}


def test_misshapen_overlays_are_told_by_the_model(workshop: Workshop) -> None:
    path = workshop.folder / "session.yaml"
    text = path.read_text()
    head = text[: text.index("contextualisation:")]
    for overlay, said in (
        ("contextualisation: rien\n", "un groupe de clés est attendu ici"),
        ("contextualisation:\n  modifier: [a]\n", "un groupe de clés est attendu ici"),
        ("contextualisation:\n  modifier: {accueil: rien}\n", "un groupe de clés est attendu ici, par exemple « consigne: … »"),
        ("contextualisation:\n  retirer: accueil\n", "une liste est attendue ici, par exemple « [a, b] »"),
        ("contextualisation:\n  retirer: [[a]]\n", "un texte est attendu ici"),
        ("contextualisation:\n  ajouter: rien\n", "une liste est attendue ici, par exemple « [a, b] »"),
        ("contextualisation:\n  ajouter: [rien]\n", "un groupe de clés est attendu ici"),
        ("contextualisation:\n  ajouter: [{sequence: s1, activite: rien}]\n", "un groupe de clés est attendu ici, par exemple « consigne: … »"),
    ):  # fmt: skip
        path.write_text(head + overlay)
        assert [sentence for *_, sentence in workshop.problems("session.yaml")] == [said], overlay


WRONG = "modalite: loin, duree: 5min, achevement: vue, contenu: {texte: a}, dure: 5min"
LOIN = "valeur « loin » inconnue ; valeurs admises : presence, distance_synchrone, distance_asynchrone, en_classe"
DURE = "la clé « dure » est inconnue ici"


def additions(workshop: Workshop, *written: str) -> list[tuple[int, str]]:
    """Return (line, sentence) of what is said of a session with these additions, one a line from the first."""
    path = workshop.folder / "session.yaml"
    text = path.read_text()
    head = text[: text.index("contextualisation:")] + "contextualisation:\n  ajouter:\n"
    path.write_text(head + "".join(f"    - {{{one}}}\n" for one in written))
    first = head.count("\n")
    return [(line - first, sentence.partition(" (vouliez")[0]) for _, line, _, sentence in workshop.problems(path.name)]


def test_an_activity_that_is_added_where_it_cannot_be_tells_all_its_mistakes(workshop: Workshop) -> None:
    told = additions(
        workshop,
        f"sequence: s9, activite: {{id: a, type: page, titre: A, {WRONG}}}",
        f"apres: accueil, activite: {{id: b, type: page, titre: B, {WRONG}}}",
        f"sequence: s1, activite: {{id: accueil, type: page, titre: C, {WRONG}}}",
        f"sequence: s1, activite: {{id: d, type: page, titre: D, {WRONG}}}",
        f"sequence: s1, activite: {{id: e, type: page, titre: E, {WRONG.replace('loin', 'en_classe')}}}",
    )
    assert [sentence for line, sentence in told if line == 1] == [
        "aucune séquence ne porte l'identifiant « s9 »",
        LOIN,
        DURE,
    ]
    assert [sentence for line, sentence in told if line == 2] == ["la clé obligatoire « sequence » manque", LOIN, DURE]
    assert [sentence for line, sentence in told if line == 3] == [
        "l'identifiant « accueil » est déjà celui d'une activité du parcours",
        LOIN,
        DURE,
    ]
    assert [sentence for line, sentence in told if line == 4] == [LOIN, DURE]
    assert LOIN not in [sentence for line, sentence in told if line == 5]  # negative control


def test_an_unknown_or_missing_type_hides_nothing_else(workshop: Workshop) -> None:
    told = additions(
        workshop,
        f"sequence: s1, activite: {{id: a, type: pagee, titre: A, {WRONG}}}",
        f"sequence: s1, activite: {{id: b, {WRONG}}}",
    )
    assert [sentence for line, sentence in told if line == 1] == ["valeur « pagee » inconnue", LOIN, DURE]
    missing = ["la clé obligatoire « titre » manque", "la clé obligatoire « type » manque"]
    assert sorted(sentence for line, sentence in told if line == 2) == sorted([*missing, LOIN, DURE])


def test_an_overlay_on_a_misshapen_parcours_adds_no_noise(workshop: Workshop) -> None:
    (workshop.folder / "parcours.yaml").write_text("format: parcours/1\nsequences: [{id: s1, activites: [x]}, y]\n")
    told = workshop.problems("session.yaml")
    assert ("parcours.yaml", 2, 34, "un groupe de clés est attendu ici") in told
    (workshop.folder / "parcours.yaml").write_text("- rien\n")
    assert ("parcours.yaml", 1, 1, "un groupe de clés est attendu ici") in workshop.problems("session.yaml")
