"""Drafts from the assistant de scénarisation: all that it knows, and what it cannot know told in its place."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from connector.cli.main import main
from scenarios.assistant import NotADesignError, make_draft, read_design
from scenarios.verify import verify

DESIGN = Path(__file__).parents[1] / "data" / "assistant" / "formation.yaml"


def drafted(text: str) -> dict[str, object]:
    document: dict[str, object] = yaml.safe_load(make_draft(read_design(text)).yaml)
    return document


def test_what_is_known_is_in_its_place() -> None:
    document = drafted(DESIGN.read_text("utf-8"))
    assert document["titre"] == "Lire à voix haute au cycle 2"
    assert document["objectifs"] == [
        "L'apprenant sera capable d'observer la lecture d'un élève.",
        "L'apprenant sera capable de modéliser une lecture expressive.",
    ]
    assert document["public"] == ["Enseignants 1er degré"]
    sequences = document["sequences"]
    assert isinstance(sequences, list)
    assert [(one["id"], one["titre"]) for one in sequences] == [
        ("s1", "Accueil"),
        ("s2", "Écouter un élève lire"),
        ("s6", "Classe virtuelle"),
        ("s7", "Forum général"),
        ("s8", "Évaluation finale"),
    ]
    activities = [activity for one in sequences for activity in one["activites"]]
    assert [(one.get("type"), one.get("intention"), one["modalite"]) for one in activities] == [
        ("page", "acquisition", "distance_asynchrone"),
        ("h5p", "acquisition", "distance_asynchrone"),
        ("test", "entrainement", "distance_asynchrone"),
        (None, "collaboration", "distance_asynchrone"),
        ("classe_virtuelle", None, "distance_synchrone"),
        ("forum", "discussion", "distance_asynchrone"),
        ("questionnaire", "enquete", "distance_asynchrone"),
    ]
    assert activities[1]["note_formateur"] == "Relancer ceux qui n'ont rien déposé."
    assert activities[5]["contenu"] == {"sujet": "Forum général", "premier_message": "Que gardez-vous de cette étape ?"}


def test_everything_that_the_checker_misses_was_told(tmp_path: Path) -> None:
    draft = make_draft(read_design(DESIGN.read_text("utf-8")))
    (tmp_path / "parcours.yaml").write_text(draft.yaml, encoding="utf-8")
    problems = verify(tmp_path / "parcours.yaml").problems
    assert problems
    told = " ".join(what for _, what in draft.missing)
    for problem in problems:
        missing = re.fullmatch(r"la clé obligatoire «\s(\w+)\s» manque", problem.message)
        assert problem.severity == "avertissement" or (missing and missing[1] in told), problem


def test_once_completed_it_is_a_parcours(tmp_path: Path) -> None:
    document = drafted(DESIGN.read_text("utf-8"))
    document |= {
        "matricule": "26_ACA10_LECTURE_1.0",
        "origine": "academie",
        "academie": "Lyon",
        "collection": "action",
        "auteurs": ["Équipe français 69"],
        "nature": "formation_continue",
    }
    contents = {
        "page": {"texte": "Bienvenue."},
        "h5p": None,
        "test": None,
        "questionnaire": {"questions": [{"intitule": "Un avis ?", "type": "texte"}]},
    }
    sequences = document["sequences"]
    assert isinstance(sequences, list)
    for activity in [one for sequence in sequences for one in sequence["activites"]]:
        if activity.get("type", "h5p") in {"h5p", "test"}:  # their files are the trainer's
            activity["type"] = "page"
        activity.setdefault("duree", "30min")
        activity.setdefault("achevement", "manuel")
        if found := contents.get(activity["type"]):
            activity["contenu"] = found
    document["durees"] = {"presence": "0min", "distance": "3h30"}
    (tmp_path / "parcours.yaml").write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    assert [str(problem) for problem in verify(tmp_path / "parcours.yaml").problems] == []


def test_a_markdown_export_is_read_by_its_blocks() -> None:
    text = "# Ma formation\n\n```yaml\ntitre_formation: Lire\n```\nPuis :\n```yml\ncontenus_par_section:\n"
    text += "  - section: S3\n    titre: Écouter\n    ressource: Page\n    duree_min: 30\n```\n"
    document = drafted(text)
    assert document["titre"] == "Lire"
    assert document["sequences"][0]["id"] == "s3"  # type: ignore[index]


def test_competences_alone_make_the_steps() -> None:
    document = drafted("formulations_competences: [Observer, Modéliser]\n")
    sequences = document["sequences"]
    assert isinstance(sequences, list)
    assert [one["presentation"] for one in sequences] == ["Observer", "Modéliser"]


def test_texts_stay_as_they_are_written() -> None:
    """A date that is none, a number of 5,000 digits, hours: nothing is worked out of them."""
    design = read_design(f"titre_formation: Lire\ncalendrier: 2026-13-45\nhoraires: 12:30\nanimation: {'9' * 5000}\n")
    assert design.facts == (("Calendrier", "2026-13-45"), ("Horaires", "12:30"))
    assert design.facilitation == "9" * 5000


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: [1", "ce n'est pas du YAML lisible"),
        ("- un\n- deux\n", "ne tient ni YAML"),
        ("couleur: bleu\n", "n'a ni titre de formation"),
        ("a: &a [x, x]\nb: [*a, *a]\n", "références"),
        ("titre_formation: " + "[" * 30 + "]" * 30, "trop de niveaux"),
        ("titre_formation: " + "x" * 1_000_001, "trop gros"),
    ],
)
def test_what_is_no_design_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(NotADesignError, match=sentence):
        read_design(text)


SCALARS = st.none() | st.booleans() | st.integers(0, 99) | st.text(max_size=300)
KEYS = st.sampled_from(
    ["titre_formation", "contenus_par_section", "ordre_competences", "formulation", "section", "ressource",
     "activite_1", "microdesign_section_2", "intentions", "discussion", "duree", "type_de_public",
     "niveau_expertise", "scenario_cmo"]
)  # fmt: skip
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=20
)


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=6))
def test_whatever_it_holds_a_draft_is_yaml_without_a_lie(document: dict[str, object]) -> None:
    try:
        design = read_design(yaml.safe_dump(document, allow_unicode=True))
    except NotADesignError:
        return
    draft = make_draft(design)
    assert yaml.safe_load(draft.yaml)["format"] == "parcours/1"
    assert "a_completer__" not in draft.yaml
    assert any("duree" in what for place, what in draft.missing) == any(
        sequence["activites"] for sequence in yaml.safe_load(draft.yaml)["sequences"]
    ) or any(place == "le parcours" for place, _ in draft.missing)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "parcours.yaml"
    with pytest.raises(SystemExit) as left:
        main(["importer", str(DESIGN), "--sortie", str(target)])
    assert left.value.code == 0
    assert "À compléter" in capsys.readouterr().out
    written = target.read_text("utf-8")
    assert "# à compléter : matricule" in written
    with pytest.raises(SystemExit) as left:
        main(["importer", str(DESIGN), "--sortie", str(target)])
    assert left.value.code == 1
    assert "existe déjà" in capsys.readouterr().err
    with pytest.raises(SystemExit) as left:
        main(["importer", str(DESIGN), "--sortie", str(target), "--ecraser", "--json"])
    assert left.value.code == 0
    assert json.loads(capsys.readouterr().out)["a_completer"][0]["ou"] == "le parcours"
    (tmp_path / "rien.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(SystemExit) as left:
        main(["importer", str(tmp_path / "rien.yaml")])
    assert left.value.code == 1
    assert "n'est pas du texte UTF-8" in capsys.readouterr().err
