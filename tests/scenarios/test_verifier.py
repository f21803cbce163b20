"""The command, on real files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from connector.cli.main import cli

if TYPE_CHECKING:
    from conftest import Workshop


def verifier(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["verifier", *map(str, arguments)])


def test_valid_files(workshop: Workshop) -> None:
    parcours, session = workshop.folder / "parcours.yaml", workshop.folder / "session.yaml"
    result = verifier(parcours, session)
    assert result.exit_code == 0
    assert result.output.replace("\u00a0", " ").splitlines() == [
        f"{parcours} : parcours « Un parcours complet » valide, 3:00 en présence, 4:45 à distance, 14 activités",
        (
            f"{session} : session « Un parcours complet » valide, 3:00 en présence, 4:45 à distance, 14 activités, "
            "3 créneaux, 2 participants"
        ),
        "2 fichiers vérifiés, 0 refusé : 0 erreur, 0 avertissement.",
    ]


def test_a_refused_file(workshop: Workshop) -> None:
    (mark,) = workshop.change("parcours.yaml", "collection: action", "collection: ‸actions")
    parcours = workshop.folder / "parcours.yaml"
    result = verifier(parcours)
    assert result.exit_code == 1
    first, last = result.output.replace("\u00a0", " ").splitlines()
    assert first.startswith(
        f"{parcours}:{mark[0]}:{mark[1]}: collection « actions » inconnue (vouliez-vous dire « action » ?)"
    )
    assert last == "1 fichier vérifié, 1 refusé : 1 erreur, 0 avertissement."


def test_a_parcours_verified_with_its_session_is_told_once(workshop: Workshop) -> None:
    workshop.change("parcours.yaml", "collection: action", "collection: actions")
    result = verifier(workshop.folder / "parcours.yaml", workshop.folder / "session.yaml")
    assert result.output.replace("\u00a0", " ").count("« actions » inconnue") == 1
    assert result.output.replace("\u00a0", " ").splitlines()[-1].startswith("2 fichiers vérifiés, 2 refusés : 1 erreur")


def test_warnings_do_not_refuse(workshop: Workshop) -> None:
    workshop.change("parcours.yaml", "academie: Lyon\n", "")
    result = verifier(workshop.folder / "parcours.yaml")
    assert result.exit_code == 0
    assert (
        result.output.replace("\u00a0", " ").splitlines()[0].split(": ", 1)[1].startswith("avertissement : l'origine")
    )


def test_json(workshop: Workshop) -> None:
    workshop.change("session.yaml", "cadre: animation", "cadre: rien")
    result = verifier("--json", workshop.folder / "parcours.yaml", workshop.folder / "session.yaml")
    document = json.loads(result.output)
    assert result.exit_code == 1
    assert (document["erreurs"], document["avertissements"]) == (1, 0)
    valid, refused = document["fichiers"]
    assert valid["resume"] == {
        "nature": "parcours",
        "titre": "Un parcours complet",
        "presence_min": 180,
        "distance_min": 285,
        "activites": 14,
        "creneaux": 0,
        "participants": 0,
    }
    assert (refused["valide"], refused["resume"]) == (False, None)
    (problem,) = refused["problemes"]
    assert (problem["ligne"], problem["colonne"], problem["gravite"]) == (6, 8, "erreur")


@pytest.mark.parametrize("kind", ["parcours", "session"])
def test_schema(kind: str) -> None:
    result = verifier("--schema", kind)
    schema = json.loads(result.output)
    assert schema["title"] == f"{kind}/1"
    assert schema["properties"]["format"]["const"] == f"{kind}/1"
    assert schema["additionalProperties"] is False
    assert "As its author wrote" not in result.output
    if kind == "parcours":
        assert "description" in schema["properties"]


def test_nothing_to_verify() -> None:
    result = verifier()
    assert result.exit_code == 2
    assert "Indiquez au moins un fichier à vérifier." in result.output


def test_a_missing_file() -> None:
    result = verifier("absent.yaml")
    assert result.exit_code == 1
    assert result.output.startswith("absent.yaml:1:1: ce fichier est introuvable ou illisible")
