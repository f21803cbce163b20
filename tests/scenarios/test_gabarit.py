"""A gabarit: a model that is checked, of which nothing is published, and from which parcours are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scenarios.errors import ScenarioError
from scenarios.gabarit import construct
from scenarios.load import load_parcours
from scenarios.verify import verify
from tests.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Workshop

INDEXATION = (
    "matricule: ", "objectifs: ", "public: ", "auteurs: ", "nature: ", "durees: ", "domaine: ", "accompagnement: ",
    "theme: ",
)  # fmt: skip


@pytest.fixture
def gabarit(workshop: Workshop) -> Path:
    """The parcours made a gabarit: nothing is said of it but its title, its origine, its collection, its activities."""
    path = workshop.folder / "parcours.yaml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(INDEXATION)]
    path.write_text("".join(kept).replace("titre: ", "etat: gabarit\ntitre: ", 1), encoding="utf-8")
    return path


def test_it_is_checked_without_its_indexation(workshop: Workshop, gabarit: Path) -> None:
    found = verify(gabarit)
    assert found.summary is not None, found.problems
    assert (found.summary.nature, found.summary.activites > 0) == ("gabarit", True)
    workshop.change("parcours.yaml", "collection: action\n", "")
    assert workshop.problems("parcours.yaml")[0][3] == "la clé obligatoire « collection » manque"


def test_nothing_is_published_of_it(workshop: Workshop, gabarit: Path) -> None:
    with pytest.raises(ScenarioError, match="c'est un gabarit"):
        load_parcours(gabarit)
    ((file, line, _column, said),) = workshop.problems("session.yaml")
    assert gabarit.read_text(encoding="utf-8").splitlines()[line - 1] == "etat: gabarit"
    assert (file, said.partition(" :")[0]) == ("parcours.yaml", "c'est un gabarit")


def test_a_parcours_is_made_of_it_and_completed(workshop: Workshop, gabarit: Path) -> None:
    whole = gabarit.read_text(encoding="utf-8")
    draft = construct(gabarit)
    missing = "matricule, titre, objectifs, public, auteurs, nature, durees"
    assert draft.missing == (("le parcours", missing),)
    assert draft.yaml.startswith(f"format: parcours/1\n# à compléter\N{NO-BREAK SPACE}: {missing}\norigine: ")
    assert draft.yaml.endswith(whole[whole.index("sequences:") :]), "its activities are as they were written"
    gabarit.write_text(draft.yaml, encoding="utf-8")
    said = [sentence for *_, sentence in workshop.problems("parcours.yaml")]
    assert said == [f"la clé obligatoire « {key} » manque" for key in missing.split(", ")[:-1]] + [
        "la clé obligatoire « durees » manque (collection « action »)"
    ]
    with pytest.raises(ScenarioError, match="ce n'est pas un gabarit"):
        construct(gabarit)


def test_the_command_writes_it_beside_and_takes_no_place(
    workshop: Workshop, gabarit: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = Terminal(workshop.folder, capsys)
    assert terminal.run("importer", gabarit) == 1
    assert "existe déjà" in terminal.err
    made = gabarit.with_name("nouveau.yaml")
    assert terminal.run("importer", gabarit, "--sortie", made) == 0
    assert "le parcours : matricule" in terminal.out
    assert terminal.run("verifier", made) == 1
    assert terminal.run("importer", made, "--sortie", gabarit.with_name("autre.yaml")) == 1
    assert "n'est pas un gabarit" in terminal.err
