"""The demonstration is the whole line, run as a user runs it; what it shows must be right."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conftest import DAY
from tests.cli.test_main import parcours

if TYPE_CHECKING:
    from pathlib import Path

YEAR = "2026-2027"


@pytest.fixture(scope="module")
def people(demonstration: Path) -> dict[str, dict[str, Any]]:
    report = json.loads((demonstration / "rapports" / f"0693456G-{YEAR}.json").read_text("utf-8"))
    return {person["identifiant"]: person for person in report}


def explanation(demonstration: Path, identifiant: str) -> dict[str, Any]:
    said = parcours("--donnees", str(demonstration), "expliquer", identifiant, "--annee", YEAR, "--json")
    assert said.returncode == 0, said.stderr
    found: dict[str, Any] = json.loads(said.stdout)
    return found


def test_everybody_of_the_two_schools_is_there(people: dict[str, dict[str, Any]]) -> None:
    assert len(people) == 24
    assert len({person["uai"] for person in people.values()}) == 2


@pytest.mark.parametrize(
    ("identifiant", "due"),
    [
        ("E0001", 1080),  # full time
        ("E0004", 810),  # 75 %
        ("E0008", 540),  # 50 %
        ("E0009", 973),  # 80 %, then 100 % from 1 March: RULES.md section 6
        ("E0013", 897),  # from 2 November: 1080 × 303 ÷ 365 = 896.55
        ("E0016", 360),  # PES_50
        ("E0018", 675),  # 62.5 %
        ("E0020", 900),  # 180 minutes of imputation
    ],
)
def test_what_is_due_follows_the_roster(people: dict[str, dict[str, Any]], identifiant: str, due: int) -> None:
    assert people[identifiant]["due_min"] == due


def test_a_trainee_of_the_paf_gets_no_line_of_the_18_hours(
    demonstration: Path, people: dict[str, dict[str, Any]]
) -> None:
    lines = [line for line in explanation(demonstration, "E0024")["lignes"] if line["session"] == "CM-69L4-2026A"]
    assert lines
    assert {line["motif"] for line in lines} == {"paf"}


def test_a_name_that_changed_is_still_one_person(people: dict[str, dict[str, Any]]) -> None:
    assert people["E0011"]["presence_min"] > 0


def test_the_figures_are_the_sums_of_the_lines(demonstration: Path, people: dict[str, dict[str, Any]]) -> None:
    for identifiant in ("E0001", "E0007", "E0009"):
        lines = explanation(demonstration, identifiant)["lignes"]
        person = people[identifiant]
        assert sum(line["minutes"] for line in lines) == person["presence_min"] + person["distance_min"] > 0
        assert all(line["minutes"] <= line["minutes_prevues"] for line in lines)


def test_a_test_that_one_ticks_by_hand_is_credited(demonstration: Path) -> None:
    lines = {line["activite"]: line for line in explanation(demonstration, "E0007")["lignes"]}
    assert lines["test-positionnement"]["decision"] == "credite"


def test_nothing_is_done_after_the_day_of_the_demonstration(demonstration: Path) -> None:
    page = (demonstration / "rapports" / f"0693456G-{YEAR}.html").read_text("utf-8")
    assert "Situation au 22/11/2026" in page
    lines = explanation(demonstration, "E0009")["lignes"]
    assert "2026-11-01" < max(line["date"] for line in lines if line["date"]) <= DAY
    signed = {line["activite"]: line["motif"] for line in lines if line["activite"].startswith("presence")}
    assert signed == {"presence-1": None, "presence-2": "non_emarge"}


def test_the_needs_of_the_schools_are_there_met_and_covered(demonstration: Path) -> None:
    said = parcours("--donnees", str(demonstration), "rapport", "besoins", "--annee", YEAR, "--format", "json")
    board = json.loads(said.stdout)
    named = {row["identifiant"]: row["etat"] for row in board["personnes"] if row["numero"] == 1}
    assert set(named) == {"E0001", "E0003", "E0005", "E0007"}
    assert "Pas inscrit" not in named.values()
    assert [row["sessions"] for row in board["besoins"]].count(0) == board["chiffres"]["sans_session"] == 4
    said = parcours("--donnees", str(demonstration), "besoins", "proposer", "--annee", YEAR, "--json")
    proposed = {one["numero"]: one for one in json.loads(said.stdout)}
    assert [one["nom"] for one in proposed[1]["parcours"]] == ["calcul-mental"]
    assert (proposed[2]["parcours"], proposed[2]["plus_proches"][0]["nom"]) == ([], "calcul-mental")
    assert (proposed[6]["parcours"], proposed[6]["plus_proches"]) == ([], [])


def test_the_one_whom_the_roster_does_not_know_waits(demonstration: Path) -> None:
    said = parcours("--donnees", str(demonstration), "file", "--json")
    assert "lou.perrin@ac-exemple.fr" in said.stdout


def test_secrets_are_for_the_owner_only_and_never_shown(demonstration: Path) -> None:
    for name in ("jeton-moodle", "secret-lrs"):
        assert (demonstration / name).stat().st_mode & 0o077 == 0
    again = parcours("demo", "--dossier", str(demonstration))
    secrets = [(demonstration / name).read_text("utf-8").strip() for name in ("jeton-moodle", "secret-lrs")]
    assert not any(secret in again.stdout + again.stderr for secret in secrets)


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("à garder")
    said = parcours("demo", "--dossier", str(tmp_path))
    assert said.returncode == 1
    assert "laissé tel quel" in said.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
